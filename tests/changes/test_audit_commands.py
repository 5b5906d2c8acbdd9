"""`assistant audit`: the chain checked, one person shown, every decision made again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.commands.main import main
from tests.changes.conftest import World
from tests.changes.playing import WHO, play

STEPS = [
    {"say": "when do I get my A8 certificate?"},
    {"say": "move my A5 appointment to march 13 at 2 pm"},
    {"say": "yes"},
    {"say": "order duplicate certificates for parts"},
    {"say": "yes"},
]


@pytest.fixture
async def used(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    await play(STEPS, await world.talk())
    agent = await world.talk(WHO, "agent", agent="ag-1")
    await agent.say("what do they have booked?")
    monkeypatch.setenv("ASSISTANT_DATABASE_URL", str(world.store.engine.url))
    return world


def tamper(world: World, statement: str) -> None:
    with world.store.engine.connect() as connection:
        triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for trigger in triggers:
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        connection.execute(text(statement))
        connection.commit()


async def test_the_chain_is_whole_and_one_person_is_shown(used: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify"]) == 0
    assert "the chain is whole" in capsys.readouterr().out
    assert main(["audit", "show", WHO, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["action"] for line in lines if line["action"] in {"reschedule", "duplicate_certificate"}] == [
        "reschedule",
        "duplicate_certificate",
    ]
    assert {line["who"] for line in lines if line["action"] == "records.read"} == {"ag-1"}
    assert lines[0]["action"] == "sign_in.by_host"
    assert all(line["policy"] for line in lines[1:] if line["action"] != "records.read")
    assert main(["audit", "show", WHO]) == 0
    assert "can_reschedule" in capsys.readouterr().out
    assert main(["audit", "show", "ASE-9999-9999"]) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET action = 'nothing' WHERE seq = 2",
        "UPDATE audit SET after = '{}' WHERE action = 'reschedule'",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
    ],
)
async def test_an_altered_audit_is_found(used: World, statement: str, capsys: pytest.CaptureFixture[str]) -> None:
    tamper(used, statement)
    assert main(["audit", "verify"]) == 1
    said = capsys.readouterr()
    assert "the chain is broken" in said.out
    assert said.err


async def test_every_decision_comes_out_again(used: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "replay"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert int(said.err.split()[0]) >= 6
    assert main(["audit", "replay", "--of", WHO]) == 0
    assert int(capsys.readouterr().err.split()[0]) >= 6


async def test_a_decision_that_comes_out_differently_is_reported(
    used: World, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper(used, "UPDATE decisions SET as_of = '2027-03-02 16:00:00.000000' WHERE rule = 'reschedule'")
    assert main(["audit", "replay"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["rule"] for line in lines} == {"reschedule"}
    assert {line["now"]["reasons"][0]["code"] for line in lines} == {"appointment_past"}


async def test_a_decision_without_its_policy_is_reported(used: World, capsys: pytest.CaptureFixture[str]) -> None:
    tamper(used, "DELETE FROM policies")
    assert main(["audit", "replay"]) == 1
    assert "never kept" in capsys.readouterr().out


async def test_a_head_kept_elsewhere_is_compared(
    used: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASSISTANT_AUDIT_KEY", "k" * 32)
    assert main(["agents", "add", "zoe", "--role", "agent", "--generate"]) == 0  # a line, and with it a signature
    capsys.readouterr()
    assert main(["audit", "head"]) == 0
    printed = capsys.readouterr().out
    kept = tmp_path / "head.json"
    kept.write_text(printed)
    found = json.loads(printed)
    assert set(found) == {"seq", "hash", "at", "signature"}
    assert main(["audit", "verify", "--head", str(kept)]) == 0
    assert "its end is signed" in capsys.readouterr().out
    assert main(["audit", "verify", "--head", f"{found['seq']}:{found['hash']}"]) == 0
    assert main(["audit", "verify", "--head", f"{found['seq']}:{'0' * 64}"]) == 1
    assert "not the one that the head names" in capsys.readouterr().err
    assert main(["audit", "verify", "--head", "rubbish"]) == 2
