"""The few marks a text may carry: `{name}`, `{name|filter}`, `{policy.id}` and `[[ optional passage ]]`.

An optional passage is dropped when a value in it is absent, an empty list, or a countdown of many months. There is no
logic beyond that: what to say is decided by reason codes, not inside a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

FILTERS = (
    "days",
    "weeks",
    "years",
    "left",
    "date",
    "weekday",
    "time",
    "instant",
    "at_site",
    "month_day",
    "list",
    "code",
    "codes",
    "title",
    "test",
    "money",
    "phone",
    "number",
)
"""Names of the formats a placeholder can ask for; bot/answers/format.py carries them out."""

_MARK = re.compile(r"\{([^{}]*)\}|\[\[|\]\]|[{}]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_POLICY = "policy."


class TemplateError(ValueError):
    """A text whose marks do not fit together."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`name` as written, without the prefix `policy.` when `policy` is true."""

    name: str
    filter: str | None = None
    policy: bool = False


@dataclass(frozen=True, slots=True)
class Optional:
    """A passage that falls away as a whole."""

    parts: tuple[str | Placeholder, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed text."""

    source: str
    parts: tuple[str | Placeholder | Optional, ...]

    def placeholders(self, *, optional: bool | None = None) -> Iterator[Placeholder]:
        """All placeholders; with `optional` only those inside (True) or outside (False) optional passages."""
        for part in self.parts:
            if isinstance(part, Placeholder) and optional is not True:
                yield part
            elif isinstance(part, Optional) and optional is not False:
                yield from (inner for inner in part.parts if isinstance(inner, Placeholder))

    def policy_ids(self) -> frozenset[str]:
        """The policy values this text states."""
        return frozenset(mark.name for mark in self.placeholders() if mark.policy)

    def plain(self, stand_in: str = "") -> str:
        """The text itself with every placeholder replaced by `stand_in` and optional passages kept."""
        return _MARK.sub(lambda mark: stand_in if mark[1] is not None else "", self.source)


def parse(source: str) -> Template:
    """Read a text. Raises TemplateError with what is wrong and what is allowed."""
    parts: list[str | Placeholder | Optional] = []
    inner: list[str | Placeholder] | None = None
    position = 0
    for mark in _MARK.finditer(source):
        text = source[position : mark.start()]
        position = mark.end()
        if text:
            (parts if inner is None else inner).append(text)
        match mark[0]:
            case "[[":
                if inner is not None:
                    raise TemplateError("an optional passage [[ ... ]] inside another one")
                inner = []
            case "]]":
                if inner is None:
                    raise TemplateError("]] without [[")
                if not any(isinstance(part, Placeholder) for part in inner):
                    raise TemplateError("an optional passage [[ ... ]] without a value in it")
                parts.append(Optional(tuple(inner)))
                inner = None
            case "{" | "}":
                raise TemplateError(f"a single {mark[0]}; write {{name}} or {{name|filter}}")
            case _:
                (parts if inner is None else inner).append(_placeholder(mark[1]))
    if inner is not None:
        raise TemplateError("[[ without ]]")
    if rest := source[position:]:
        parts.append(rest)
    return Template(source, tuple(parts))


def _placeholder(text: str) -> Placeholder:
    name, bar, how = text.partition("|")
    if not _NAME.fullmatch(name) or (bar and not how):
        raise TemplateError(f"{{{text}}} is no placeholder; write {{name}} or {{name|filter}}")
    if bar and how not in FILTERS:
        raise TemplateError(f"unknown filter {how}; allowed: {', '.join(FILTERS)}")
    if name.startswith(_POLICY):
        return Placeholder(name.removeprefix(_POLICY), how or None, policy=True)
    if "." in name:
        raise TemplateError(f"{{{text}}}: only policy values have a dot, like {{policy.validity.years}}")
    return Placeholder(name, how or None)
