"""`assistant serve`: everything in one process."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from bot.config.logs import setup_logs
from bot.config.settings import Settings, unknown_names

STORE_THREADS = 32
"""Threads that may wait for the database at the same time; reading messages has its own."""
SWITCH = 0.001
"""Seconds after which a thread that reads a message lets others go on: the event loop must never wait for long."""


def run(given: argparse.Namespace) -> int:
    """Start, print the addresses, and serve until told to stop; a turn in flight is finished first."""
    settings: Settings = given.settings
    if given.demo:
        settings = settings.for_demo()
    if given.host:
        settings = replace(settings, host=given.host)
    if given.port is not None:
        settings = replace(settings, port=given.port)
    setup_logs(settings.log_level)
    sys.setswitchinterval(SWITCH)
    _warn_of_slips()
    _quiet_libraries()
    return asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> int:
    from prometheus_client import CollectorRegistry

    from bot.bootstrap import agent_doors, background_of, build_assistant, build_parts, demo_pages, phone_doors
    from bot.gateway.app import create_app
    from bot.gateway.metrics import SignInFigures
    from bot.gateway.server import serve

    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(STORE_THREADS, thread_name_prefix="work"))
    _say("Preparing records and knowledge ...")
    parts = build_parts(settings)
    if settings.demo:
        from bot.demo.people import load_demo

        load_demo(parts.store, parts.clock)
    _say("Loading the model ...")
    assistant = build_assistant(parts, tell=_say)
    await assistant.warm_up()
    demo = demo_pages(parts) if settings.demo else None
    doors = [phone_doors(parts), agent_doors(parts, assistant)]
    registry = CollectorRegistry()
    registry.register(SignInFigures(parts.tally))
    app = create_app(
        assistant,
        settings,
        parts.clock,
        demo=demo,
        channels=doors,
        background=background_of(parts),
        registry=registry,
    )
    try:
        await serve(app, settings.host, settings.port, ready=lambda address: _addresses(address, settings))
    finally:
        assistant.stop()
        parts.store.close()
    return 0


def _addresses(address: str, settings: Settings) -> None:
    """Say where everything is."""
    lines = [
        ("agents' console", f"{address}/agent"),
        ("API", f"{address}/api/v1/openapi.json"),
        ("health", f"{address}/readyz"),
    ]
    if settings.demo:
        lines = [("chat", f"{address}/"), ("mail that would be sent", f"{address}/demo/outbox"), *lines]
    if settings.as_of is not None:
        print(f"The clock stands still at {settings.as_of.isoformat()}.", flush=True)
    for name, where in lines:
        print(f"{name + ':':<26}{where}", flush=True)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _warn_of_slips() -> None:
    import os

    for name in unknown_names(os.environ):
        _say(f"warning: {name} is not a setting (docs/settings.md lists them)")


def _quiet_libraries() -> None:
    """Rasa and what it pulls in say much at start that helps nobody who runs this."""
    import os
    import warnings

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    warnings.showwarning = lambda *_said, **_more: None  # some of them switch filters back on while they load
    for name in ("rasa", "rasa_sdk", "matplotlib", "h5py", "absl", "apscheduler"):
        logging.getLogger(name).setLevel(logging.ERROR)
