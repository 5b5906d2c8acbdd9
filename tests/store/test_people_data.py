"""Erasing and exporting a person: all of theirs, and of others only what names them."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.commands.main import main
from bot.store import Store
from bot.store.models import Base
from bot.store.records_io import erase_person, export_person
from bot.store.repositories.erasure import BELONGINGS, REMOVED, SAID, SIGNING_IN
from bot.store.values import AuditEvent, Line, Mail
from tests.store.conftest import everything
from tests.store.facts import BARE, DANA, NOW, fill

WHO = DANA.ase_id


def talk(store: Store, name: str, *lines: str, channel: str = "web", **more: object) -> None:
    with store.unit_of_work() as unit:
        unit.conversations.create(name, channel=channel, locale="en", token_hash=name, at=NOW, **more)  # type: ignore[arg-type]
        for turn, line in enumerate(lines, start=1):
            unit.conversations.append(name, turn, [Line("candidate", NOW, line, line, {"said": line})])
        unit.commit()


def said(store: Store, name: str) -> list[str]:
    with store.unit_of_work(write=False) as unit:
        return [message.text for message in unit.conversations.messages_after(name)]


MENTIONS = [
    ("hello, is ASE-1000-0001 me?", f"hello, is {REMOVED} me?"),
    ("is ase 1000 0001 me", f"is {REMOVED} me"),
    ("I am 10000001, I think", f"I am {REMOVED}, I think"),
    ("ask Dana Reyes (dana@example.org)", f"ask {REMOVED} ({REMOVED})"),
    ("REYES, DANA has it", f"{REMOVED} has it"),
    ("she lives at 1 Main  St with me", f"she lives at {REMOVED} with me"),
    ("call +13125550101", f"call {REMOVED}"),
    ("Dana is nice and Reyes too", "Dana is nice and Reyes too"),
    ("is ASE-1000-00012 or 110000001 one?", "is ASE-1000-00012 or 110000001 one?"),
    ("11 Main St is mine", "11 Main St is mine"),
]


@pytest.mark.parametrize(("line", "left"), MENTIONS)
def test_others_keep_their_conversation_without_the_mention(store: Store, line: str, left: str) -> None:
    fill(store, DANA, BARE)
    talk(store, "theirs", "hello", line, "move my test", ase_id=BARE.ase_id)
    erased = erase_person(store, WHO)
    assert erased is not None
    assert erased.conversations == ()
    assert said(store, "theirs") == ["hello", left, "move my test"]
    with store.unit_of_work(write=False) as unit:
        kept = unit.conversations.get("theirs")
    assert kept is not None
    assert kept.ended_at is None
    assert kept.ase_id == BARE.ase_id


def test_a_waiting_hand_over_of_somebody_else_goes_on_waiting(store: Store) -> None:
    fill(store, DANA, BARE)
    talk(store, "theirs", "I am with ASE-1000-0001", ase_id=BARE.ase_id)
    with store.unit_of_work() as unit:
        unit.conversations.set_owner("theirs", "queue")
        unit.handoffs.request("h", "theirs", reason="x", summary={"asked": "with ASE-1000-0001"}, at=NOW)
        unit.commit()
    erase_person(store, WHO)
    with store.unit_of_work(write=False) as unit:
        waiting = unit.handoffs.open_of("theirs")
    assert waiting is not None
    assert waiting.summary == {"asked": f"with {REMOVED}"}


def test_of_an_agent_only_the_part_about_the_person_goes(store: Store) -> None:
    fill(store, DANA, BARE)
    lines = ["hello", f"about {BARE.ase_id}", "what is booked?", f"and {WHO}?", "A5 on Tuesday", f"{BARE.ase_id} again",
             "nothing"]  # fmt: skip
    talk(store, "agents", *lines, channel="agent", agent_id="kim", agent_role="agent", about=WHO)
    erase_person(store, WHO)
    assert said(store, "agents") == [*lines[:3], REMOVED, REMOVED, *lines[5:]]
    with store.unit_of_work(write=False) as unit:
        kept = unit.conversations.get("agents")
    assert kept is not None
    assert (kept.about, kept.ended_at) == (None, None)


def test_somebody_who_was_signed_in_before_has_their_conversation_erased(store: Store) -> None:
    fill(store, DANA, BARE)
    talk(store, "hers", "my secret", ase_id=WHO)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE conversations SET ase_id = NULL, signed_in_at = NULL"))
    erased = erase_person(store, WHO)
    assert erased is not None
    assert erased.conversations == ("hers",)
    assert said(store, "hers") == []


def test_every_table_that_knows_people_is_erased_and_exported(store: Store) -> None:
    known = {table.__tablename__ for table in (*BELONGINGS, *SAID, *SIGNING_IN)} | {"conversations", "outbox", "audit"}
    of_people = {
        table.name
        for table in Base.metadata.sorted_tables
        if {"ase_id", "conversation_id", "who"} & set(table.columns.keys())
    }
    assert of_people <= known
    assert len(of_people) >= 18
    exported = export_person(store, WHO)
    assert exported is None
    fill(store, DANA)
    exported = export_person(store, WHO)
    assert exported is not None
    assert of_people <= set(exported["kept"])


def test_an_export_has_everything_of_the_person_and_no_secret(store: Store) -> None:
    fill(store, DANA, BARE)
    talk(store, "hers", "my zebra", ase_id=WHO)
    talk(store, "theirs", "Dana Reyes owes me", ase_id=BARE.ase_id)
    with store.unit_of_work() as unit:
        unit.outbox.add(Mail("dana@example.org", "sign_in_code", "Code", "It is 482913.", "482913", ase_id=WHO), at=NOW)
        unit.audit.append(AuditEvent(NOW, "agent", "agent", "records.read", subject=WHO, actor_id="kim"))
        unit.commit()
    exported = export_person(store, WHO)
    assert exported is not None
    assert exported["records"]["candidates"][0]["email"] == "dana@example.org"
    kept = exported["kept"]
    assert [m["text"] for m in kept["messages"]] == ["my zebra"]
    assert [line["actor_id"] for line in kept["audit"]] == ["kim"]
    assert [mail["subject"] for mail in kept["outbox"]] == ["Code"]
    words = json.dumps(exported)
    assert "owes me" not in words
    assert "482913" not in words
    assert "token_hash" not in words
    again = export_person(store, WHO)
    assert again is not None
    assert "records_exported" in {line["action"] for line in again["kept"]["audit"]}
    erase_person(store, WHO)
    assert "dana@example.org" not in str(everything(store))


def test_the_command_writes_a_file_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    monkeypatch.setenv("ASSISTANT_DATABASE_URL", url)
    store = Store(url)
    store.migrate()
    fill(store, DANA)
    store.close()
    out = tmp_path / "dana.json"
    assert main(["records", "export", WHO, "--out", str(out)]) == 0
    assert json.loads(out.read_text())["ase_id"] == WHO
    assert stat.S_IMODE(os.stat(out).st_mode) == 0o600
    assert main(["records", "export", WHO, "--out", str(out)]) == 1  # an older file is not written over
    assert main(["records", "export", WHO]) == 0
    assert json.loads(capsys.readouterr().out)["records"]["candidates"][0]["ase_id"] == WHO
    assert main(["records", "export", "ASE-9999-9999"]) == 1
