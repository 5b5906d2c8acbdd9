"""Documents that others rely on: numbered decisions, links that lead somewhere, make targets that are explained."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from bot.commands.main import build_parser

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "knowledge").glob("*.md")])


def test_decisions_are_numbered_once() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert numbers == [f"{n:04d}" for n in range(1, len(numbers) + 1)]
    assert len(numbers) >= 4
    for path in DECISIONS:
        assert path.read_text("utf-8").startswith(f"# {int(path.name[:4])}. "), path.name


def test_links_between_documents_lead_somewhere() -> None:
    seen, broken = 0, []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
            if "://" in target or target.startswith("mailto:"):
                continue
            seen += 1
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []
    assert seen >= 10


def test_every_make_target_is_explained() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    phony = set(re.findall(r"\.PHONY: (.*)", text)[0].split())
    explained = set(re.findall(r"^([a-z-]+):.*## ", text, re.M))
    assert phony == explained
    assert {"run", "test", "setup", "train", "chat", "check"} <= explained


def test_this_version_has_its_entries() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    sections = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.M)[1:]
    entries = {section.split("\n", 1)[0]: len(re.findall(r"^- ", section, re.M)) for section in sections}
    assert entries[version] >= 1
    assert next(iter(entries)) in (version, "Unreleased")


def code_in(page: Path) -> list[str]:
    """The lines that a document shows as code, in blocks or within a sentence."""
    text = page.read_text("utf-8")
    blocks = re.findall(r"^```.*?\n(.*?)^```", text, re.M | re.S)
    return [line for block in blocks for line in block.splitlines()] + re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)


def test_commands_in_documents_are_commands(capsys: pytest.CaptureFixture[str]) -> None:
    told = {
        tuple(words.split())
        for page in PAGES
        for line in code_in(page)
        for words in re.findall(r"(?:^|[|;] *|^ +|time |:00 )assistant ([a-z][a-z-]*(?: [a-z]+)?)", line)
    }
    wrong = []
    for words in sorted(told):
        with pytest.raises(SystemExit) as ended:
            build_parser().parse_args([*words, "--help"])
        if ended.value.code != 0:
            wrong.append(words)
    assert wrong == []
    assert len(told) >= 20, f"found only {len(told)} commands"


def test_documents_call_what_is_installed_by_its_name() -> None:
    found = [f"{page.name}: {line}" for page in PAGES for line in code_in(page) if ".venv/bin/" in line]
    assert [line for line in found if "source .venv/bin/activate" not in line] == []
    assert len(found) >= 2


PLACES = ("bot", "actions", "tests", "knowledge", "data", "docs", "benchmarks", "widget", "console")
NAMED = re.compile(rf"(?<![\w/.\-])((?:{'|'.join(PLACES)})/[\w./<>*{{}}…-]*)")
INVENTED = {"sms", "test_sms", "bought_before", "transfer_voucher", "0006_text_messages"}
"""Names of files that docs/where.md tells of and that were never kept."""


def named_paths(page: Path) -> list[str]:
    """Paths in a document as far as they are spelled out: "data/nlu/<family>/<label>.yml" names data/nlu."""
    found = []
    for path in NAMED.findall(page.read_text("utf-8")):
        parts = path.rstrip(".").split("/")
        spelled = [part for at, part in enumerate(parts) if not re.search(r"[<>*{}…]", "/".join(parts[: at + 1]))]
        found.append("/".join(spelled).rstrip("/"))
    return found


def test_paths_in_documents_lead_somewhere() -> None:
    named = {(page, path) for page in PAGES for path in named_paths(page)}
    wrong = [
        f"{page.relative_to(ROOT)}: {path}"
        for page, path in sorted(named)
        if not (ROOT / path).exists()
        and not (page.name == "where.md" and INVENTED & {Path(part).stem for part in path.split("/")})
    ]
    assert wrong == []
    assert len(named) >= 100, f"found only {len(named)} paths"
