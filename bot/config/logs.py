"""Logs name no person and quote nobody, whoever writes them.

Our own lines say what happened and hold no personal values. Those of the libraries repeat what they were given: an
exception its parameters, Rasa the message, asyncio the exception of a task. So every record of theirs is cut down as it
is made, whatever handler it goes to.
"""

from __future__ import annotations

import logging
import re
import traceback
from types import TracebackType
from typing import Any

OURS = "assistant"
"""Our loggers are below this one."""
_PLACES = 8
_PERSONAL = re.compile(
    r"[^\s@<>()\[\]\"',;:]{1,80}@[^\s@<>()\[\]\"',;:]{1,80}|\bASE-\d{4}-\d{4}\b|\b\d{4,12}\b|'[^'\n]{1,200}'|\"[^\"\n]{1,200}\""
)
"""Addresses, ASE IDs, codes, and whatever is quoted."""


def setup_logs(level: str) -> None:
    """Log to standard error, without anything personal."""
    make_discreet()
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")


def make_discreet() -> None:
    """Cut down every record from now on. Doing it twice does no harm."""
    logging.setLogRecordFactory(discreet_record)


def discreet_record(*given: Any, **named: Any) -> logging.LogRecord:
    """A log record, of other people's code without what it was about, and with the places of an exception alone."""
    record = logging.LogRecord(*given, **named)
    if not (record.name == OURS or record.name.startswith(f"{OURS}.")):
        record.msg, record.args = _said(record), ()
    if isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
        kind, _, trace = record.exc_info
        record.msg = f"{record.msg} [{places(kind, trace)}]"
        record.exc_info = record.exc_text = None
    return record


def places(kind: type[BaseException], trace: TracebackType | None) -> str:
    """What kind of exception it was and where, never what it says."""
    frames = traceback.extract_tb(trace)[-_PLACES:]
    return f"{kind.__name__} at " + " < ".join(f"{f.filename}:{f.lineno} {f.name}" for f in reversed(frames))


def _said(record: logging.LogRecord) -> str:
    """The line before its values were put in; one that came whole loses all but its first line, and what is masked."""
    if record.name.split(".")[0] in {"rasa", "rasa_sdk"} and record.levelno < logging.WARNING:
        return "(a line of Rasa)"  # they repeat messages and slots
    text = str(record.msg)
    return text if record.args else _PERSONAL.sub("…", text.partition("\n")[0])[:300]
