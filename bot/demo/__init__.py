"""The people and days of the demonstration."""
