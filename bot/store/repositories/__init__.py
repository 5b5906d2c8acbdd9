"""One repository a topic: what can be asked of the tables and done to them, in frozen values."""
