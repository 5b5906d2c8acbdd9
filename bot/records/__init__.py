"""Records files: what is known about people, as they are handed over, read into facts and written back."""
