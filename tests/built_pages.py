"""The pages that are built with Node and committed: the chat widget and the agents' console."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "bot" / "gateway" / "static"
#: What shapes the built files besides the sources of a page.
SHARED = ("build.mjs", "package.json", "tsconfig.json")
MARKUP_OR_COOKIE = (
    r"innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|\beval\(|document\.cookie"
)


def sources_digest(page: str) -> str:
    """The SHA-256 over every source of a page, by path: the same sum as in build.mjs."""
    paths = [path for path in (ROOT / page / "src").rglob("*") if path.is_file()]
    paths += [ROOT / name for name in SHARED]
    total = hashlib.sha256()
    for name, path in sorted((path.relative_to(ROOT).as_posix(), path) for path in paths):
        total.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def assert_built_from_sources(page: str, name: str) -> None:
    """Fail unless a built file names the digest of the sources of its page, and of its own body, in its first line."""
    line, _, body = (STATIC / name).read_text(encoding="utf-8").partition("\n")
    found = re.search(r"sources ([0-9a-f]{64}) body ([0-9a-f]{64})", line)
    assert found is not None, line
    assert found[1] == sources_digest(page), f"the sources were changed: run `make {page}`"
    assert found[2] == hashlib.sha256(body.encode()).hexdigest(), f"{name} was changed by hand"


def script_sources(page: str) -> str:
    """All TypeScript of a page, one file after the other."""
    return "".join(path.read_text(encoding="utf-8") for path in (ROOT / page / "src").rglob("*.ts*"))
