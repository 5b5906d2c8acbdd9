"""What the words of a message do to the conversation: the only place under dialogue that reads text."""
