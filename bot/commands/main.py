"""The `assistant` command. Each part imports what it needs when it is called, so that light commands stay light."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.config.settings import Settings, SettingsError

if TYPE_CHECKING:
    from bot.store import Store

RULES_HELP = "rule to apply, e.g. reschedule, retest, master_status (see --help of the rules in docs)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 when it did what was asked, 1 when not, 2 for wrong words."""
    parser = build_parser()
    given = parser.parse_args(arguments)
    if not hasattr(given, "run"):
        parser.print_help()
        return 2
    try:
        given.settings = Settings.from_environment(os.environ)
        return int(given.run(given) or 0)
    except SettingsError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if given.settings.log_level == "DEBUG":
            raise
        print(f"assistant: {error or type(error).__name__}", file=sys.stderr)
        return 1


def build_parser() -> argparse.ArgumentParser:
    """All commands with their help."""
    parser = argparse.ArgumentParser(
        prog="assistant",
        description="Answers candidates of the ASE certification tests, from the published rules and their records.",
        epilog="Settings come from the environment (ASSISTANT_…); docs/settings.md lists them.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _serving(commands)
    _understanding(commands)
    _records(commands)
    _knowledge(commands)
    _audit(commands)
    _agents(commands)
    return parser


def _serving(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser("serve", help="start everything in one process and print the addresses")
    serve.add_argument("--host", help="address to listen on (ASSISTANT_HOST)")
    serve.add_argument("--port", type=int, help="port to listen on, 0 for any free one (ASSISTANT_PORT)")
    serve.add_argument("--demo", action="store_true", help="load the demo candidates; never in production")
    serve.set_defaults(run=lambda given: _call("bot.commands.serve", given))
    chat = commands.add_parser("chat", help="talk to the assistant in this terminal")
    chat.add_argument("--as", dest="ase_id", metavar="ASE-ID", help="signed in as this candidate")
    chat.add_argument("--channel", choices=["web", "phone", "agent"], default="web", help="which wording (default web)")
    chat.set_defaults(run=lambda given: _call("bot.commands.chat", given))
    call = commands.add_parser("call", help="play a caller in this terminal, through the real Twilio door")
    call.add_argument("--as", dest="ase_id", metavar="ASE-ID", help="sign in as this candidate first, by the keys")
    call.add_argument("--noise", choices=["low", "high"], default="low", help="how badly the line is heard")
    call.add_argument("--seed", type=int, default=1, help="which mishearings come with --noise high")
    call.set_defaults(run=lambda given: _call("bot.commands.call", given))
    train = commands.add_parser("train", help="train into models/; nothing to do if data and config are unchanged")
    train.set_defaults(run=lambda given: _call("bot.commands.train", given))
    outbox = commands.add_parser("outbox", help="what would have been mailed where no mail server is set")
    outbox.add_argument("--to", metavar="EMAIL", help="only to this address")
    outbox.add_argument("--json", action="store_true", help="one JSON object a line")
    outbox.set_defaults(run=lambda given: _call("bot.commands.outbox", given))


def _understanding(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parse = commands.add_parser("parse", help="what lines on standard input mean, one JSON object a line")
    parse.add_argument("--explain", action="store_true", help="say why: repaired text, nearest lines, rivals")
    parse.set_defaults(run=lambda given: _call("bot.commands.parse", given))
    explain = commands.add_parser("explain-turn", help="what the dialogue saw in a message; stores nothing")
    explain.add_argument("text", nargs="+", metavar="MESSAGE", help="messages of one conversation, in order")
    explain.add_argument("--as", dest="ase_id", metavar="ASE-ID", help="signed in as this candidate")
    explain.add_argument("--channel", choices=["web", "phone"], default="web", help="which channel (default web)")
    explain.add_argument("--confidence", type=float, help="how sure the recognizer was, 0 to 1 (phone)")
    explain.set_defaults(run=lambda given: _call("bot.commands.explain_turn", given))
    evaluate = commands.add_parser("evaluate", help="score the intent model on a file: text, label[, entities]")
    evaluate.add_argument("file", type=Path, metavar="FILE.tsv")
    evaluate.add_argument("--out", type=Path, default=Path("results"), help="where plots and JSON go (default results)")
    evaluate.set_defaults(run=lambda given: _call("bot.commands.evaluate", given))


def _records(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    decide = commands.add_parser("decide", help="one rule on one candidate, explained; or many with --jsonl")
    decide.add_argument("rule", nargs="?", metavar="RULE", help="e.g. reschedule, retest, master_status")
    decide.add_argument("--as", dest="ase_id", metavar="ASE-ID", help="whose records")
    decide.add_argument("--test", metavar="CODE", help="which test, e.g. A5")
    decide.add_argument("--series", metavar="SERIES", action="append", help="which series, e.g. automobile")
    decide.add_argument("--starts-at", metavar="LOCAL", help="a start to judge, local at the site")
    decide.add_argument("--site", metavar="SITE", help="the site of that start")
    decide.add_argument("--purchase", metavar="ID", help="which purchase")
    decide.add_argument("--appointment", metavar="ID", help="which appointment")
    decide.add_argument("--json", action="store_true", help="the decision as JSON")
    decide.add_argument("--jsonl", action="store_true", help="one question a line on standard input, no database")
    decide.set_defaults(run=lambda given: _call("bot.commands.decide", given))
    records = commands.add_parser("records", help="load, show or erase candidates' records; list free seats")
    what = records.add_subparsers(title="what", metavar="WHAT", required=True)
    load = what.add_parser("load", help="load a records file; a bad file changes nothing")
    load.add_argument("file", type=Path, metavar="FILE.yml")
    load.set_defaults(run=lambda given: _call("bot.commands.records_load", given))
    show = what.add_parser("show", help="print one person as a records file")
    show.add_argument("ase_id", metavar="ASE-ID")
    show.add_argument("--json", action="store_true", help="as JSON")
    show.set_defaults(run=lambda given: _call("bot.commands.records_show", given))
    export = what.add_parser("export", help="print everything that is kept about one person, as JSON")
    export.add_argument("ase_id", metavar="ASE-ID")
    export.add_argument("--out", type=Path, metavar="FILE.json", help="a new file instead, readable by you alone")
    export.set_defaults(run=lambda given: _call("bot.commands.records_export", given))
    erase = what.add_parser("erase", help="remove everything kept about one person")
    erase.add_argument("ase_id", metavar="ASE-ID")
    erase.set_defaults(run=lambda given: _call("bot.commands.records_erase", given))
    seats = what.add_parser("seats", help="list free seats")
    seats.add_argument("--site", metavar="ID", help="only at this site")
    seats.add_argument("--json", action="store_true", help="as JSON")
    seats.set_defaults(run=lambda given: _call("bot.commands.records_seats", given))


def _audit(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    audit = commands.add_parser("audit", help="check and read the audit, make past decisions again")
    what = audit.add_subparsers(title="what", metavar="WHAT", required=True)
    verify = what.add_parser("verify", help="check that no line of the audit was altered, removed or added")
    verify.add_argument(
        "--head", metavar="HEAD", help="a head printed earlier: a file, SEQ:HASH, or - for standard input"
    )
    verify.set_defaults(run=lambda given: _call("bot.commands.audit_verify", given))
    head = what.add_parser("head", help="print the end of the audit as JSON, to be kept elsewhere")
    head.set_defaults(run=lambda given: _call("bot.commands.audit_head", given))
    show = what.add_parser("show", help="what was read, told and changed of one person, and by whom")
    show.add_argument("ase_id", metavar="ASE-ID")
    show.add_argument("--json", action="store_true", help="one JSON object a line")
    show.set_defaults(run=lambda given: _call("bot.commands.audit_show", given))
    replay = what.add_parser("replay", help="make every stored decision again and report differences")
    replay.add_argument("--of", dest="ase_id", metavar="ASE-ID", help="only this person's")
    replay.set_defaults(run=lambda given: _call("bot.commands.audit_replay", given))


def _knowledge(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    knowledge = commands.add_parser("knowledge", help="check what we know")
    what = knowledge.add_subparsers(title="what", metavar="WHAT", required=True)
    check = what.add_parser("check", help="every fault in knowledge/ at once, by file and key")
    check.add_argument("folder", type=Path, nargs="?", default=None, help="another folder than knowledge/")
    check.set_defaults(run=lambda given: _call("bot.commands.knowledge_check", given))


def _agents(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    agents = commands.add_parser("agents", help="accounts of the support agents' console at /agent")
    what = agents.add_subparsers(title="what", metavar="WHAT", required=True)
    add = what.add_parser("add", help="make an account; the password is asked for, or read from standard input")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", choices=["agent", "lead", "content_owner", "admin"], required=True)
    add.add_argument("--display-name", metavar="TEXT", help="what colleagues see")
    add.add_argument("--email", metavar="ADDRESS", help="by which a sign-in at the provider (OIDC) finds the account")
    add.add_argument("--generate", action="store_true", help="make up a password and print it once")
    add.set_defaults(run=lambda given: _call("bot.commands.agents_add", given))
    listed = what.add_parser("list", help="print every account")
    listed.set_defaults(run=lambda given: _call("bot.commands.agents_list", given))
    email = what.add_parser("email", help="set the e-mail by which a sign-in at the provider (OIDC) finds an account")
    email.add_argument("name", metavar="NAME")
    email.add_argument("address", metavar="ADDRESS", help="empty: none")
    email.set_defaults(run=lambda given: _call("bot.commands.agents_email", given))
    disable = what.add_parser("disable", help="switch an account off and end its sessions")
    disable.add_argument("name", metavar="NAME")
    disable.set_defaults(run=lambda given: _call("bot.commands.agents_disable", given))


def _call(path: str, given: argparse.Namespace) -> int:
    """Run ``bot.commands.<module>[_<function>]`` on the parsed words."""
    import importlib

    name = path.rsplit(".", 1)[1]
    module, _, function = name.partition("_")
    return int(getattr(importlib.import_module(f"bot.commands.{module}"), function or "run")(given) or 0)


def clock_of(settings: Settings) -> Clock:
    """The clock as the settings move it."""
    return Clock(settings.as_of)


def store_of(settings: Settings) -> Store:
    """The database of the settings, with the key that signs its audit."""
    from bot.store import Store

    return Store(settings.database_url, audit_key=settings.audit_key)


if __name__ == "__main__":
    sys.exit(main())
