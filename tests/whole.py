"""The whole assistant for tests: Rasa and its model are loaded once in a test run, whoever asks first."""

from __future__ import annotations

import functools
import os
from datetime import datetime
from pathlib import Path

import yaml

from bot.adapters.candidates import CodesByMail, PeopleInStore
from bot.adapters.change_mail import ChangeMail
from bot.adapters.changes import ChangesInStore
from bot.answers.answers import Answers
from bot.bootstrap import build_dialogue
from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog
from bot.clock import Clock
from bot.conversation.service import Assistant
from bot.dialogue.engine import Dialogue
from bot.dialogue.ports import Services
from bot.rasa_adapter.model import ModelRunner
from bot.rasa_adapter.model_files import ROOT, ensure_model
from bot.store import Store
from bot.store.decision_log import keep_policy
from bot.store.records_io import load_document
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
def parser() -> ModelRunner:
    """The trained model."""
    loaded = ModelRunner.load(model())
    for text in ("when is my a5 test on march 3rd at 9 am", "1-1-26"):
        loaded.parse(text, {})  # as `Assistant.warm_up` does: nobody waits for what is loaded late
    return loaded


@functools.cache
def dialogue() -> Dialogue:
    """The dialogue; it has no state of its own."""
    return build_dialogue(parser().actions)


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
        changes=ChangesInStore(store, found, clock, ChangeMail(answers)),
    )


def assistant_on(store: Store, clock: Clock) -> Assistant:
    """An assistant over a database that is migrated and filled."""
    return Assistant(store, services_on(store, clock), dialogue(), parser())
