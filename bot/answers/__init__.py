"""Turns a decision, an entry or a phrase into what is written and what is spoken."""
