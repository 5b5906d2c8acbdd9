"""From a person's words to a verdict: folding and repair, the sentence vector, the intent model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.nlu.encoder import encoder
from bot.nlu.intent_model import IntentModel, Recipe, Verdict
from bot.nlu.text import Repaired, Speller, fold

_SPELLER = "speller.json"


@dataclass(frozen=True)
class MessageModel:
    """Everything that reading the label of a message takes, saved as arrays and JSON."""

    intents: IntentModel
    speller: Speller

    @classmethod
    def train(cls, lines: Sequence[str], labels: Sequence[str], recipe: Recipe | None = None) -> MessageModel:
        """Learn from lines as people wrote them. Deterministic."""
        folded = [fold(line) for line in lines]
        speller = Speller.learn(folded, encoder().whole_words())
        vectors = encoder().encode(folded)
        return cls(IntentModel.train(folded, vectors, list(labels), recipe), speller)

    def repaired(self, text: str) -> Repaired:
        """The message as the classifier reads it."""
        return self.speller.repair(fold(text))

    def judge(self, text: str) -> Verdict:
        """Which label, how sure, and whether it is ours at all."""
        line = self.repaired(text).text
        return self.intents.judge(line, encoder().encode([line])[0])

    def save(self, folder: Path) -> None:
        """Write arrays and JSON into a folder that exists."""
        self.intents.save(folder)
        (folder / _SPELLER).write_text(json.dumps(self.speller.to_json()))

    @classmethod
    def load(cls, folder: Path) -> MessageModel:
        """Read what `save` wrote."""
        kept = json.loads((folder / _SPELLER).read_text())
        return cls(IntentModel.load(folder), Speller(kept["counts"], encoder().whole_words()))
