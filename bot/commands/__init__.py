"""One module per command of `assistant`; each is imported only when it is called."""
