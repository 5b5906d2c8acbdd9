"""Conversations of several turns, scored by turn: how much of what people ask is answered where they look for it."""
