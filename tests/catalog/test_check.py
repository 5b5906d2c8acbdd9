"""The check finds each kind of fault where it is, and nothing in the live knowledge."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date

import pytest

from bot.catalog.check import check, main
from tests.catalog.tree import LIVE, Tree

PHONE = "{policy.phone.ase|phone}"
Change = Callable[[Tree], None]


def forms(web: str, voice: str, more: str = "") -> Change:
    return lambda tree: tree.entry(web, voice, more=more)


def swap(file: str, old: str, new: str) -> Change:
    return lambda tree: tree.replace(file, old, new)


def add(file: str, text: str) -> Change:
    return lambda tree: tree.write(file, tree.text(file) + text)


def gone(file: str) -> Change:
    return lambda tree: tree.remove(file)


FEES = "faq/fees.yml"
WEB = "versions[0].web"
VOICE = "versions[0].voice"
RETEST = "wording/retest.yml"

SEEDED: list[tuple[str, Change, str, str, str]] = [
    ("a bare number", forms("Wait 30 days.", "Wait a while."), FEES, WEB, 'the number "30"'),
    ("a number in words", forms("Wait.", "Wait thirty days."), FEES, VOICE, 'the number "thirty days"'),
    ("an amount", forms("It is $ much.", "It is much."), FEES, WEB, "an amount of money"),
    (
        "an unknown policy value",
        forms("{policy.x.y}", "Words."),
        FEES,
        WEB,
        "unknown policy value {policy.x.y}",
    ),
    ("an unknown filter", forms("{policy.phone.ase|loud}", "Words."), FEES, WEB, "unknown filter loud"),
    ("an unfit filter", forms("{policy.phone.ase|days}", PHONE), FEES, WEB, "filters that fit: phone"),
    ("an unknown placeholder", forms("Hello {name}.", "Hello."), FEES, WEB, "unknown placeholder {name}"),
    ("a mark left open", forms("Hello [[ you", "Hello."), FEES, WEB, "[[ without ]]"),
    ("forms that differ", forms(f"Call {PHONE}.", "Call us."), FEES, VOICE, "web only has phone.ase"),
    ("a unit twice", forms("{policy.validity.years|years} years", "It lasts."), FEES, WEB, "the unit twice"),
    (
        "a link in speech",
        forms("Read it.", "Go to www.ase.com/expform."),
        FEES,
        VOICE,
        "a link cannot be spoken",
    ),
    ("markup in speech", forms("Read it.", "Read **it**."), FEES, VOICE, "these cannot be spoken"),
    ("an abbreviation", forms("Read it.", "Read it, e.g. now."), FEES, VOICE, "an abbreviation"),
    ("an emoji", forms("Hi \N{WAVING HAND SIGN}", "Hi."), FEES, WEB, "no emoji"),
    ("a long sentence", forms("Hi.", "so " * 30 + "on."), FEES, VOICE, "a spoken sentence of 31 words"),
    ("an address nobody knows", forms("See www.ase.com/fees.", "See it."), FEES, WEB, "not a known address"),
    (
        "a value without certainty",
        forms("{policy.prerequisites.L1}", "It has some."),
        FEES,
        WEB,
        "as far as we know",
    ),
    (
        "an empty spoken form",
        swap(FEES, "  voice: |", "  voice: ''\n  more: |"),
        FEES,
        VOICE,
        "must not be empty",
    ),
    ("an unknown key", swap(FEES, "spoken_title", "spoken"), FEES, "spoken", "allowed here: name, title"),
    (
        "an unknown source",
        swap(FEES, "[faq/registration]", "[faq/none]"),
        FEES,
        "versions[0].sources",
        "unknown source",
    ),
    (
        "no source",
        swap(FEES, "[faq/registration]", "[]"),
        FEES,
        "versions[0].sources",
        "name at least one source",
    ),
    ("another name", swap(FEES, "name: fees", "name: fee"), FEES, "name", "must be the file's name: fees"),
    ("a long title", swap(FEES, "title: What a", "title: " + "x" * 41 + " a"), FEES, "title", "at most 40"),
    (
        "an unquoted date",
        swap(FEES, '"2022-09-20"', "2022-09-20"),
        FEES,
        "versions[0].from",
        "is a bare date",
    ),
    (
        "an unspeakable title",
        swap(FEES, "spoken_title: what a test costs", "spoken_title: costs & fees"),
        FEES,
        "spoken_title",
        "these cannot be spoken",
    ),
    (
        "an unknown offer",
        forms("a", "a", "  offer: [faq/none]\n"),
        FEES,
        "versions[0].offer",
        "unknown label faq/none",
    ),
    (
        "an offer of itself",
        forms("a", "a", "  offer: [faq/fees]\n"),
        FEES,
        "versions[0].offer",
        "offers itself",
    ),
    (
        "too many offers",
        forms("a", "a", "  offer: [faq/contact, faq/test_day, greet, help]\n"),
        FEES,
        "versions[0].offer",
        "at most 3",
    ),
    ("a label without text", gone("faq/fees.yml"), "topics.yml", "faq/fees", "faq/fees.yml is missing"),
    (
        "a text without label",
        lambda tree: tree.write("faq/extra.yml", tree.text("faq/fees.yml").replace("name: fees", "name: extra")),
        "faq/extra.yml",
        "name",
        "faq/extra is not a label",
    ),
    (
        "an unknown handler",
        swap("topics.yml", "label: faq/fees, handler: entry", "label: faq/fees, handler: magic"),
        "topics.yml",
        "topics[2].handler",
        "allowed: entry, account, action",
    ),
    ("a rule without words", gone("wording/retest.yml"), RETEST, "reasons.retest_wait", "has no wording"),
    (
        "a code without words",
        swap(RETEST, "  retest_open:", "  retest_opened:"),
        RETEST,
        "reasons.retest_open",
        "has no wording",
    ),
    (
        "words for an unknown code",
        swap(RETEST, "  retest_open:", "  retest_opened:"),
        RETEST,
        "reasons.retest_opened",
        "unknown reason code",
    ),
    (
        "words for an unknown rule",
        lambda tree: tree.write("wording/nothing.yml", tree.text(RETEST).replace("rule: retest", "rule: nothing")),
        "wording/nothing.yml",
        "rule",
        "unknown rule",
    ),
    (
        "an unneeded phrase value",
        add("phrases/answers.yml", "  extra: {values: [a], web: x, voice: x}\n"),
        "phrases/answers.yml",
        "phrases.extra.values",
        "a is used in neither form",
    ),
    (
        "an unknown phrase value",
        add("phrases/answers.yml", "  extra: {web: 'x {a}', voice: x}\n"),
        "phrases/answers.yml",
        "phrases.extra.web",
        "unknown placeholder {a}",
    ),
    (
        "a reserved value",
        add("phrases/answers.yml", "  extra: {values: [day], web: 'On {day}', voice: 'On {day}'}\n"),
        "phrases/answers.yml",
        "phrases.extra.values",
        "no value can be called day",
    ),
    (
        "a phrase that answers need",
        swap("phrases/answers.yml", "  no_policy_for_day:", "  no_policy:"),
        "phrases",
        "no_policy_for_day",
        "this phrase is needed",
    ),
    (
        "a choice too long for a button",
        swap("phrases/choices.yml", 'web: "Yes, do it"', 'web: "Yes, I am quite sure that I want you to do it now"'),
        "phrases/choices.yml",
        "phrases.choice_confirm_yes.web",
        "a choice shows at most",
    ),
    (
        "a choice that is a sentence",
        swap("phrases/choices.yml", 'voice: "a person"', 'voice: "I want a person."'),
        "phrases/choices.yml",
        "phrases.choice_person.voice",
        "no sentence",
    ),
    (
        "a number in a phrase",
        add("phrases/answers.yml", "  extra: {web: Five days, voice: Some days}\n"),
        "phrases/answers.yml",
        "phrases.extra.web",
        'the number "Five days"',
    ),
    (
        "an unspeakable parameter",
        swap("policy/retest_wait.yml", "about: Full days", "about: 30 & more full days"),
        "policy/retest_wait.yml",
        "parameters.retest_wait.days.about",
        "these cannot be spoken",
    ),
]


def wording(web: str, voice: str, *, also: str = "Short.", rule: str = "retest", code: str = "retest_wait") -> Change:
    """The wording of one code, replaced by a common one for it; the rest of the rule has none."""
    text = (
        f"rule: {rule}\nreasons:\n  {code}:\n"
        f"    web: {{answer: '{web}', also: '{also}', next: ''}}\n"
        f"    voice: {{answer: '{voice}', also: '{also}', next: ''}}\n"
        "    why: {web: Because., voice: Because.}\n"
    )
    return lambda tree: tree.write(f"wording/{rule}.yml", text)


AT = "reasons.retest_wait"
WORDED: list[tuple[str, Change, str, str]] = [
    (
        "an unknown value",
        wording("On {day}.", "Then."),
        f"{AT}.web.answer",
        "unknown placeholder {day}; allowed: test",
    ),
    (
        "a value that may be absent",
        wording("Until {fee}.", "Then."),
        f"{AT}.web.answer",
        "{fee} may be absent; put it inside [[",
    ),
    (
        "an unfit format",
        wording("On {opens_on|days}.", "Then."),
        f"{AT}.web.answer",
        "filters that fit: date, weekday",
    ),
    ("a number", wording("Wait.", "Wait thirty days."), f"{AT}.voice.answer", 'the number "thirty days"'),
    (
        "no short form",
        wording("Wait.", "Wait.", also="", code="already_purchased"),
        "",
        "it needs this short form",
    ),
    (
        "an id",
        wording("Purchase {purchase_id}.", "That one.", code="already_purchased"),
        "reasons.already_purchased.web.answer",
        "means nothing to people",
    ),
    (
        "certainty that is not there",
        wording("Yes.", "Yes.", rule="advanced_prerequisites", code="prerequisites_met"),
        "reasons.prerequisites_met.web.answer",
        'rests on a secondary source; say "as far as we know"',
    ),
]


def test_the_live_knowledge_has_no_fault() -> None:
    assert [str(fault) for fault in check(LIVE)] == []


@pytest.mark.parametrize(("change", "file", "key", "message"), [row[1:] for row in SEEDED], ids=[r[0] for r in SEEDED])
def test_a_seeded_fault_is_found_where_it_is(tree: Tree, change: Change, file: str, key: str, message: str) -> None:
    change(tree)
    found = [fault for fault in check(tree.root) if message in fault.message]
    assert (file, key) in [(fault.file, fault.key) for fault in found], check(tree.root)


@pytest.mark.parametrize(("change", "key", "message"), [row[1:] for row in WORDED], ids=[r[0] for r in WORDED])
def test_a_fault_in_the_wording_is_found(tree: Tree, change: Change, key: str, message: str) -> None:
    change(tree)
    found = [fault for fault in check(tree.root) if message in fault.message]
    assert found
    assert not key or key in [fault.key for fault in found]


def test_many_faults_are_told_at_once(tree: Tree) -> None:
    tree.entry("Wait 30 days.", "Go to www.ase.com & wait.")
    tree.replace("topics.yml", "label: greet,", "label: greeting,")
    tree.remove("wording/test_language.yml")
    files = {fault.file for fault in check(tree.root)}
    assert {"faq/fees.yml", "topics.yml", "wording/test_language.yml", "conversation/greet.yml"} <= files


def test_a_text_due_for_review_is_a_warning_from_the_day_after(tree: Tree) -> None:
    assert check(tree.root, today=date(2027, 9, 20)) == ()
    late = check(tree.root, today=date(2027, 9, 21))
    assert late
    assert all(fault.warning for fault in late)
    assert {fault.key for fault in late} == {"versions[0].review_by"}


def test_a_label_that_no_code_carries_out_is_a_fault() -> None:
    from bot.catalog import load_catalog

    topics = load_catalog(LIVE).topics
    handled = {label for label, topic in topics.items() if topic.handler != "entry"}
    assert check(LIVE, handled=handled) == ()
    missing = check(LIVE, handled=handled - {"account/retest"})
    assert [(fault.file, fault.key) for fault in missing] == [("topics.yml", "account/retest")]


def test_the_command_prints_faults_and_fails(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tree.root)]) == 0
    assert main([str(tree.root), "--today", "2030-01-01"]) == 0
    assert "warning: was due for review on" in capsys.readouterr().out
    tree.entry("Wait 30 days.", "Wait.")
    assert main([str(tree.root)]) == 1
    assert 'faq/fees.yml: versions[0].web: the number "30"' in capsys.readouterr().out


def test_it_runs_as_a_module_without_heavy_imports() -> None:
    script = (
        "import sys; from bot.catalog.check import main; code = main(['knowledge']);"
        "heavy = {'rasa', 'tensorflow', 'spacy', 'pydantic', 'sqlalchemy', 'aiohttp'} & set(sys.modules);"
        "sys.exit(code or bool(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=LIVE.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_found_at_least_so_many_cases() -> None:
    assert len(SEEDED) >= 40
    assert len(WORDED) >= 7
