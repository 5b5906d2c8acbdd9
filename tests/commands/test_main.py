"""The `assistant` command as people and programs call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
AS_OF = "2026-03-02T10:00:00-06:00"
DANA = {
    "ase_id": "ASE-1000-0001",
    "name": {"first": "Dana", "last": "Reyes"},
    "email": "dana@example.org",
    "time_zone": "America/Chicago",
    "purchases": [
        {
            "id": "P-1",
            "test": "A5",
            "purchased_on": "2026-01-10",
            "appointment": {"id": "AP-1", "starts_at": "2026-03-10T09:00", "site": "CHI-01", "status": "booked"},
        }
    ],
}
SITES = [
    {
        "id": "CHI-01",
        "name": "Chicago North",
        "city": "Chicago",
        "region": "IL",
        "country": "US",
        "time_zone": "America/Chicago",
    }
]
SEATS = [{"site": "CHI-01", "starts_at": "2026-03-20T13:00", "capacity": 2}]


class Assistant:
    """Runs the command on a database of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("ASSISTANT_")} | {
            "ASSISTANT_DATABASE_URL": f"sqlite:///{folder}/cli.db",
            "ASSISTANT_AS_OF": AS_OF,
        }

    def __call__(self, *words: str, given: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", *words],
            input=given,
            text=True,
            capture_output=True,
            cwd=ROOT,
            env=self.environment | settings,
            check=False,
        )

    def load(self, **document: object) -> subprocess.CompletedProcess[str]:
        path = self.folder / "people.yml"
        path.write_text(yaml.safe_dump(document, sort_keys=False))
        return self("records", "load", str(path))


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    return Assistant(tmp_path)


def test_help_names_every_command(assistant: Assistant) -> None:
    said = assistant("--help")
    assert said.returncode == 0
    for command in ("serve", "chat", "train", "parse", "evaluate", "decide", "records", "knowledge", "outbox"):
        assert command in said.stdout


def test_records_go_in_come_out_and_are_erased(assistant: Assistant) -> None:
    assert assistant.load(candidates=[DANA], sites=SITES, seats=SEATS).returncode == 0
    shown = json.loads(assistant("records", "show", "ASE-1000-0001", "--json").stdout)
    assert shown["candidates"][0]["purchases"][0]["appointment"]["starts_at"] == "2026-03-10T09:00"
    assert [site["id"] for site in shown["sites"]] == ["CHI-01"]
    seats = json.loads(assistant("records", "seats", "--json").stdout)
    assert seats == [{"site": "CHI-01", "starts_at": "2026-03-20T13:00", "capacity": 2}]
    assert assistant("records", "erase", "ASE-1000-0001").returncode == 0
    assert assistant("records", "show", "ASE-1000-0001").returncode == 1


def test_a_bad_file_changes_nothing_and_every_fault_is_listed(assistant: Assistant) -> None:
    assistant.load(candidates=[DANA], sites=SITES)
    wrong = {**DANA, "email": 3, "purchases": [{"id": "P-9", "test": "A55", "purchased_on": "2026-01-10"}]}
    said = assistant.load(candidates=[wrong], sites=SITES)
    assert said.returncode == 1
    assert "candidates[0].email" in said.stderr
    assert "candidates[0].purchases[0].test" in said.stderr
    shown = json.loads(assistant("records", "show", "ASE-1000-0001", "--json").stdout)
    assert shown["candidates"][0]["purchases"][0]["test"] == "A5"


def test_one_decision_is_explained_or_given_as_json(assistant: Assistant) -> None:
    assistant.load(candidates=[DANA], sites=SITES)
    words = ("decide", "reschedule", "--as", "ASE-1000-0001", "--test", "A5")
    decision = json.loads(assistant(*words, "--json").stdout)
    assert (decision["outcome"], decision["reasons"][0]["code"]) == ("allowed", "can_reschedule")
    explained = assistant(*words)
    assert "March 7, 2026" in explained.stdout
    assert "September 20, 2022" in explained.stdout


def test_bulk_answers_line_by_line_and_survives_bad_lines(assistant: Assistant) -> None:
    good = {"rule": "retest", "as_of": AS_OF, "candidate": {"ase_id": "ASE-1"}, "subject": {"test": "A5"}}
    said = assistant("decide", "--jsonl", given="\n".join(["no json", json.dumps(good), json.dumps({"rule": "x"})]))
    first, second, third = (json.loads(line) for line in said.stdout.splitlines())
    assert "error" in first
    assert second["reasons"][0]["code"] == "no_wait_applies"
    assert "error" in third


@pytest.mark.parametrize(
    ("words", "settings", "says"),
    [
        (("decide", "retest", "--as", "ASE-0000-0000"), {}, "no records of ASE-0000-0000"),
        (("decide", "retset", "--as", "ASE-1000-0001"), {}, "retest"),
        (("decide",), {}, "--jsonl"),
        (("knowledge", "check"), {"ASSISTANT_AS_OF": "yesterday"}, "ASSISTANT_AS_OF"),
        (("serve", "--demo"), {"ASSISTANT_ENV": "production", "ASSISTANT_AS_OF": ""}, "refused in production"),
        (("outbox",), {"ASSISTANT_ENV": "production", "ASSISTANT_AS_OF": ""}, "not shown in production"),
    ],
)
def test_what_cannot_be_done_is_said(
    assistant: Assistant, words: tuple[str, ...], settings: dict[str, str], says: str
) -> None:
    assistant.load(candidates=[DANA], sites=SITES)
    said = assistant(*words, **settings)
    assert said.returncode != 0
    assert says in said.stderr
    assert "Traceback" not in said.stderr


def test_light_commands_import_nothing_heavy() -> None:
    modules = [f"bot.commands.{path.stem}" for path in (ROOT / "bot" / "commands").glob("*.py")]
    wanted = {"decide", "records", "knowledge", "outbox", "train"}
    light = [name for name in modules if name.rsplit(".", 1)[1] in wanted]
    assert len(light) == 5
    heavy = ("rasa", "tensorflow", "spacy", "onnxruntime", "dateparser", "aiohttp")
    code = (
        f"import sys, bot.commands.main, bot.store, {', '.join(light)}; print([m for m in {heavy} if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert said.stdout.strip() == "[]"
