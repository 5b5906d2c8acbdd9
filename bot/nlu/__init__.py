"""Understanding: what a message asks for, and the values in it."""
