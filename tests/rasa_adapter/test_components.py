"""Our components inside Rasa: trained, stored, loaded and run as its graph does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.commands.parse_lines import evaluate, parse_lines
from bot.rasa_adapter.components import LabelClassifier, ValueExtractor
from tests.nlu.small import small

CLOCK = {"as_of": "2026-03-02T10:00:00-06:00", "time_zone": "America/Chicago"}


@pytest.fixture(scope="module")
def components(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Any], Path]:
    """Both components after a training and a load, and the folder that holds the model."""
    place = tmp_path_factory.mktemp("model")
    storage = LocalModelStorage(place)
    context = ExecutionContext(GraphSchema({}))
    texts, labels = small()
    data = TrainingData([Message.build(text, intent=label) for text, label in zip(texts, labels, strict=True)])
    loaded: list[Any] = []
    for kind in (ValueExtractor, LabelClassifier):
        resource = Resource(kind.__name__)
        config = kind.get_default_config()
        kind.create(config, storage, resource, context).train(data)
        loaded.append(kind.load(config, storage, resource, context))
    return loaded, place


def parsed(components: tuple[list[Any], Path], text: str) -> dict[str, Any]:
    messages = [Message({"text": text, "metadata": CLOCK})]
    for component in components[0]:
        messages = component.process(messages)
    return dict(messages[0].as_dict(only_output_properties=True))


def test_a_retrieval_intent_is_given_by_its_family_and_its_label(components: tuple[list[Any], Path]) -> None:
    message = parsed(components, "can I move my A5 to next Friday at 9")
    assert message["intent"]["name"] == "account"
    assert message["label"] == "account/reschedule"
    assert message["accepted"] is True
    assert message["response_selector"]["account"]["response"]["intent_response_key"] == "account/reschedule"
    assert message["intent_ranking"][0]["name"] == "account"
    assert message["ranking"][0]["name"] == "account/reschedule"
    assert {"account", "faq", "greet"} <= {row["name"] for row in message["intent_ranking"]}


def test_values_carry_offsets_in_the_persons_own_text(components: tuple[list[Any], Path]) -> None:
    text = "Um, can I move my ay five to next Friday at 9"
    found = {(e["entity"], e["value"], text[e["start"] : e["end"]]) for e in parsed(components, text)["entities"]}
    assert found == {("test_code", "A5", "ay five"), ("date", "2026-03-13", "next Friday"), ("time", "09:00", "9")}


def test_what_is_off_topic_is_sent_away(components: tuple[list[Any], Path]) -> None:
    message = parsed(components, "bake me a cake")
    assert message["intent"]["name"] == "out_of_scope"
    assert message["label"] == "out_of_scope"
    assert message["accepted"] is False
    assert message["intent_ranking"][0]["name"] == "out_of_scope"


def test_a_trained_folder_is_read_without_rasa(components: tuple[list[Any], Path]) -> None:
    lines = ["can I move my A5 to Friday\n", "\n", "bake me a cake\n"]
    found = [json.loads(line) for line in parse_lines(lines, components[1], explain=True)]
    assert [row["intent"] for row in found][::2] == ["account/reschedule", "out_of_scope"]
    assert [row["text"] for row in found] == [line.rstrip("\n") for line in lines]
    assert found[0]["intent_ranking"][0]["name"] == found[0]["intent"]
    assert found[2]["intent_ranking"][0]["name"] == "out_of_scope"
    assert found[0]["entities"][0] == {"entity": "test_code", "value": "A5", "start": 14, "end": 16}
    assert found[0]["explanation"]["nearest"][0]["label"] == "account/reschedule"


def test_an_evaluation_writes_figures_and_plots(components: tuple[list[Any], Path], tmp_path: Path) -> None:
    table = tmp_path / "lines.tsv"
    table.write_text(
        "text\tlabel\tentities\nmove my A5 test\taccount/reschedule\ttest_code=A5\nbake a cake\tout_of_scope\n"
    )
    told = evaluate(table, components[1], tmp_path / "out")
    assert "100.0 %" in told
    facts = json.loads((tmp_path / "out" / "evaluation.json").read_text())
    assert facts["lines"] == 2
    assert facts["entities"] == 1.0
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"evaluation.json", "confusion_matrix.png", "confidence_histogram.png", "calibration.png"}


def test_a_table_without_tabs_is_refused(components: tuple[list[Any], Path], tmp_path: Path) -> None:
    table = tmp_path / "lines.tsv"
    table.write_text("no tab here\n")
    with pytest.raises(ValueError, match="line 1"):
        evaluate(table, components[1], tmp_path / "out")
