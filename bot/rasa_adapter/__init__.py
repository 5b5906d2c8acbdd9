"""Everything that knows Rasa."""
