"""One turn, from what a channel received to the reply that is stored."""
