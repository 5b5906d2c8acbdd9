"""Reads `knowledge/` into frozen objects, or refuses and says where and why."""
