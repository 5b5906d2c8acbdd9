"""Settings: what can be set, how it is read, and when people are there."""
