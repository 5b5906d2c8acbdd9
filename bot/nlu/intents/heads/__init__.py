"""What a message does, what kind of answer it wants, and which statement or known gap gives it."""
