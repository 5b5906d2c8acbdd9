"""E-mail addresses as they will be used: one plain address that a mail server takes."""

from __future__ import annotations

import re

PLAIN = re.compile(
    r"[A-Za-z0-9_+-]{1,20}(?:\.[A-Za-z0-9_+-]{1,20}){0,2}@(?:[A-Za-z0-9](?:-?[A-Za-z0-9]){0,30}\.){1,3}[A-Za-z]{2,3}"
)
"""Addresses as almost everybody has one: whatever fits is sound, which is quicker told than by the whole rules."""


def mail_fault(address: str) -> str | None:
    """What is wrong with an address, None where mail can be sent to it. Nothing is looked up in the network.

    >>> mail_fault("dana@example..org")
    'An email address cannot have two periods in a row.'
    """
    if PLAIN.fullmatch(address):
        return None
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(address, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError as error:
        return str(error)
    return None
