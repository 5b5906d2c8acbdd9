"""The committed script and style sheet belong to the committed sources."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CONSOLE = ROOT / "console"
STATIC = ROOT / "bot" / "gateway" / "static"


def sources_digest() -> str:
    """The same sum as in console/build.mjs."""
    paths = [path for path in (CONSOLE / "src").rglob("*") if path.is_file()]
    paths += [CONSOLE / name for name in ("build.mjs", "package.json", "package-lock.json", "tsconfig.json")]
    total = hashlib.sha256()
    for name, path in sorted((path.relative_to(CONSOLE).as_posix(), path) for path in paths):
        total.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


@pytest.mark.parametrize("name", ["console.js", "console.css"])
def test_it_was_built_from_these_sources(name: str) -> None:
    line, _, body = (STATIC / name).read_text(encoding="utf-8").partition("\n")
    found = re.search(r"sources ([0-9a-f]{64}) body ([0-9a-f]{64})", line)
    assert found is not None, line
    assert found[1] == sources_digest(), "the sources of the console were changed: run `npm run build` in console/"
    assert found[2] == hashlib.sha256(body.encode()).hexdigest(), "the built file was changed by hand"


def test_it_is_small() -> None:
    assert len(gzip.compress((STATIC / "console.js").read_bytes(), 9)) <= 60_000


def test_it_makes_no_markup_of_text() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (CONSOLE / "src").rglob("*.ts*"))
    used = r"innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|\beval\(|document\.cookie"
    assert not re.search(used, sources)
    assert len(sources) > 20_000


def test_the_lock_file_names_no_address() -> None:
    lock: dict[str, Any] = json.loads((CONSOLE / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert all("resolved" not in entry and entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert len(packages) >= 4, f"found only {len(packages)} packages"
