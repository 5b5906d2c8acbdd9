"""Rasa's graph components over our readers: `ValueExtractor` for entities, `LabelClassifier` for what is asked.

Rasa wires its graph by the names and annotations of the methods' arguments, so this file keeps its annotations
as they are (no postponed evaluation).

A parsed message gets, besides Rasa's own `intent`, `intent_ranking` (base names) and `response_selector`:
`label` (as in the taxonomy), `ranking` (of full labels), `in_scope` (0 to 1), `accepted`, `near_tie` and `requests`.
The whole and every request also have `act`, `question_kind`, `answer` (the statement or gap that answers, or null) and
`answers` (the likeliest ones). `given` are the days it names, with what happened on them, and numbers of days.
"""

import json
from datetime import datetime
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.heads.heads import Asking
from bot.nlu.heads.lessons import read_lessons
from bot.nlu.intents.ahead import in_order, recipe_of, settings_of, take
from bot.nlu.intents.encoder import encoder, one_thread
from bot.nlu.intents.intent_model import Recipe
from bot.nlu.intents.training import Trained, train
from bot.nlu.moment import moment_of
from bot.nlu.reader import Reader, Reading
from bot.nlu.values.vocabulary import Vocabulary, read_values
from bot.nlu.values.words import Value

_VOCABULARY = "names.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class ValueExtractor(GraphComponent, EntityExtractorMixin):
    """Test codes, series, dates, times and ASE IDs, normalised, with offsets in the person's own text.

    A message's metadata may carry `as_of` (ISO instant with offset) and `time_zone` (IANA name).
    """

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._vocabulary = vocabulary

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ValueExtractor":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "ValueExtractor":
        with model_storage.read_from(resource) as folder:
            vocabulary = Vocabulary.from_json(json.loads((folder / _VOCABULARY).read_text("utf-8")))
        return cls(config, model_storage, resource, vocabulary)

    def train(self, training_data: TrainingData) -> Resource:
        """The names of tests come from the knowledge folder; the training lines are not needed."""
        self._vocabulary = Vocabulary.from_knowledge()
        with self._model_storage.write_to(self._resource) as folder:
            (folder / _VOCABULARY).write_text(json.dumps(self._vocabulary.to_json(), ensure_ascii=False), "utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            as_of, zone = _clock(message)
            values = read_values(message.get(TEXT) or "", as_of=as_of, zone=zone, vocabulary=self._vocabulary)
            found = [dict(value.as_dict(), bound=value.bound) if value.bound else value.as_dict() for value in values]
            kept = message.get(ENTITIES) or []
            message.set(ENTITIES, kept + self.add_extractor_name(found), add_to_output=True)
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LabelClassifier(GraphComponent, IntentClassifier):
    """What a message asks for, calibrated, with what is off topic sent away as `out_of_scope`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`rejected`: share of our subject's training lines that may be sent away; `tie`: what counts as a near tie."""
        return dict(settings_of(Recipe()))

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, reader: Reader | None = None
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._reader = reader

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LabelClassifier":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LabelClassifier":
        one_thread()
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Reader(Trained.load(folder, encoder()), encoder()))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example that has an intent, retrieval intents by their full name."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        pairs = in_order((example.get(TEXT), example.get_full_intent()) for example in examples)
        recipe = recipe_of(self._config)
        trained = take(pairs, recipe)
        if trained is None:
            texts, labels = zip(*pairs, strict=True)
            trained, _ = train(
                texts, labels, encoder(), Vocabulary.from_knowledge(), recipe, lessons=read_lessons(pairs)
            )
        with self._model_storage.write_to(self._resource) as folder:
            trained.save(folder)
        self._reader = Reader(trained, encoder())
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        if self._reader is None:
            raise RuntimeError("the classifier has not been trained")
        for message in messages:
            as_of, zone = _clock(message)
            reading = self._reader.read(message.get(TEXT) or "", as_of=as_of, zone=zone, values=_values(message))
            for key, value in _parsed(reading).items():
                message.set(key, value, add_to_output=True)
        return messages


def _clock(message: Message) -> tuple[datetime, str]:
    """The instant and zone that dates are read against."""
    return moment_of(message.get("metadata"))


def _values(message: Message) -> list[Value] | None:
    """The values our extractor has found already, where it stands before the classifier in the pipeline."""
    found = message.get(ENTITIES)
    if found is None:
        return None
    return [
        Value(e["entity"], e["value"], e["start"], e["end"]) for e in found if e.get("extractor") == "ValueExtractor"
    ]


def _parsed(reading: Reading) -> dict[str, Any]:
    """The reading in Rasa's shape and ours."""
    base = reading.label.partition("/")[0]
    bases: dict[str, float] = {}
    for name, chance in reading.ranking:
        bases[name.partition("/")[0]] = bases.get(name.partition("/")[0], 0.0) + chance
    order = sorted(bases, key=lambda name: (name != base, -bases[name]))
    ranking = [{"name": name, "confidence": bases[name]} for name in order]
    parsed: dict[str, Any] = {
        INTENT: {"name": base, "confidence": reading.confidence},
        "intent_ranking": ranking,
        "label": reading.label,
        "ranking": [{"name": name, "confidence": chance} for name, chance in reading.ranking],
        "in_scope": reading.in_scope,
        "accepted": reading.accepted,
        "near_tie": reading.near_tie,
        "requests": [
            {
                "text": part.text,
                "start": part.start,
                "end": part.end,
                "label": part.label,
                "confidence": part.confidence,
                **_asked(part.asking),
            }
            for part in reading.requests
        ],
        **_asked(reading.asking),
        "given": reading.given.as_dict(),
    }
    parsed["response_selector"] = _selected(reading)
    return parsed


def _asked(asking: Asking | None) -> dict[str, Any]:
    return {} if asking is None else asking.as_dict()


def _selected(reading: Reading) -> dict[str, Any]:
    """The best full label of every retrieval intent, in the shape of Rasa's response selector."""
    families = sorted({name.partition("/")[0] for name, _ in reading.ranking if "/" in name})
    selected: dict[str, Any] = {"all_retrieval_intents": families}
    for family in families:
        inside = [(name, chance) for name, chance in reading.ranking if name.startswith(family + "/")]
        best = next(((name, chance) for name, chance in inside if name == reading.label), inside[0])
        selected[family] = {
            "response": {
                "intent_response_key": best[0],
                "confidence": best[1],
                "utter_action": f"utter_{best[0]}",
                "responses": [],
            },
            "ranking": [{"intent_response_key": name, "confidence": chance} for name, chance in inside],
        }
    return selected
