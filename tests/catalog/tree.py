"""A small, faultless knowledge tree to break in one place at a time."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path

LIVE = Path(__file__).parents[2] / "knowledge"


_LINES = re.compile(r"((?:^  - .*\n){6})(?:^  - .*\n)+", re.MULTILINE)


@cache
def _few_lines() -> list[tuple[str, str]]:
    """The entries with no more than six lines for each statement and gap: all of them take long to read."""
    files = [path for folder in ("faq", "account") for path in sorted((LIVE / folder).glob("*.yml"))]
    return [(str(path.relative_to(LIVE)), _LINES.sub(r"\1", path.read_text("utf-8"))) for path in files]


class Tree:
    """A copy of the live knowledge that a test may change."""

    def __init__(self, root: Path) -> None:
        self.root = root / "knowledge"
        shutil.copytree(LIVE, self.root)
        for name, text in _few_lines():
            (self.root / name).write_text(text, encoding="utf-8")

    def write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def text(self, file: str) -> str:
        return (self.root / file).read_text(encoding="utf-8")

    def replace(self, file: str, old: str, new: str) -> None:
        """Change the first `old`; a test that changes nothing is a test that shows nothing."""
        before = self.text(file)
        assert old in before, f"{old!r} is not in {file}"
        self.write(file, before.replace(old, new, 1))

    def remove(self, file: str) -> None:
        (self.root / file).unlink()

    def entry(self, web: str, voice: str, *, label: str = "faq/fees", more: str = "") -> None:
        """A text for a label with these two forms."""
        name = label.rsplit("/", 1)[-1]
        file = f"{label}.yml" if "/" in label else f"conversation/{label}.yml"
        lines = [
            f"name: {name}",
            "title: What a test costs",
            "spoken_title: what a test costs",
            "versions:",
            '- from: "2022-09-20"',
            '  review_by: "2027-09-20"',
            "  sources: [faq/registration]",
            "  web: |",
            *(f"    {line}" for line in web.splitlines()),
            "  voice: |",
            *(f"    {line}" for line in voice.splitlines()),
        ]
        self.write(file, "\n".join(lines) + "\n" + more)
