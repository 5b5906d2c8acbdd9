"""`knowledge check`: every fault in `knowledge/` at once, by file and key.

The loader refuses what it cannot read; this check also refuses what nobody should hear: a number whose home
is the policy, a form that is missing or cannot be spoken, a reason without words, a label without an answer.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path

from bot.catalog import lint
from bot.catalog.content import CHOICES, COMMON, OWN_PHRASES, TITLE_LENGTH, TOPICS, entry_file
from bot.catalog.faults import Fault
from bot.catalog.load import read_catalog
from bot.catalog.model import Catalog, Confidence, Forms, Handler, ReasonWording
from bot.catalog.reader import Reader, child
from bot.catalog.statements import CONDITIONS, VALUES, WHO_CAN_TELL
from bot.catalog.template import Placeholder, Template
from bot.rules.decision import Outcome
from bot.rules.vocabulary import REASONS, VALUE_TYPES, ReasonSpec

AS_FAR_AS_WE_KNOW = "as far as we know"
RESERVED = ("day", "key", "self")
"""Names that a phrase cannot be given a value by."""

_WHOLE = ("opens_at", "closes_at", "fee")
"""Values of the decision itself: never certain, so only in optional passages."""

_LISTS = ("codes", "tests", "alternatives", "dated_tests", "series", "words", "rules", "text")
_FITS: Mapping[str, tuple[str, ...]] = {
    "days": ("days",),
    "weeks": ("days",),
    "left": ("days",),
    "years": ("years",),
    "date": ("date", "instant"),
    "weekday": ("date", "instant"),
    "time": ("instant",),
    "instant": ("instant",),
    "at_site": ("instant",),
    "month_day": ("date", "instant"),
    "list": _LISTS,
    "code": ("code", "codes", "tests"),
    "codes": ("code", "codes", "tests"),
    "title": ("code",),
    "test": ("code",),
    "money": ("money", "USD"),
    "phone": ("phone",),
    "number": ("days", "years"),
}
"""Filter -> the types of values and units of policy that it can say."""


def check(root: Path, *, today: date | None = None, handled: Collection[str] | None = None) -> tuple[Fault, ...]:
    """All faults and warnings, sorted by file and key.

    `today` turns on the warnings about texts that are due for review; `handled` are the labels that code
    carries out (None: not known here, not judged).
    """
    reader = Reader(root)
    catalog = read_catalog(reader)
    checker = _Check(reader, catalog)
    checker.topics(handled)
    checker.entries(today)
    checker.parameters()
    checker.wording()
    checker.phrases()
    checker.told()
    return tuple(sorted(set(reader.faults)))


class _Check:
    def __init__(self, reader: Reader, catalog: Catalog) -> None:
        self.reader = reader
        self.catalog = catalog
        unsure = {key for key, doc in catalog.sources.items() if doc.confidence is Confidence.SECONDARY}
        policy = catalog.policy.rows.items()
        self.secondary = {policy_id for policy_id, rows in policy if unsure & {row.source for row in rows}}

    # --- labels ---

    def topics(self, handled: Collection[str] | None) -> None:
        for label, topic in self.catalog.topics.items():
            if topic.handler is not Handler.ACTION and label not in self.catalog.entries:
                self.fault(TOPICS, label, f"no answer: {entry_file(label)} is missing")
            if topic.handler is not Handler.ENTRY and handled is not None and label not in handled:
                self.fault(TOPICS, label, "no code carries this out")
        for label in self.catalog.entries:
            if label not in self.catalog.topics:
                self.fault(entry_file(label), "name", f"{label} is not a label of {TOPICS}")

    # --- texts ---

    def entries(self, today: date | None) -> None:
        for label, entry in self.catalog.entries.items():
            file = entry_file(label)
            self.title(file, "title", entry.title)
            self.spoken_title(file, "spoken_title", entry.spoken_title)
            for index, version in enumerate(entry.versions):
                at = child("versions", index)
                for form, template in (("web", version.forms.web), ("voice", version.forms.voice)):
                    for mark in template.placeholders():
                        if not mark.policy:
                            message = f"unknown placeholder {{{mark.name}}}; only policy values, like"
                            self.fault(file, f"{at}.{form}", message + " {policy.validity.years}")
                self.forms(file, at, version.forms)
                if today is not None and version.review_by < today and version is entry.versions[-1]:
                    due = version.review_by.isoformat()
                    self.fault(file, f"{at}.review_by", f"was due for review on {due}", warning=True)

    def told(self) -> None:
        """Statements and gaps: their texts in every case, and how long they are."""
        for label, entry in self.catalog.entries.items():
            file = entry_file(label)
            for index, statement in enumerate(entry.statements):
                at = child("statements", index)
                self.brief(file, at, statement.forms, ())
                for place, case in enumerate(statement.cases):
                    self.brief(file, child(f"{at}.cases", place), case.forms, CONDITIONS[case.when.kind])
            for index, gap in enumerate(entry.gaps):
                self.brief(file, child("gaps", index), gap.forms, ())
        if any(entry.gaps for entry in self.catalog.entries.values()):
            for who in WHO_CAN_TELL:
                if f"ask_{who}" not in self.catalog.phrases:
                    self.fault("phrases", f"ask_{who}", "this phrase is needed: it ends the answers to known gaps")

    def brief(self, file: str, at: str, forms: Forms, certain: Sequence[str]) -> None:
        """One text of a statement or gap; `certain` are the values it may use."""
        for form, template, most in (("web", forms.web, lint.WRITTEN_WORDS), ("voice", forms.voice, lint.SPOKEN_WORDS)):
            key = f"{at}.{form}"
            for mark in template.placeholders():
                if mark.policy:
                    continue
                if mark.name in certain:
                    self.filter(file, key, mark, VALUES[mark.name])
                else:
                    allowed = ", ".join(certain) or "policy values alone"
                    self.fault(file, key, f"unknown placeholder {{{mark.name}}}; allowed: {allowed}")
            for message in lint.too_long(template.plain("value"), most):
                self.fault(file, key, message)
        self.forms(file, at, forms)

    def parameters(self) -> None:
        for name, parameter in self.catalog.parameters.items():
            file, key = f"policy/{parameter.area}.yml", f"parameters.{name}.about"
            for text in (parameter.about, *parameter.words.values()):
                for message in (*self.numbers(text), *lint.unspeakable(text)):
                    self.fault(file, key, message)

    def phrases(self) -> None:
        for key, values in OWN_PHRASES.items():
            phrase = self.catalog.phrases.get(key)
            if phrase is None:
                self.fault("phrases", key, f"this phrase is needed, with the values {', '.join(values)}")
            elif set(phrase.values) - set(values):
                self.fault("phrases", key, f"is given only the values {', '.join(values)}")
        for file in self.reader.files("phrases"):
            for key in _keys(self.reader, file, "phrases"):
                if key in self.catalog.phrases:
                    self.reserved(file, key)
                    self.forms(file, f"phrases.{key}", self.catalog.phrases[key].forms)
                    if file == CHOICES:
                        self.choice(file, f"phrases.{key}", self.catalog.phrases[key].forms)

    def choice(self, file: str, at: str, forms: Forms) -> None:
        """A choice is a button and a piece of a sentence that reads out several."""
        written = forms.web.plain()
        if len(written) > TITLE_LENGTH:
            self.fault(file, f"{at}.web", f"{len(written)} characters; a choice shows at most {TITLE_LENGTH}")
        for form, template in (("web", forms.web), ("voice", forms.voice)):
            if template.source.endswith((".", "?", "!")):
                self.fault(file, f"{at}.{form}", "a choice is no sentence; leave out the mark at its end")

    def reserved(self, file: str, key: str) -> None:
        for name in RESERVED:
            if name in self.catalog.phrases[key].values and key not in OWN_PHRASES:
                self.fault(file, f"phrases.{key}.values", f"no value can be called {name}; call it otherwise")

    def wording(self) -> None:
        for rule in self.catalog.wording:
            if rule not in REASONS and rule != COMMON:
                self.fault(f"wording/{rule}.yml", "rule", f"unknown rule; known: {', '.join(REASONS)}")
        everywhere = {code: spec for codes in REASONS.values() for code, spec in codes.items()}
        common = self.catalog.wording.get(COMMON, {})
        for code, said in common.items():
            spec = everywhere.get(code)
            if spec is None or not all(code in codes for codes in REASONS.values()):
                self.fault(f"wording/{COMMON}.yml", f"reasons.{code}", "not a code that every rule can give")
            else:
                self.reason(COMMON, code, spec, said, alone=True)
        for rule, codes in REASONS.items():
            own = self.catalog.wording.get(rule, {})
            for code in own:
                if code not in codes:
                    message = f"unknown reason code; known: {', '.join(codes)}"
                    self.fault(f"wording/{rule}.yml", f"reasons.{code}", message)
            for place, (code, spec) in enumerate(codes.items()):
                before = [other.outcome for other in list(codes.values())[:place]]
                alone = spec.outcome is Outcome.CANNOT_TELL or (spec.outcome is not None and spec.outcome not in before)
                if code in own:
                    self.reason(rule, code, spec, own[code], alone=alone)
                elif code not in common:
                    self.fault(f"wording/{rule}.yml", f"reasons.{code}", "this reason code has no wording")

    def reason(self, rule: str, code: str, spec: ReasonSpec, said: ReasonWording, *, alone: bool) -> None:
        file, at = f"wording/{rule}.yml", f"reasons.{code}"
        parts = {"answer": said.answer, "also": said.also, "next": said.next}
        for part, forms in parts.items():
            for form, template in (("web", forms.web), ("voice", forms.voice)):
                key = f"{at}.{form}.{part}"
                self.values(file, key, spec, template)
                if part == "also" and not alone and not template.source:
                    self.fault(file, key, "can stand beside another reason, so it needs this short form")
            self.forms(file, at, forms, part)
        for form, template in (("web", said.why.web), ("voice", said.why.voice)):
            self.values(file, f"{at}.why.{form}", spec, template)
        self.forms(file, f"{at}.why", said.why)
        for name, forms in said.asked.items():
            for form, template in (("web", forms.web), ("voice", forms.voice)):
                self.values(file, f"{at}.asked.{name}.{form}", spec, template)
            self.forms(file, f"{at}.asked.{name}", forms)
        cited = {
            policy_id
            for pattern in spec.policy
            for policy_id in self.secondary
            if policy_id == pattern or ("<" in pattern and policy_id.startswith(pattern.partition("<")[0]))
        }
        for form, template in (("web", said.answer.web), ("voice", said.answer.voice)):
            if cited and AS_FAR_AS_WE_KNOW not in template.source.lower():
                message = f'rests on a secondary source; say "{AS_FAR_AS_WE_KNOW}"'
                self.fault(file, f"{at}.{form}.answer", message)

    # --- one text ---

    def values(self, file: str, key: str, spec: ReasonSpec, template: Template) -> None:
        """The values of a reason's sentence: known, certain or optional, and of a type that can be said."""
        possible = (*spec.required, *spec.optional, *_WHOLE)
        for mark in template.placeholders():
            if mark.policy:
                continue
            if mark.name not in possible:
                allowed = ", ".join(name for name in possible if VALUE_TYPES.get(name) != "id")
                self.fault(file, key, f"unknown placeholder {{{mark.name}}}; allowed: {allowed}")
            elif VALUE_TYPES.get(mark.name) == "id":
                self.fault(file, key, f"{{{mark.name}}} is an id and means nothing to people")
            else:
                kind = VALUE_TYPES.get(mark.name, "")
                if kind == "codes_or_alternatives":
                    kind = "alternatives" if any("prerequisites" in each for each in spec.policy) else "codes"
                self.filter(file, key, mark, kind)
        for mark in template.placeholders(optional=False):
            if not mark.policy and mark.name in possible and mark.name not in spec.required:
                self.fault(file, key, f"{{{mark.name}}} may be absent; put it inside [[ … ]]")

    def filter(self, file: str, key: str, mark: Placeholder, kind: str) -> None:
        if mark.filter is not None and kind and kind not in _FITS[mark.filter]:
            fitting = ", ".join(name for name, kinds in _FITS.items() if kind in kinds) or "none"
            name = f"policy.{mark.name}" if mark.policy else mark.name
            self.fault(file, key, f"{{{name}|{mark.filter}}}: {name} is {kind}; filters that fit: {fitting}")

    def forms(self, file: str, at: str, forms: Forms, part: str | None = None) -> None:
        """Both forms of one thing to say; `part` names the key below `web` and `voice` in a wording."""
        web_key, voice_key = (f"{at}.{form}" + (f".{part}" if part else "") for form in ("web", "voice"))
        web, voice = forms.web, forms.voice
        if web.source and not voice.source:
            self.fault(file, voice_key, "the spoken form is missing")
        if voice.source and not web.source:
            self.fault(file, web_key, "the written form is missing")
        for key, template in ((web_key, web), (voice_key, voice)):
            for mark in template.placeholders():
                if mark.policy and mark.name in self.catalog.parameters:
                    self.filter(file, key, mark, self.catalog.parameters[mark.name].unit)
            plain = template.plain("value")
            for message in (*self.numbers(plain), *lint.says_unit_twice(template.source)):
                self.fault(file, key, message)
            if template.policy_ids() & self.secondary and AS_FAR_AS_WE_KNOW not in plain.lower():
                self.fault(file, key, f'states a value of a secondary source; say "{AS_FAR_AS_WE_KNOW}"')
        for message in lint.unwritable(web.plain("value"), self.catalog.addresses):
            self.fault(file, web_key, message)
        for message in lint.unspeakable(voice.plain("value")):
            self.fault(file, voice_key, message)
        if web.source and voice.source and web.policy_ids() != voice.policy_ids():
            only = [
                f"{name} only has {', '.join(sorted(ids))}"
                for name, ids in (
                    ("web", web.policy_ids() - voice.policy_ids()),
                    ("voice", voice.policy_ids() - web.policy_ids()),
                )
                if ids
            ]
            self.fault(file, voice_key, f"the two forms state different policy values: {'; '.join(only)}")

    def title(self, file: str, key: str, text: str) -> None:
        for message in (*self.numbers(text), *lint.unwritable(text, ())):
            self.fault(file, key, message)

    def spoken_title(self, file: str, key: str, text: str) -> None:
        for message in (*self.numbers(text), *lint.unspeakable(text)):
            self.fault(file, key, message)

    def numbers(self, text: str) -> list[str]:
        return list(lint.bare_numbers(text, self.catalog.tests.tests, self.catalog.addresses))

    def fault(self, file: str, key: str, message: str, *, warning: bool = False) -> None:
        self.reader.fault(file, key, message, warning=warning)


def _keys(reader: Reader, file: str, name: str) -> tuple[str, ...]:
    top = Reader(reader.root).read(file)
    members = top.get(name) if isinstance(top, dict) else None
    return tuple(members) if isinstance(members, dict) else ()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every fault; 1 where there is a fault that is more than a warning."""
    parser = argparse.ArgumentParser(prog="knowledge check", description=__doc__)
    parser.add_argument("root", type=Path, nargs="?", default=Path("knowledge"))
    parser.add_argument("--today", type=date.fromisoformat, help="warn about texts due for review by then")
    options = parser.parse_args(arguments)
    faults = check(options.root, today=options.today)
    for fault in faults:
        print(fault)
    errors = sum(not fault.warning for fault in faults)
    print(f"{errors} faults, {len(faults) - errors} warnings", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    raise SystemExit(main())
