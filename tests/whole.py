"""The whole assistant for tests: Rasa and its model are loaded once in a test run, whoever asks first."""

from __future__ import annotations

import functools
import os
import warnings
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from bot.answers.answers import Answers
from bot.assistant import Assistant
from bot.bootstrap import build_runtime
from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog
from bot.changes import ChangesInStore
from bot.clock import Clock
from bot.dialogue.desk import Services
from bot.dialogue.engine import Engine
from bot.dialogue.jobs import route
from bot.dialogue.served import DesksInHand
from bot.dialogue.tasks import all_tasks
from bot.notices import Notices
from bot.people import CodesByMail, PeopleInStore
from bot.replay import keep_policy
from bot.store import Store
from bot.store.records_io import load_document
from bot.training import ROOT, ensure_model
from tests.alone import alone


@functools.cache
def model() -> Path:
    """The model that fits the data, trained now if there is none; ASSISTANT_TEST_MODEL names another one."""
    named = os.environ.get("ASSISTANT_TEST_MODEL")
    if named:
        return Path(named)
    with alone("train"):
        return ensure_model()


@functools.cache
def catalog() -> Catalog:
    """All knowledge."""
    return load_catalog(ROOT / "knowledge")


@functools.cache
def engine() -> Engine:
    """The dialogue; it has no state of its own."""
    return Engine(all_tasks(), route)


@functools.cache
def runtime() -> tuple[Any, DesksInHand]:
    """Rasa with the model, and the desks its actions serve."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return build_runtime(engine(), model())


def database(path: Path, people: Path, as_of: str) -> Path:
    """A migrated SQLite database with the people of a file, to be copied for each test."""
    store = Store(f"sqlite:///{path}")
    store.migrate()
    fill(store, people, as_of)
    store.close()
    return path


def fill(store: Store, people: Path, as_of: str) -> None:
    """Put the people of a file into a migrated database, and the policy their decisions will stand on."""
    load_document(store, yaml.safe_load(people.read_text()), Clock(datetime.fromisoformat(as_of)))
    keep_policy(store, catalog(), datetime.fromisoformat(as_of))


def services_on(store: Store, clock: Clock) -> Services:
    """What the dialogue needs, over a database that is migrated and filled."""
    found, answers = catalog(), Answers(catalog())
    return Services(
        catalog=found,
        answers=answers,
        clock=clock,
        people=PeopleInStore(store, clock),
        sign_in=CodesByMail(store, clock, answers),
        changes=ChangesInStore(store, found, clock, Notices(answers)),
    )


def assistant_on(store: Store, clock: Clock) -> Assistant:
    """An assistant over a database that is migrated and filled."""
    ran, desks = runtime()
    return Assistant(store, services_on(store, clock), engine(), desks, ran, clock)
