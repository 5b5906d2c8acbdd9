"""Whole calls as a caller has them: who says what, how many words are heard, and how long that takes.

`python -m tests.phone.recorded` prints them with the seconds of every turn.
"""
