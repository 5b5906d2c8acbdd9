"""The thin layer between Rasa and the dialogue: what was heard goes in, what is said comes out."""
