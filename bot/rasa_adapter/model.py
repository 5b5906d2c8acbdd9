"""Runs a trained Rasa model without Rasa: reads messages and knows the action of every intent.

Rasa reads a message through a task graph and picks the action by replaying a conversation; both cost more than the
reading itself, and importing them brings in TensorFlow. Our components and our rules need neither. The archive is the
one that `rasa train` made, and the order of the steps is that of its graph.
"""

from __future__ import annotations

import json
import tarfile
import tempfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, Self

from bot.nlu.steps import LabelStep, Step, ValueStep

STEPS: Mapping[str, type[Step]] = {
    "bot.rasa_adapter.components.ValueExtractor": ValueStep,
    "bot.rasa_adapter.components.LabelClassifier": LabelStep,
}
"""The plain code of each component that a graph may name."""

LEFT_OUT = (
    "rasa.graph_components.converters.nlu_message_converter.NLUMessageConverter",
    "rasa.nlu.classifiers.regex_message_handler.RegexMessageHandler",
)
"""Rasa adds these to every graph: one wraps the text, the other reads "/greet" as an intent, which nobody may name."""

RULE_POLICY = "rasa.core.policies.rule_policy.RulePolicy"


class ModelError(ValueError):
    """The archive is no model that this program can run; the message says why."""


class ModelRunner:
    """A trained model in this process. Safe to share between threads."""

    def __init__(self, path: Path, steps: Sequence[Step], actions: Mapping[str, str]) -> None:
        self._path = path
        self._steps = tuple(steps)
        self._actions = MappingProxyType(dict(actions))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read an archive (models/*.tar.gz).

        Raises FileNotFoundError where there is none, ModelError where it cannot be run, WeightsError for faulty
        encoder weights.
        """
        try:
            with tarfile.open(path) as tar:
                files = _Files(tar)
                metadata = files.json("metadata.json")
                actions, components = _actions(metadata, files), _components(metadata)
                return cls(path, [files.step(STEPS[name], resource) for name, resource in components], actions)
        except (tarfile.TarError, EOFError, zlib.error) as broken:
            raise ModelError(f"{path} is no model archive: {broken}") from broken
        except KeyError as missing:
            raise ModelError(f"{path} is no model of this version of Rasa: it has no {missing}") from missing
        except ModelError as wrong:
            raise ModelError(f"{path}: {wrong}") from wrong

    @property
    def model_name(self) -> str:
        """The file name of the model, for the turn log."""
        return self._path.name.removesuffix(".tar.gz")

    @property
    def actions(self) -> Mapping[str, str]:
        """The action that the trained rules pick for each intent (`faq`, `account`, `greet` and so on)."""
        return self._actions

    def warm_up(self) -> None:
        """Load what is only loaded with the first message, so that nobody waits for it."""
        self.parse("When is my A5 test on March 3rd at 9 am?", {})

    def parse(self, text: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """What the message means. `metadata`: ``as_of`` (ISO instant) and ``time_zone`` for reading dates.

        The keys are `text` and those that the components add: see bot/rasa_adapter/components.py.
        """
        parsed: dict[str, Any] = {"text": text.strip()}
        for step in self._steps:
            parsed |= step.read({**parsed, "metadata": metadata})
        return parsed


class _Files:
    """The regular files of an archive, by name. Only those that are asked for are read; nothing else is unpacked."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._members = {PurePosixPath(member.name): member for member in tar.getmembers() if member.isreg()}

    def json(self, name: str) -> Any:
        """The file of this name as JSON. Raises KeyError where there is none."""
        return json.loads(self._content(PurePosixPath(name)))

    def step(self, kind: type[Step], resource: str) -> Step:
        """A step from what its training stored. Raises KeyError where there is nothing."""
        folder = PurePosixPath("components", resource)
        names = [name for name in self._members if name.parent == folder]
        if not names:
            raise KeyError(str(folder))
        with tempfile.TemporaryDirectory() as place:
            for name in names:
                Path(place, name.name).write_bytes(self._content(name))
            return kind.load(Path(place))

    def _content(self, name: PurePosixPath) -> bytes:
        content = self._tar.extractfile(self._members[name])
        if content is None:
            raise KeyError(str(name))
        return content.read()


def _components(metadata: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Class and resource of every component of ours on a message's way through the graph, first to last."""
    nodes, name = metadata["predict_schema"]["nodes"], metadata["nlu_target"]
    found: list[tuple[str, str]] = []
    while name != "__message__":
        node = nodes[name]
        if node["uses"] in STEPS:
            found.append((node["uses"], node["resource"]["name"]))
        elif node["uses"] not in LEFT_OUT:
            raise ModelError(f"{node['uses']} has no step that runs without Rasa")
        name = node["needs"]["messages"]
    return found[::-1]


def _actions(metadata: Mapping[str, Any], files: _Files) -> dict[str, str]:
    """The action of every intent of the domain, from the rules that start with this intent alone."""
    nodes = metadata["predict_schema"]["nodes"].values()
    policy = next((node["resource"]["name"] for node in nodes if node["uses"] == RULE_POLICY), None)
    if policy is None:
        raise ModelError("no rules were trained")
    rules = files.json(f"components/{policy}/rule_policy.json")["lookup"]["rules"]
    found = {
        intent: action for states, action in rules.items() if (intent := _only_intent(json.loads(states))) is not None
    }
    intents = [intent if isinstance(intent, str) else next(iter(intent)) for intent in metadata["domain"]["intents"]]
    return _complete(found, intents)


def _complete(found: Mapping[str, str], intents: Iterable[str]) -> dict[str, str]:
    missing = sorted(set(intents) - set(found))
    if missing:
        raise ModelError(f"no rule in data/dialogue/rules.yml says what answers {', '.join(missing)}")
    return {intent: found[intent] for intent in intents}


def _only_intent(states: Sequence[Mapping[str, Any]]) -> str | None:
    """The intent of a rule's condition, where it asks for an intent and nothing else while the assistant listens."""
    if len(states) != 1 or set(states[0]) != {"prev_action", "user"} or set(states[0]["user"]) != {"intent"}:
        return None
    return str(states[0]["user"]["intent"]) if states[0]["prev_action"] == {"action_name": "action_listen"} else None
