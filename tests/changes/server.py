"""A server of its own for race tests: `python -m tests.changes.server DATABASE-URL`; prints its address.

The real front door over the real assistant; only the clock of policy is moved.
"""

from __future__ import annotations

import asyncio
import os
import sys
import warnings
from datetime import datetime


def main(url: str) -> None:
    """Serve until killed."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.filterwarnings("ignore")
    asyncio.run(run(url))


async def run(url: str) -> None:
    """Put it together inside the loop, as the command does (Rasa brings a loop of its own along)."""
    from bot.clock import Clock
    from bot.config.settings import Settings
    from bot.gateway.app import create_app
    from bot.gateway.server import serve
    from bot.store import Store
    from tests.changes.conftest import AS_OF
    from tests.whole import assistant_on

    clock = Clock(datetime.fromisoformat(AS_OF))
    settings = Settings.from_environment(
        {
            "ASSISTANT_ENV": "test",
            "ASSISTANT_DATABASE_URL": url,
            "ASSISTANT_HOST_SECRET": os.environ["RACE_SECRET"],
        }
    )
    app = create_app(assistant_on(Store(url), clock), settings, clock)
    await serve(app, "127.0.0.1", 0, ready=lambda address: print(address, flush=True))


if __name__ == "__main__":
    main(sys.argv[1])
