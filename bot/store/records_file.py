"""Reading a records file: YAML (or JSON) into plain text, numbers, lists and mappings; every fault with its path.

Dates and times stay text, so that nothing is moved to another zone on the way; what they mean is the codec's
business. Keys twice, aliases and tags of other languages are refused.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from bot.records.faults import Fault, RecordsError

_TAG = "tag:yaml.org,2002:"


class _Loader(yaml.CSafeLoader):
    """Knows text, whole numbers, true, false and null; everything else stays text."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 (the shape PyYAML wants)


for _name, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"~|null|", ["~", "n", ""]),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
):
    _Loader.add_implicit_resolver(_TAG + _name, re.compile(f"^(?:{_pattern})$"), list(_first))


def read_document(path: Path) -> object:
    """The content of a records file. Raises RecordsError with every fault."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordsError((Fault("", f"not UTF-8: {error.reason} at byte {error.start}"),)) from error
    except OSError as error:
        raise RecordsError((Fault("", f"cannot be read: {error.strerror}"),)) from error
    try:
        node = yaml.compose(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RecordsError((Fault("", "not YAML: " + " ".join(str(error).split())),)) from error
    reader = _Reader()
    document = None if node is None else reader.value(node, "")
    if reader.faults:
        raise RecordsError(tuple(reader.faults))
    return document


class _Reader:
    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, path: str) -> object:
        line = node.start_mark.line + 1
        if isinstance(node, yaml.CollectionNode) and id(node) in self._seen:
            self.faults.append(Fault(path, f"line {line}: an alias is not allowed here; write it out"))
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, f"{path}[{number}]") for number, item in enumerate(node.value)]
        text = str(node.value)
        match node.tag.removeprefix(_TAG):
            case "str":
                return text
            case "int":
                return int(text) if len(text) < 40 else text
            case "bool":
                return text == "true"
            case "null":
                return None
            case tag:
                self.faults.append(Fault(path, f"line {line}: the tag {tag} is not allowed"))
                return text

    def _mapping(self, node: yaml.MappingNode, path: str) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.faults.append(Fault(path, f"line {line}: a key must be text"))
                continue
            name = str(key.value)
            inside = f"{path}.{name}" if path else name
            if name in found:
                self.faults.append(Fault(inside, f"line {line}: this key is here twice"))
                continue
            found[name] = self.value(value, inside)
        return found
