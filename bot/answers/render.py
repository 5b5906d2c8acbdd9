"""Fills a text: placeholders, policy values of the day, optional passages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.answers.format import UNIT_FORMATS, Formats, Said
from bot.catalog.model import Forms, Parameter
from bot.catalog.template import Optional, Placeholder, Template
from bot.rules.decision import PolicyRow, Value

_BY_TYPE = ("USD", "phone", "tests", "words")
"""Units whose bare placeholder is said in the unit's own format; days and years are bare numbers."""

FAR = 180
"""A countdown of more days than this tells nobody anything: an optional passage around it is dropped."""


class MissingValue(LookupError):
    """A text needs a value that is not there: the text and those who fill it disagree."""

    def __init__(self, name: str, source: str) -> None:
        super().__init__(f"no value {name} for: {source}")
        self.name = name


@dataclass(slots=True)
class Filling:
    """One text being filled: its values, how to look up a policy row, and the rows that were used."""

    formats: Formats
    values: Mapping[str, Value | Said]
    policy: Callable[[str], PolicyRow]
    parameters: Mapping[str, Parameter]
    used: list[PolicyRow] = field(default_factory=list)

    def forms(self, forms: Forms) -> Said:
        """Both forms. Raises MissingPolicy, MissingValue."""
        return Said(self.fill(forms.web, spoken=False), self.fill(forms.voice, spoken=True))

    def fill(self, template: Template, *, spoken: bool) -> str:
        """One form as it goes out: the spoken one on a single line."""
        out = ""
        for part in template.parts:
            if isinstance(part, Optional):
                if all(self._present(mark) for mark in part.parts if isinstance(mark, Placeholder)):
                    for inner in part.parts:
                        out = self._add(out, inner, template, spoken)
            else:
                out = self._add(out, part, template, spoken)
        return tidy(out, spoken=spoken)

    def _present(self, mark: Placeholder) -> bool:
        if mark.policy:
            return True
        value = self.values.get(mark.name)
        if mark.filter == "left" and isinstance(value, int) and value > FAR:
            return False
        return value is not None and not (isinstance(value, Sequence) and len(value) == 0)

    def _add(self, out: str, part: str | Placeholder, template: Template, spoken: bool) -> str:
        if isinstance(part, str):
            return out + part
        said = self._policy(part) if part.policy else self._value(part, template)
        text = said.voice if spoken else said.web
        before = out.rstrip(" *-")
        if not before or before.endswith((".", "!", "?", "\n")):
            text = text[:1].upper() + text[1:]
        return out + text

    def _value(self, mark: Placeholder, template: Template) -> Said:
        value = self.values.get(mark.name)
        if value is None:
            raise MissingValue(mark.name, template.source)
        return value if isinstance(value, Said) else self.formats.say(value, mark.filter)

    def _policy(self, mark: Placeholder) -> Said:
        row = self.policy(mark.name)
        if row not in self.used:
            self.used.append(row)
        unit = self.parameters[mark.name].unit
        return self.formats.say(row.value, mark.filter or (UNIT_FORMATS[unit] if unit in _BY_TYPE else None))


def tidy(text: str, *, spoken: bool) -> str:
    """Without the gaps that a dropped passage leaves; spoken text as one line."""
    if spoken:
        text = " ".join(text.split())
    else:
        text = re.sub(r"[ \t]+\n", "\n", text)
        text = re.sub(r"(?<=\S) {2,}", " ", text)
        text = re.sub(r"\n{3,}", "\n\n", text)
    return re.sub(r" +([.,;:!?])", r"\1", text).strip()
