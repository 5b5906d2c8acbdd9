"""Reads the training lines for Rasa, as Rasa does but each file once: named under `importers` in `config.yml`.

Rasa's own importer parses every file with a slow parser four times to learn what it holds, checks it against a schema,
and reads all lines twice. Files that hold nothing but lines of intents are read here; whatever else there is, or looks
unusual, is left to Rasa, with its messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.data import get_data_files
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from bot.nlu.intents.heads.lessons import FOLDERS

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LineMessage(Message):  # type: ignore[misc]
    """A training line as Rasa's message, cheap to copy: Rasa copies all of them a dozen times."""

    @classmethod
    def of(cls, message: Message) -> LineMessage:
        """The same message."""
        line = cls(message.data, message.output_properties, message.time, message.features)
        line._cached_fingerprint = message.fingerprint()
        return line

    def __deepcopy__(self, memo: dict[int, Any]) -> LineMessage:
        data = {name: list(value) if isinstance(value, list) else value for name, value in self.data.items()}
        line = LineMessage(data, set(self.output_properties), self.time, list(self.features))
        line._cached_fingerprint = self._cached_fingerprint
        return line

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        """Set a property; the fingerprint stays where nothing changes."""
        if add_to_output or prop not in self.data or self.data[prop] != info:
            super().set(prop, info, add_to_output)


class LineImporter(RasaFileImporter):  # type: ignore[misc]
    """Rasa's importer for files, quicker for plain training lines."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: Sequence[str] | str | None = None,
    ) -> None:
        files = [
            path
            for path in get_data_files(training_data_paths, lambda path: path.endswith((".yml", ".yaml")))
            if Path(path).parent.name not in FOLDERS
        ]
        self._lines = {path: items for path in files if (items := lines_of(Path(path))) is not None}
        others = [path for path in files if path not in self._lines]
        super().__init__(config_file, domain_path, others)

    @cached_method  # type: ignore[untyped-decorator]
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """All training lines."""
        reader = RasaYAMLReader()
        for path, items in self._lines.items():
            reader.filename = path
            reader._parse_nlu(items)
        lines = [LineMessage.of(message) for message in reader.training_examples]
        data = TrainingData(lines, reader.entity_synonyms)
        return data.merge(super().get_nlu_data(language)) if self._nlu_files else data


def lines_of(path: Path) -> list[dict[str, Any]] | None:
    """The items of a file that holds nothing but lines of intents; None for any other file."""
    try:
        document = yaml.load(path.read_text("utf-8"), _LOADER)
    except (yaml.YAMLError, UnicodeDecodeError):
        return None
    if not isinstance(document, dict) or not set(document) <= {"version", "nlu"}:
        return None
    items = document.get("nlu")
    if not isinstance(items, list):
        return None
    plain = all(
        isinstance(item, dict)
        and set(item) == {"intent", "examples"}
        and isinstance(item["intent"], str)
        and isinstance(item["examples"], str)
        for item in items
    )
    return items if plain else None
