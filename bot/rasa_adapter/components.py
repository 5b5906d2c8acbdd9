"""Rasa's graph components over our steps: `ValueExtractor` for entities, `LabelClassifier` for what is asked.

Rasa wires its graph by the names and annotations of the methods' arguments, so this file keeps its annotations
as they are (no postponed evaluation). Importing it brings in TensorFlow, which Rasa's recipe imports.

A parsed message gets, besides Rasa's own `intent`, `intent_ranking` (base names) and `response_selector`:
`label` (as in the taxonomy), `ranking` (of full labels), `in_scope` (0 to 1), `accepted` and `near_tie`.
It also has `act`, `question_kind`, `answer` (the statement or gap that answers, or null) and
`answers` (the likeliest ones). `given` are the days it names, with what happened on them, and numbers of days.
"""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.intents.encoder import encoder
from bot.nlu.intents.heads.lessons import read_lessons
from bot.nlu.intents.intent_model import Recipe
from bot.nlu.intents.train_ahead import in_order, recipe_of, settings_of, take
from bot.nlu.intents.training import train
from bot.nlu.reader import Reader
from bot.nlu.steps import LabelStep, ValueStep
from bot.nlu.values.vocabulary import Vocabulary


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
        step: ValueStep | None = None,
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._step = step

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
            return cls(config, model_storage, resource, ValueStep.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """The names of tests come from the knowledge folder; the training lines are not needed."""
        vocabulary = Vocabulary.from_knowledge()
        with self._model_storage.write_to(self._resource) as folder:
            ValueStep.save(vocabulary, folder)
        self._step = ValueStep(vocabulary)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the values to every message."""
        step = self._step or ValueStep()
        for message in messages:
            _add(message, step.read(message.data))
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LabelClassifier(GraphComponent, IntentClassifier):
    """What a message asks for, calibrated, with what is off topic sent away as `out_of_scope`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`rejected`: share of our subject's training lines that may be sent away; `tie`: what counts as a near tie."""
        return dict(settings_of(Recipe()))

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, step: LabelStep | None = None
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._step = step

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
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, LabelStep.load(folder))

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
        self._step = LabelStep(Reader(trained, encoder()))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what is asked to every message. Raises RuntimeError without a training."""
        if self._step is None:
            raise RuntimeError("the classifier has not been trained")
        for message in messages:
            found = self._step.read(message.data)
            _add(message, {**found, "response_selector": _selected(found["label"])})
        return messages


def _add(message: Message, found: dict[str, Any]) -> None:
    for name, value in found.items():
        message.set(name, value, add_to_output=True)


def _selected(label: str) -> dict[str, Any]:
    """The full label of a retrieval intent where Rasa looks for it: `rasa test` compares full labels by it."""
    family, has_key, _ = label.partition("/")
    if not has_key:
        return {}
    return {"all_retrieval_intents": [family], family: {"response": {"intent_response_key": label}}}
