"""Reads one thing to say in its two forms, written and spoken."""

from __future__ import annotations

from collections.abc import Mapping

from bot.catalog.model import Forms, Parameter
from bot.catalog.reader import Fields
from bot.catalog.template import Template, TemplateError, parse

_EMPTY = Template("", ())


def text_of(fields: Fields, key: str, parameters: Mapping[str, Parameter], *, required: bool = True) -> Template:
    """A text with its marks read; an unknown policy value is a fault."""
    source = fields.text(key, required=required, empty=not required)
    try:
        template = parse(source)
    except TemplateError as error:
        fields.fault(key, str(error))
        return _EMPTY
    for name in sorted(template.policy_ids() - set(parameters)):
        fields.fault(key, f"unknown policy value {{policy.{name}}}; known: {', '.join(sorted(parameters))}")
    return template


def forms_of(fields: Fields, parameters: Mapping[str, Parameter]) -> Forms:
    """The written and the spoken form, side by side."""
    return Forms(text_of(fields, "web", parameters), text_of(fields, "voice", parameters))
