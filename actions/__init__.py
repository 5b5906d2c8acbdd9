"""The thin layer between Rasa and the dialogue: one class for each action of domain.yml."""
