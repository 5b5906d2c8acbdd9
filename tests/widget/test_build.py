"""The committed script belongs to the committed sources, is small, and its texts are complete."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from bot.catalog.load import load_policy, load_tests
from bot.rules.vocabulary import REASONS
from tests.built_pages import MARKUP_OR_COOKIE, ROOT, STATIC, assert_built_from_sources, script_sources
from tests.widget.material import KNOWLEDGE

WIDGET = ROOT / "widget"
LOCALES = WIDGET / "src" / "locales"
LIMIT = 45_000


def texts(name: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((LOCALES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def test_the_script_was_built_from_these_sources() -> None:
    assert_built_from_sources("widget", "widget.js")


def test_other_languages_are_served_as_they_are_written() -> None:
    others = [path.stem for path in LOCALES.glob("*.json") if path.stem != "en"]
    assert others == ["es"]
    for name in others:
        served: dict[str, str] = json.loads((STATIC / f"widget-{name}.json").read_text(encoding="utf-8"))
        assert served == texts(name)


def test_the_script_is_small() -> None:
    assert len(gzip.compress((STATIC / "widget.js").read_bytes(), 9)) <= LIMIT


def test_the_script_makes_no_markup_of_text_and_uses_no_cookie() -> None:
    sources = script_sources("widget")
    assert not re.search(MARKUP_OR_COOKIE, sources)
    assert len(sources) > 20_000


@pytest.mark.parametrize("name", sorted(path.stem for path in LOCALES.glob("*.json")))
def test_every_language_has_every_text(name: str) -> None:
    english, these = texts("en"), texts(name)
    assert these.keys() == english.keys()
    for key, text in these.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", english[key])), key
    assert len(these) >= 200, f"found only {len(these)} texts"


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
