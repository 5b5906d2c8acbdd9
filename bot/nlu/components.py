"""Our parts of the Rasa pipeline: the label of a message, and the values in it.

Rasa wires these by argument names and annotations, which must not be postponed: no `from __future__` here.
"""

import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.message_model import MessageModel


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LabelClassifier(GraphComponent):
    """Sentence vectors and character n-grams, fused; what is not ours is sent away as out_of_scope."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, model: Optional[MessageModel] = None) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LabelClassifier":
        """Called by Rasa before training."""
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example with an intent and keep the model."""
        lines, labels = [], []
        for example in training_data.intent_examples:
            if example.get(TEXT) and example.get(INTENT):
                lines.append(example.get(TEXT))
                labels.append(example.get(INTENT_RESPONSE_KEY) or example.get(INTENT))
        self._model = MessageModel.train(lines, labels)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(Path(folder))
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LabelClassifier":
        """Called by Rasa to use a trained model."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, MessageModel.load(Path(folder)))

    def process(self, messages: List[Message]) -> List[Message]:
        """Set the intent (by family, as Rasa's retrieval intents want it) and our own reading of the message."""
        for message in messages:
            text = message.get(TEXT)
            if not text or self._model is None or message.get(INTENT):
                continue
            verdict = self._model.judge(text)
            family = verdict.label.partition("/")[0]
            ranking = [{"name": name, "confidence": chance} for name, chance in verdict.ranking[:10]]
            message.set(INTENT, {"name": family, "confidence": verdict.confidence}, add_to_output=True)
            message.set("intent_ranking", _by_family(verdict.label, verdict.confidence, ranking), add_to_output=True)
            message.set("label", verdict.label, add_to_output=True)
            message.set("ranking", ranking, add_to_output=True)
            message.set("in_scope", verdict.in_scope, add_to_output=True)
            message.set("accepted", verdict.in_scope >= 0.5, add_to_output=True)
            message.set("near_tie", verdict.near_tie, add_to_output=True)
            if family != verdict.label:
                selected = {"intent_response_key": verdict.label, "confidence": verdict.confidence, "responses": []}
                selector = {"all_retrieval_intents": ["faq", "account"], family: {"response": selected, "ranking": []}}
                message.set("response_selector", selector, add_to_output=True)
        return messages


def _by_family(label: str, confidence: float, ranking: List[Dict[Text, Any]]) -> List[Dict[Text, Any]]:
    """Rasa's ranking: the intent decided on first, then the other families, best first."""
    first = label.partition("/")[0]
    best: Dict[str, float] = {}
    for item in ranking:
        name = str(item["name"]).partition("/")[0]
        best[name] = max(best.get(name, 0.0), float(item["confidence"]))
    best.pop(first, None)
    rest = [{"name": name, "confidence": chance} for name, chance in sorted(best.items(), key=lambda i: -i[1])]
    return [{"name": first, "confidence": confidence}, *rest]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class ValueExtractor(GraphComponent):
    """Test codes, series, dates, times and ASE IDs, by the names of knowledge/tests.yml as they were at training."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, vocabulary: Any = None) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._vocabulary = vocabulary

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ValueExtractor":
        """Called by Rasa before training."""
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the names of tests and series with the model."""
        from bot.nlu.entities import Vocabulary

        self._vocabulary = Vocabulary.from_knowledge()
        with self._model_storage.write_to(self._resource) as folder:
            (Path(folder) / "vocabulary.json").write_text(json.dumps(self._vocabulary.to_json()))
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "ValueExtractor":
        """Called by Rasa to use a trained model."""
        from bot.nlu.entities import Vocabulary

        with model_storage.read_from(resource) as folder:
            kept = json.loads((Path(folder) / "vocabulary.json").read_text())
        return cls(model_storage, resource, Vocabulary.from_json(kept))

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the values found; dates are resolved by the message's metadata (as_of, time_zone)."""
        from bot.nlu.entities import read_values
        from bot.nlu.moment import moment_of

        for message in messages:
            text = message.get(TEXT)
            if not text or text.startswith("/"):
                continue
            as_of, zone = moment_of(message.get("metadata"))
            values = read_values(text, as_of=as_of, zone=zone, vocabulary=self._vocabulary)
            found = [{**value.as_dict(), "extractor": "ValueExtractor"} for value in values]
            message.set(ENTITIES, [*(message.get(ENTITIES) or []), *found], add_to_output=True)
        return messages
