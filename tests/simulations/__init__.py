"""People with a goal, played by a small script that answers what is asked: does each end where it should?"""
