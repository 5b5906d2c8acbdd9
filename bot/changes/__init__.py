"""What kinds of change there are: the one list that the store, the dialogue, the answers and the console go by.

It stands below all of them and knows none: a record names what the store does through two ports, `Operations` for doing
it and `PuttingBack` for undoing it, and what is said through the names of phrases.
"""
