"""Documents that others rely on: numbered decisions, links that lead somewhere, make targets that are explained."""

from __future__ import annotations

import re
from pathlib import Path

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
