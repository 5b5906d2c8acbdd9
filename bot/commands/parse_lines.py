"""What `assistant parse` and `assistant evaluate` do, on a trained model and without Rasa."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.nlu.moment import POLICY_ZONE, moment_of
from bot.nlu.reader import Explanation, Reader, Reading


def parse_lines(
    stream: Iterable[str],
    model: Path,
    *,
    as_of: datetime | None = None,
    zone: str = POLICY_ZONE,
    explain: bool = False,
) -> Iterator[str]:
    """One JSON object a line for every line of `stream`, in order; an empty line gives an empty reading.

    Raises FileNotFoundError when `model` is no trained model.
    """
    reader = Reader.load(model)
    for line in stream:
        text = line.rstrip("\r\n")
        instant = as_of or moment_of(None)[0]
        reading = reader.read(text, as_of=instant, zone=zone)
        result = as_json(reading)
        if explain:
            result["explanation"] = explained(reader.explain(text, as_of=instant, zone=zone))
        yield json.dumps(result, ensure_ascii=False)


def as_json(reading: Reading) -> dict[str, Any]:
    """A reading in the published shape; the ranking holds full labels, the label that was chosen first."""
    ranking = [{"name": name, "confidence": round(chance, 4)} for name, chance in reading.ranking]
    if not reading.accepted:
        ranking = [{"name": reading.label, "confidence": round(reading.confidence, 4)}] + [
            item for item in ranking if item["name"] != reading.label
        ]
    return {
        "text": reading.text,
        "intent": reading.label,
        "confidence": round(reading.confidence, 4),
        "entities": [value.as_dict() for value in reading.entities],
        "intent_ranking": ranking,
        "in_scope": round(reading.in_scope, 4),
        "near_tie": reading.near_tie,
        **({} if reading.asking is None else reading.asking.as_dict()),
        "given": reading.given.as_dict(),
    }


def explained(found: Explanation) -> dict[str, Any]:
    """Why a message was read as it was, as plain data."""
    return {
        "read_as": found.repaired,
        "repairs": [{"written": written, "read": read} for written, read in found.changes],
        "in_scope": round(found.reading.in_scope, 4),
        "nearest": [
            {"text": line.text, "label": line.label, "cosine": round(line.cosine, 3)} for line in found.nearest
        ],
        "rivals": [
            {
                "label": rival.label,
                "confidence": round(rival.chance, 4),
                "by_meaning": round(rival.by_vector, 3),
                "by_wording": round(rival.by_grams, 3),
                "words": [{"word": word, "weight": round(weight, 3)} for word, weight in rival.words],
            }
            for rival in found.rivals
        ],
    }


def evaluate(table: Path, model: Path, out: Path = Path("results"), *, as_of: datetime | None = None) -> str:
    """Score a model on a file of lines (columns text, label[, entities]); write plots and JSON into `out`.

    Returns the report to print. Raises ValueError for a line that is not tab-separated, FileNotFoundError for a
    missing file or model.
    """
    from bot.nlu.evaluation import report, score, write

    scores = score(table, Reader.load(model), as_of=as_of or moment_of(None)[0], zone=POLICY_ZONE)
    write(scores, out)
    return report(scores, out)
