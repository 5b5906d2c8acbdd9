"""`python -m tests.store.released`: write the file of the newest schema, if it isn't there."""

from __future__ import annotations

from bot.store.migrate import HEAD
from tests.store.released import FOLDER, write

target = FOLDER / f"{HEAD}.sql"
if not target.exists():
    write(HEAD, target)
