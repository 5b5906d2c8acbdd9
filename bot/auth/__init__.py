"""Tokens and one-time codes."""
