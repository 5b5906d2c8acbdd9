"""`assistant agents`: the accounts of the console."""

from __future__ import annotations

import argparse
import getpass
import sys

from bot.answers import Answers
from bot.catalog import load_catalog
from bot.commands.main import clock_of, store_of
from bot.console.accounts import Accounts, generated_password
from bot.console.errors import ConsoleError
from bot.rasa_adapter.model_files import ROOT
from bot.store import Store


def _accounts(given: argparse.Namespace) -> tuple[Store, Accounts]:
    store = store_of(given.settings)
    store.migrate()
    return store, Accounts(store, clock_of(given.settings))


def _why(error: ConsoleError) -> str:
    return error.words(Answers(load_catalog(ROOT / "knowledge")))


def add(given: argparse.Namespace) -> int:
    """Make an account; the password is asked for, read from standard input, or made up and printed once."""
    store, accounts = _accounts(given)
    try:
        made_up = given.generate
        if made_up:
            password = generated_password()
        elif sys.stdin.isatty():
            password = getpass.getpass("Password: ")
            if getpass.getpass("Once more: ") != password:
                print("assistant: the two are not the same", file=sys.stderr)
                return 1
        else:
            password = sys.stdin.readline().rstrip("\n")
        agent = accounts.add(given.name, given.role, password, given.display_name, given.email)
    except ConsoleError as error:
        print(f"assistant: {_why(error)}", file=sys.stderr)
        return 1
    finally:
        store.close()
    print(f"{agent.id} ({agent.role}) may now sign in at /agent")
    if made_up:
        print(f"password: {password}")
    return 0


def list(given: argparse.Namespace) -> int:
    """Print every account."""
    store, accounts = _accounts(given)
    try:
        for agent in accounts.all():
            off = "  (switched off)" if agent.disabled_at else ""
            mail = f"  <{agent.email}>" if agent.email else ""
            print(f"{agent.id:<24}{agent.role:<16}{agent.display_name}{mail}{off}")
    finally:
        store.close()
    return 0


def email(given: argparse.Namespace) -> int:
    """Set the e-mail by which a sign-in at the provider finds an account."""
    store, accounts = _accounts(given)
    try:
        accounts.change(given.name.lower(), email=given.address)
    except ConsoleError as error:
        print(f"assistant: {_why(error)}", file=sys.stderr)
        return 1
    finally:
        store.close()
    return 0


def disable(given: argparse.Namespace) -> int:
    """Switch an account off and end its sessions."""
    store, accounts = _accounts(given)
    try:
        accounts.change(given.name.lower(), disabled=True)
    except ConsoleError as error:
        print(f"assistant: {_why(error)}", file=sys.stderr)
        return 1
    finally:
        store.close()
    return 0
