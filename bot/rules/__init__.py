"""The scheduling and retest rules: pure functions of facts, dated policy and an instant.

Standard library only.
"""
