"""The runner without Rasa: it reads as Rasa does, knows the trained rules, and refuses what it cannot run."""

from __future__ import annotations

import asyncio
import io
import json
import random
import subprocess
import sys
import tarfile
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.rasa_adapter.model import RULE_POLICY, ModelError, ModelRunner
from bot.rasa_adapter.model_files import ROOT
from tests import whole

CLOCK = {"as_of": "2026-03-02T10:00:00-06:00", "time_zone": "America/Chicago"}
ODD = ["", "   ", "  when is my A5?  ", "¿cuándo es mi examen?", "0", "a" * 3000, "A5 tomorrow at 9\nand A6 on 3/4"]


def lines(how_many: int) -> list[str]:
    """Some held-out lines of every style, and odd ones."""
    found = [
        row.split("\t")[0]
        for path in sorted((ROOT / "tests" / "nlu" / "held_out").glob("*/*.tsv"))
        for row in path.read_text("utf-8").splitlines()[1:]
        if row.strip()
    ]
    return ODD + random.Random(7).sample(found, how_many)


@pytest.fixture(scope="module")
def runner() -> ModelRunner:
    return ModelRunner.load(whole.model())


def rasa_reads(texts: list[str]) -> list[dict[str, Any]]:
    """What Rasa itself makes of these messages."""
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        processor = Agent.load(model_path=str(whole.model())).processor
        assert processor is not None

        async def read() -> list[dict[str, Any]]:
            return [dict(await processor.parse_message(UserMessage(text, metadata=CLOCK))) for text in texts]

        return asyncio.run(read())


def test_a_message_is_read_as_rasa_reads_it(runner: ModelRunner) -> None:
    texts = lines(300)
    for text, by_rasa in zip(texts, rasa_reads(texts), strict=True):
        read = runner.parse(text, CLOCK)
        by_rasa.pop("response_selector")
        full = by_rasa["intent"].pop("full_retrieval_intent_name", None)
        assert {name: value for name, value in read.items() if value is not None} == by_rasa  # Rasa keeps no None
        assert full == (read["label"] if "/" in read["label"] else None)


def test_threads_do_not_disturb_each_other(runner: ModelRunner) -> None:
    texts = lines(60)
    alone = [runner.parse(text, CLOCK) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: runner.parse(text, CLOCK), texts * 3))
    assert together == alone * 3


def test_dates_are_read_against_the_given_clock_and_zone(runner: ModelRunner) -> None:
    def day(as_of: str, zone: str) -> str:
        entities = runner.parse("move it to tomorrow", {"as_of": as_of, "time_zone": zone})["entities"]
        return str(next(entity["value"] for entity in entities if entity["entity"] == "date"))

    assert day("2026-03-02T23:30:00-06:00", "America/Chicago") == "2026-03-03"
    assert day("2026-03-02T23:30:00-06:00", "America/New_York") == "2026-03-04"


def test_the_actions_are_those_of_the_rules(runner: ModelRunner) -> None:
    rules = yaml.safe_load((ROOT / "data" / "dialogue" / "rules.yml").read_text("utf-8"))["rules"]
    written = {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in rules}
    assert dict(runner.actions) == written


def test_every_intent_of_the_domain_has_an_action(runner: ModelRunner) -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))["intents"]
    assert set(runner.actions) == {next(iter(intent)) for intent in domain}


def test_the_turn_log_gets_the_name_of_the_model(runner: ModelRunner) -> None:
    assert f"{runner.model_name}.tar.gz" == whole.model().name


def test_neither_rasa_nor_tensorflow_is_loaded() -> None:
    code = (
        "import sys; from pathlib import Path; from bot.rasa_adapter.model import ModelRunner;"
        "ModelRunner.load(Path(sys.argv[1])).warm_up();"
        "print(sorted({'rasa', 'rasa_sdk', 'tensorflow', 'dask'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(whole.model())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def packed(place: Path, files: dict[str, Any]) -> Path:
    """An archive with these JSON files."""
    path = place / "assistant-doctored.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            body = json.dumps(content).encode()
            member = tarfile.TarInfo(name)
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
    return path


def small_model(**changes: Any) -> dict[str, Any]:
    """The files of a model with two intents and one step; `changes` replace parts of its metadata."""
    nodes = {
        "run": {
            "uses": "bot.rasa_adapter.components.ValueExtractor",
            "needs": {"messages": "__message__"},
            "resource": {"name": "values"},
        },
        "rules": {"uses": RULE_POLICY, "needs": {}, "resource": {"name": "policy"}},
    }
    metadata = {"domain": {"intents": ["greet", {"faq": {}}]}, "predict_schema": {"nodes": nodes}, "nlu_target": "run"}
    rules = {
        state({"intent": "greet"}): "action_small_talk",
        state({"intent": "faq"}): "action_faq",
        state({"intent": "help"}, after="action_faq"): "action_listen",
        state({"intent": "help", "entities": ["date"]}): "action_answer",
    }
    return {
        "metadata.json": metadata | changes,
        "components/policy/rule_policy.json": {"lookup": {"rules": rules}},
        "components/values/names.json": {},
    }


def state(user: dict[str, Any], after: str = "action_listen") -> str:
    return json.dumps([{"prev_action": {"action_name": after}, "user": user}])


def test_an_intent_without_a_rule_is_named(tmp_path: Path) -> None:
    files = small_model(domain={"intents": ["greet", "faq", "help", "stop"]})
    with pytest.raises(ModelError, match=r"rules\.yml says what answers help, stop"):
        ModelRunner.load(packed(tmp_path, files))


def test_a_component_that_needs_rasa_is_named(tmp_path: Path) -> None:
    files = small_model()
    files["metadata.json"]["predict_schema"]["nodes"]["run"]["uses"] = "rasa.nlu.classifiers.diet.DIETClassifier"
    with pytest.raises(ModelError, match="DIETClassifier has no step"):
        ModelRunner.load(packed(tmp_path, files))


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("metadata.json", "metadata.json"),
        ("components/policy/rule_policy.json", "rule_policy.json"),
        ("components/values/names.json", "components/values"),
    ],
)
def test_a_missing_file_is_named(tmp_path: Path, missing: str, named: str) -> None:
    files = small_model()
    del files[missing]
    with pytest.raises(ModelError, match=named):
        ModelRunner.load(packed(tmp_path, files))


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.tar.gz"
    with pytest.raises(FileNotFoundError):
        ModelRunner.load(path)
    path.write_bytes(b"not an archive")
    with pytest.raises(ModelError, match="no model archive"):
        ModelRunner.load(path)


def test_a_cut_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.tar.gz"
    path.write_bytes(whole.model().read_bytes()[:100_000])
    with pytest.raises(ModelError, match="no model archive"):
        ModelRunner.load(path)
