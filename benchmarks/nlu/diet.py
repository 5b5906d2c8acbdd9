"""Rasa's stock pipeline (DIET over count vectors) on one trial, for comparison."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from benchmarks.nlu.sets import OUT_OF_SCOPE, Trial

_CONFIG = """recipe: default.v1
assistant_id: benchmark
language: en
pipeline:
- name: WhitespaceTokenizer
- name: RegexFeaturizer
- name: LexicalSyntacticFeaturizer
- name: CountVectorsFeaturizer
- name: CountVectorsFeaturizer
  analyzer: char_wb
  min_ngram: 1
  max_ngram: 4
- name: DIETClassifier
  epochs: {epochs}
  constrain_similarities: true
  random_seed: 1
"""


def accuracy(trial: Trial, epochs: int) -> float:
    """The share of the trial's clean test lines that DIET reads right, after that many epochs."""
    import yaml
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    by_label: dict[str, list[str]] = {}
    for text, label in trial.train:
        if label != OUT_OF_SCOPE:
            by_label.setdefault(label, []).append(" ".join(text.split()))
    examples = [
        {"intent": label.replace("/", "."), "examples": "".join(f"- {text}\n" for text in texts)}
        for label, texts in by_label.items()
    ]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "config.yml").write_text(_CONFIG.format(epochs=epochs), "utf-8")
        (folder / "nlu.yml").write_text(
            yaml.safe_dump({"version": "3.1", "nlu": examples}, allow_unicode=True), "utf-8"
        )
        model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder / "models"))
        agent = Agent.load(model_path=model)
        lines = trial.tests["clean"]

        async def read() -> int:
            parsed = [await agent.parse_message(text) for text, _ in lines]
            wanted = [label.replace("/", ".") for _, label in lines]
            return sum(found["intent"]["name"] == label for found, label in zip(parsed, wanted, strict=True))

        return round(asyncio.run(read()) / len(lines), 4)
