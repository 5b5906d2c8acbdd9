"""Alembic migrations. A new one: `python -m bot.store.migrations "what it does"`."""
