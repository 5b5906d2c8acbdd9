"""The conversation: what is being asked, which task is open, and how a message moves it on."""
