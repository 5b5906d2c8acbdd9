"""How fast callers are answered: ten calls of thirty turns at once, while the server is killed twice.

`python -m benchmarks.phone` starts `assistant serve` on a fresh SQLite database, plays the calls through Twilio's door
and prints how long its webhooks took to be answered, measured by the caller. Callers do not pause between turns, which
is harder than real calls. A webhook that found no server is tried again, as the provider does, and counted apart.
"""

from __future__ import annotations

import asyncio
import os
import platform
import statistics
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import aiohttp

from bot.clock import Clock
from bot.rasa_adapter.model_files import ensure_model
from bot.store import Store
from bot.store.records_io import load_document
from tests.phone.many_calls import AS_OF, WHOLE, Calls, people, serving

CALLS = 10
KILL_AFTER = (100, 220)


def main() -> int:
    """Measure and print."""
    named = os.environ.get("ASSISTANT_MODEL")
    model = Path(named) if named else ensure_model()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(f"sqlite:///{folder}/calls.db", model))
    return 0


async def _measure(url: str, model: Path) -> None:
    store = Store(url)
    store.migrate()
    load_document(store, people(CALLS + 1), Clock(datetime.fromisoformat(AS_OF)))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    async with serving(url, model) as server, aiohttp.ClientSession() as session:
        alone = Calls(server, store, session)
        await alone.run([0], WHOLE)
        _tell("one call alone", alone)
        together = Calls(server, store, session, KILL_AFTER)
        await together.run(range(1, CALLS + 1), WHOLE)
        _tell(f"{CALLS} calls at once, {server.kills} kills", together)
    store.close()


def _tell(name: str, calls: Calls) -> None:
    taken = sorted(calls.seconds)
    p99 = statistics.quantiles(taken, n=100, method="inclusive")[98]
    print(
        f"{name}: {calls.answered} webhooks, median {statistics.median(taken):.2f} s, p99 {p99:.2f} s, "
        f"worst {taken[-1]:.2f} s; tried again {calls.tried_again} times"
    )


if __name__ == "__main__":
    sys.exit(main())
