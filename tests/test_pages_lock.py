"""The locked Node packages: exact versions, checked by digest, from no particular address."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.built_pages import ROOT


def test_the_lock_file_names_digests_and_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    lock: dict[str, Any] = json.loads(text)
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert "resolved" not in text
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert len(packages) >= 4, f"found only {len(packages)} packages"


def test_every_version_is_exact() -> None:
    named: dict[str, Any] = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    wanted = named["dependencies"] | named["devDependencies"]
    assert [name for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    assert {"preact", "uplot", "esbuild"} <= wanted.keys()
