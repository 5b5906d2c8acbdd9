"""The one YAML reader for `knowledge/`: strict where YAML is lax.

Duplicate keys, other tags, floats and bare dates are refused; `yes`, `no`, `on` and `off` stay text. Dates
and money are written in quotes and parsed by us, so that nothing is rounded or moved to another zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import yaml

from bot.catalog.faults import Fault

_TAG = "tag:yaml.org,2002:"
_MONEY = re.compile(r"\d+\.\d{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class _Loader(yaml.CSafeLoader):
    """Knows text, whole numbers, true/false and null; floats and timestamps only in order to refuse them."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - the shape PyYAML wants


for _name, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"~|null|", ["~", "n", ""]),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(?:[0-9]*\.[0-9]+(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+|[0-9]+\.)", "-+.0123456789"),
    ("timestamp", r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?", "0123456789"),
):
    _Loader.add_implicit_resolver(_TAG + _name, re.compile(f"^(?:{_pattern})$"), list(_first))


def child(key: str, name: str | int) -> str:
    """The path of a member: `versions`, 0 -> `versions[0]`; `reasons`, "a" -> `reasons.a`."""
    if isinstance(name, int):
        return f"{key}[{name}]"
    return f"{key}.{name}" if key else name


@dataclass(slots=True)
class Reader:
    """Reads files below `root` and gathers faults instead of stopping at the first."""

    root: Path
    faults: list[Fault] = field(default_factory=list)

    def fault(self, file: str, key: str, message: str, *, warning: bool = False) -> None:
        """Note one fault."""
        self.faults.append(Fault(file, key, message, warning))

    def files(self, folder: str) -> tuple[str, ...]:
        """The YAML files of a folder, relative to the root, sorted. Other file endings are a fault."""
        base = self.root / folder
        if not base.is_dir():
            return ()
        found = []
        for path in sorted(base.iterdir()):
            name = path.relative_to(self.root).as_posix()
            if path.suffix == ".yml" and path.is_file():
                found.append(name)
            elif not path.name.startswith((".", "_")) and path.suffix != ".md":
                self.fault(name, "", "only files ending in .yml belong here")
        return tuple(found)

    def read(self, file: str) -> object:
        """The content of one file as text, int, bool, None, list and dict; None where nothing can be read."""
        try:
            text = (self.root / file).read_text(encoding="utf-8")
        except FileNotFoundError:
            self.fault(file, "", "this file is missing")
            return None
        except UnicodeDecodeError as error:
            self.fault(file, "", f"not UTF-8: {error.reason} at byte {error.start}")
            return None
        try:
            node = yaml.compose(text, Loader=_Loader)
        except yaml.YAMLError as error:
            self.fault(file, "", "not YAML: " + " ".join(str(error).split()))
            return None
        return None if node is None else self._value(node, file, "")

    def fields(self, file: str, allowed: Sequence[str]) -> Fields:
        """The top mapping of one file."""
        return Fields(self, file, "", self.read(file), allowed)

    def _value(self, node: yaml.Node, file: str, key: str) -> object:
        line = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, file, key)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, file, child(key, index)) for index, item in enumerate(node.value)]
        text = str(node.value)
        match node.tag.removeprefix(_TAG):
            case "str":
                return text
            case "int":
                return int(text)
            case "bool":
                return text == "true"
            case "null":
                return None
            case "float":
                self.fault(file, key, f'line {line}: {text} is a float; write money in quotes: "{text}"')
            case "timestamp":
                self.fault(file, key, f'line {line}: {text} is a bare date; write it in quotes: "{text}"')
            case tag:
                self.fault(file, key, f"line {line}: tag {tag} is not allowed; write text, a number or true")
        return text

    def _mapping(self, node: yaml.MappingNode, file: str, key: str) -> dict[str, object]:
        found: dict[str, object] = {}
        for name_node, value_node in node.value:
            line = name_node.start_mark.line + 1
            if not isinstance(name_node, yaml.ScalarNode) or name_node.tag != _TAG + "str":
                self.fault(file, key, f"line {line}: a key must be text; put it in quotes")
                continue
            name = str(name_node.value)
            if name in found:
                self.fault(file, child(key, name), f"line {line}: this key is here twice")
                continue
            if name == "<<":
                self.fault(file, key, f"line {line}: merging with << is not allowed")
                continue
            found[name] = self._value(value_node, file, child(key, name))
        return found


class Fields:
    """A mapping with fixed keys. Reading a wrong or missing value notes a fault and gives an empty one."""

    def __init__(self, reader: Reader, file: str, key: str, value: object, allowed: Sequence[str]) -> None:
        self.reader = reader
        self.file = file
        self.key = key
        self.allowed = tuple(allowed)
        self.found: Mapping[str, object] = {}
        if not isinstance(value, dict):
            if not any(fault.file == file and fault.key == key for fault in reader.faults):
                reader.fault(file, key, f"must be a mapping with the keys: {', '.join(self.allowed)}")
            return
        self.found = value
        for name in value:
            if name not in self.allowed:
                reader.fault(file, child(key, name), f"unknown key; allowed here: {', '.join(self.allowed)}")

    def __contains__(self, name: str) -> bool:
        return self.found.get(name) is not None

    def fault(self, name: str | None, message: str) -> None:
        """Note a fault at one key of this mapping (None: at the mapping itself)."""
        self.reader.fault(self.file, self.key if name is None else child(self.key, name), message)

    def raw(self, name: str, *, required: bool = True) -> object:
        """The value as read; None, and a fault if required, where it is absent or null."""
        value = self.found.get(name)
        if value is None and required and isinstance(self.found, dict) and self.found:
            self.fault(name, "this key is required")
        return value

    def text(self, name: str, *, required: bool = True, empty: bool = False) -> str:
        """A text, outer whitespace removed; "" where absent. `empty`: "" is a proper value."""
        if empty and self.found.get(name) == "":
            return ""
        value = self.raw(name, required=required)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.fault(name, f"must be text; put it in quotes: {value!r}")
            return ""
        if not value.strip() and not empty:
            self.fault(name, "must not be empty")
        return value.strip()

    def flag(self, name: str, *, default: bool = False) -> bool:
        """true or false."""
        value = self.raw(name, required=False)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fault(name, "must be true or false")
            return default
        return value

    def day(self, name: str, *, required: bool = True) -> date | None:
        """A calendar day, written "2022-09-20"."""
        value = self.raw(name, required=required)
        if value is None:
            return None
        if isinstance(value, str) and _DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self.fault(name, f'must be a day in quotes, like "2022-09-20": {value!r}')
        return None

    def texts(self, name: str, *, required: bool = True) -> tuple[str, ...]:
        """A list of texts without repeats."""
        value = self.raw(name, required=required)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            self.fault(name, "must be a list of texts")
            return ()
        if len(set(value)) != len(value):
            self.fault(name, "names something twice")
        return tuple(value)

    def items(self, name: str, allowed: Sequence[str], *, required: bool = True) -> Iterator[Fields]:
        """The mappings of a list."""
        value = self.raw(name, required=required)
        if value is None:
            return
        if not isinstance(value, list) or not value:
            self.fault(name, "must be a list of mappings, with at least one")
            return
        for index, item in enumerate(value):
            yield Fields(self.reader, self.file, child(child(self.key, name), index), item, allowed)

    def members(self, name: str, allowed: Sequence[str], *, required: bool = True) -> Iterator[tuple[str, Fields]]:
        """The mappings of a mapping, by name."""
        value = self.raw(name, required=required)
        if value is None:
            return
        if not isinstance(value, dict) or not value:
            self.fault(name, "must be a mapping of names, with at least one")
            return
        for member, item in value.items():
            yield member, Fields(self.reader, self.file, child(child(self.key, name), member), item, allowed)

    def part(self, name: str, allowed: Sequence[str]) -> Fields:
        """A mapping below a key."""
        return Fields(self.reader, self.file, child(self.key, name), self.raw(name), allowed)


def money(text: str) -> Decimal | None:
    """Dollars and cents, written "7.50"; None where it is not that."""
    return Decimal(text) if _MONEY.fullmatch(text) else None
