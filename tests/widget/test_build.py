"""The committed script belongs to the committed sources, is small, and its texts are complete."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.catalog.load import load_policy, load_tests
from bot.rules.vocabulary import REASONS
from tests.widget.material import KNOWLEDGE

ROOT = Path(__file__).parents[2]
WIDGET = ROOT / "widget"
BUILT = ROOT / "bot" / "gateway" / "static" / "widget.js"
LOCALES = WIDGET / "src" / "locales"
LANGUAGES = sorted(path.stem for path in LOCALES.glob("*.json"))
LIMIT = 40_000


def texts(name: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((LOCALES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def sources_digest() -> str:
    """The same sum as in widget/build.mjs."""
    paths = [path for path in (WIDGET / "src").rglob("*") if path.is_file()]
    paths += [WIDGET / name for name in ("build.mjs", "package.json", "package-lock.json", "tsconfig.json")]
    total = hashlib.sha256()
    for name, path in sorted((path.relative_to(WIDGET).as_posix(), path) for path in paths):
        total.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def test_the_script_was_built_from_these_sources() -> None:
    line, _, body = BUILT.read_text(encoding="utf-8").partition("\n")
    found = re.search(r"sources ([0-9a-f]{64}) body ([0-9a-f]{64})", line)
    assert found is not None, line
    assert found[1] == sources_digest(), "the sources of the widget were changed: run `make widget`"
    assert found[2] == hashlib.sha256(body.encode()).hexdigest(), "the built script was changed by hand"


def test_the_script_is_small() -> None:
    assert len(gzip.compress(BUILT.read_bytes(), 9)) <= LIMIT


def test_the_script_makes_no_markup_of_text_and_uses_no_cookie() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (WIDGET / "src").rglob("*.ts*"))
    used = r"innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|\beval\(|document\.cookie"
    assert not re.search(used, sources)
    assert len(sources) > 20_000


def test_the_lock_file_names_no_address() -> None:
    lock: dict[str, Any] = json.loads((WIDGET / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert all("resolved" not in entry and entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert len(packages) >= 3, f"found only {len(packages)} packages"


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_language_has_every_text(name: str) -> None:
    english, these = texts("en"), texts(name)
    assert these.keys() == english.keys()
    for key, text in these.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", english[key])), key
    assert len(these) >= 200, f"found only {len(these)} texts"


def test_found_the_languages() -> None:
    assert {"en", "es"} <= set(LANGUAGES)


def test_every_rule_reason_and_policy_value_has_words() -> None:
    english = texts("en")
    codes = {code for codes in REASONS.values() for code in codes}
    assert sorted(code for code in codes if f"reason.{code}" not in english) == []
    assert sorted(rule for rule in REASONS if f"rule.{rule}" not in english) == []
    cited = {row for codes in REASONS.values() for spec in codes.values() for row in spec.policy if "<" not in row}
    assert sorted(row for row in cited if f"policy.{row}" not in english) == []
    assert load_policy(KNOWLEDGE) is not None
    assert len(codes) >= 50, f"found only {len(codes)} reasons"


def test_tests_are_called_by_their_names() -> None:
    titles = json.loads((WIDGET / "src" / "titles.json").read_text(encoding="utf-8"))
    catalogue = load_tests(KNOWLEDGE)
    known = {code: test.title for code, test in catalogue.tests.items() if test.title}
    assert titles["tests"] == known
    assert titles["series"].keys() == set(catalogue.series)
    assert len(known) >= 30, f"found only {len(known)} titles"
