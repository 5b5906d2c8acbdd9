"""Addresses are checked as they will be used when records are loaded."""

from __future__ import annotations

import pytest

from bot.records.mail import mail_fault


@pytest.mark.parametrize(
    "address",
    [
        "dana@example.org",
        "o'neil+ase@mail.example.co.uk",
        "a@exämple.org",
        "x_y-z@a-b.museum",
    ],
)
def test_mail_can_be_sent_there(address: str) -> None:
    assert mail_fault(address) is None


@pytest.mark.parametrize(
    "address",
    ["dana@example..org", "undisclosed-recipients:;@x", "(c)@d.org", "dana,evil@evil.example", ".a@b.org", "a.@b.org",
     "jürgen@example.org", "a@b", "Dana <dana@example.org>", "a@-b.org", "a b@c.org",
     "a@b.org\nBcc: c@d.org", "a@[127.0.0.1]"],
)  # fmt: skip
def test_mail_cannot_be_sent_there(address: str) -> None:
    assert mail_fault(address) is not None
