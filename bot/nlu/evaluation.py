"""Scoring a model on lines it has not seen: accuracy, a table per label, calibration, confusions, plots."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from bot.nlu.intents.intent_model import OUT_OF_SCOPE
from bot.nlu.reader import Reader


@dataclass(frozen=True, slots=True)
class Scored:
    """One line: what was wanted, what was read. `best` is the best label of our subject, before rejection."""

    text: str
    wanted: str
    read: str
    best: str
    confidence: float
    in_scope: float
    near_tie: bool
    values_wanted: tuple[tuple[str, str], ...] | None
    values_read: tuple[tuple[str, str], ...]

    @property
    def right(self) -> bool:
        return self.wanted == self.read


def score(table: Path, reader: Reader, *, as_of: datetime, zone: str) -> list[Scored]:
    """Read every line of a table (text, label[, entities as JSON or kind=value pairs]). Raises ValueError."""
    found: list[Scored] = []
    for number, row in enumerate(table.read_text("utf-8").splitlines(), start=1):
        columns = row.split("\t")
        if not row.strip() or row.startswith("#") or columns[:2] == ["text", "label"]:
            continue
        if len(columns) < 2:
            raise ValueError(f"{table}, line {number}: expected text and label, separated by a tab")
        text, wanted = columns[0], columns[1].strip()
        reading = reader.read(text, as_of=as_of, zone=zone)
        chances = [(name, chance) for name, chance in reading.ranking if name != OUT_OF_SCOPE]
        values = tuple(sorted((value.entity, value.value) for value in reading.entities))
        expected = _values(columns[2]) if len(columns) > 2 else None
        found.append(
            Scored(
                text,
                wanted,
                reading.label,
                chances[0][0],
                chances[0][1],
                reading.in_scope,
                reading.near_tie,
                expected,
                values,
            )
        )
    if not found:
        raise ValueError(f"{table} holds no lines")
    return found


def _values(column: str) -> tuple[tuple[str, str], ...]:
    """Values as JSON (a list of {"entity","value"}) or as "test_code=A5; date=2026-03-14"."""
    column = column.strip()
    if column.startswith("["):
        return tuple(sorted((str(item["entity"]), str(item["value"])) for item in json.loads(column)))
    pairs = [pair.partition("=") for pair in column.split(";") if pair.strip()]
    return tuple(sorted((name.strip(), value.strip()) for name, _, value in pairs))


def summary(scores: Sequence[Scored]) -> dict[str, Any]:
    """The figures: accuracy after rejection, shares sent away, calibration error, and a row for each label."""
    ours = [line for line in scores if line.wanted != OUT_OF_SCOPE]
    others = [line for line in scores if line.wanted == OUT_OF_SCOPE]
    valued = [line for line in scores if line.values_wanted is not None]
    return {
        "lines": len(scores),
        "accuracy": _share([line.right for line in scores]),
        "in_scope_accuracy": _share([line.right for line in ours]),
        "in_scope_accuracy_before_rejection": _share([line.best == line.wanted for line in ours]),
        "in_scope_sent_away": _share([line.read == OUT_OF_SCOPE for line in ours]),
        "out_of_scope_sent_away": _share([line.right for line in others]),
        "near_ties": _share([line.near_tie for line in ours]),
        "calibration_error": calibration_error(scores),
        "entities": _share([line.values_wanted == line.values_read for line in valued]),
        "labels": _labels(scores),
        "confusions": [
            {"wanted": wanted, "read": read, "lines": count}
            for (wanted, read), count in Counter((s.wanted, s.read) for s in scores if not s.right).most_common()
        ],
    }


def _share(outcomes: Sequence[bool]) -> float | None:
    return round(sum(outcomes) / len(outcomes), 4) if outcomes else None


def _labels(scores: Sequence[Scored]) -> dict[str, dict[str, float | int]]:
    rows: dict[str, dict[str, float | int]] = {}
    for label in sorted({line.wanted for line in scores} | {line.read for line in scores}):
        wanted = sum(line.wanted == label for line in scores)
        read = sum(line.read == label for line in scores)
        both = sum(line.wanted == label and line.right for line in scores)
        precision, recall = both / read if read else 0.0, both / wanted if wanted else 0.0
        f1 = 2 * precision * recall / (precision + recall) if both else 0.0
        rows[label] = {
            "lines": wanted,
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "f1": round(f1, 4),
        }
    return rows


def bins(scores: Sequence[Scored], count: int = 10) -> list[tuple[float, float, int]]:
    """Mean confidence, share right and number of lines for each tenth of confidence that has lines."""
    ours = [line for line in scores if line.wanted != OUT_OF_SCOPE]
    found: list[tuple[float, float, int]] = []
    for place in range(count):
        inside = [s for s in ours if min(int(s.confidence * count), count - 1) == place]
        if inside:
            confidence = sum(s.confidence for s in inside) / len(inside)
            found.append((confidence, sum(s.best == s.wanted for s in inside) / len(inside), len(inside)))
    return found


def calibration_error(scores: Sequence[Scored]) -> float:
    """Expected calibration error over ten bins, on lines of our subject before rejection."""
    parts = bins(scores)
    total = sum(lines for _, _, lines in parts)
    return round(sum(abs(sure - right) * lines for sure, right, lines in parts) / total, 4) if total else 0.0


def report(scores: Sequence[Scored], out: Path | None = None) -> str:
    """The figures as text."""
    facts = summary(scores)
    lines = [
        f"lines                      {facts['lines']}",
        f"accuracy                   {_percent(facts['accuracy'])}",
        f"  of our subject           {_percent(facts['in_scope_accuracy'])}"
        f" ({_percent(facts['in_scope_accuracy_before_rejection'])} before rejection)",
        f"  of our subject sent away {_percent(facts['in_scope_sent_away'])}",
        f"  off topic sent away      {_percent(facts['out_of_scope_sent_away'])}",
        f"near ties                  {_percent(facts['near_ties'])}",
        f"calibration error          {facts['calibration_error']:.3f}",
        f"entities right             {_percent(facts['entities'])}",
        "",
        f"{'label':34} {'lines':>5} {'precision':>9} {'recall':>7} {'f1':>7}",
    ]
    for label, row in facts["labels"].items():
        lines.append(
            f"{label:34} {row['lines']:5} {_percent(row['precision']):>9} {_percent(row['recall']):>7}"
            f" {_percent(row['f1']):>7}"
        )
    lines += ["", "wanted -> read"]
    lines += [f"{item['lines']:4}  {item['wanted']} -> {item['read']}" for item in facts["confusions"][:20]]
    if out is not None:
        lines += ["", f"plots and JSON: {out}"]
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def write(scores: Sequence[Scored], out: Path) -> None:
    """Confusion matrix, confidence histogram and calibration plot as PNG, and everything as JSON, into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    facts = summary(scores)
    facts["wrong"] = [
        {
            "text": s.text,
            "wanted": s.wanted,
            "read": s.read,
            "confidence": round(s.confidence, 4),
            "in_scope": round(s.in_scope, 4),
        }
        for s in scores
        if not s.right
    ]
    (out / "evaluation.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", "utf-8")
    _plot_confusions(scores, out / "confusion_matrix.png")
    _plot_confidence(scores, out / "confidence_histogram.png")
    _plot_calibration(scores, out / "calibration.png")


def _figure(width: float, height: float) -> tuple[Any, Any]:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _plot_confusions(scores: Sequence[Scored], path: Path) -> None:
    names = sorted({line.wanted for line in scores} | {line.read for line in scores})
    place: Mapping[str, int] = {name: number for number, name in enumerate(names)}
    table = np.zeros((len(names), len(names)))
    for line in scores:
        table[place[line.wanted], place[line.read]] += 1
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    size = max(5.0, 0.24 * len(names) + 2)
    figure, axes = _figure(size + 1, size)
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=6)
    axes.set_yticks(range(len(names)), names, fontsize=6)
    for row, column in zip(*np.nonzero(table), strict=True):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, int(table[row, column]), ha="center", va="center", fontsize=5, color=colour)
    axes.set_xlabel("read as")
    axes.set_ylabel("wanted")
    figure.colorbar(image, ax=axes, label="share of the label's lines", shrink=0.7)
    figure.savefig(path, dpi=130)


def _plot_confidence(scores: Sequence[Scored], path: Path) -> None:
    ours = [line for line in scores if line.wanted != OUT_OF_SCOPE]
    figure, axes = _figure(6, 4)
    edges = np.linspace(0, 1, 21).tolist()
    right = [line.confidence for line in ours if line.best == line.wanted]
    wrong = [line.confidence for line in ours if line.best != line.wanted]
    axes.hist([right, wrong], bins=edges, stacked=True, color=["#2b6cb0", "#c05621"], label=["right", "wrong"])
    axes.set_xlabel("confidence")
    axes.set_ylabel("lines of our subject")
    axes.legend()
    figure.savefig(path, dpi=130)


def _plot_calibration(scores: Sequence[Scored], path: Path) -> None:
    parts = bins(scores)
    figure, axes = _figure(4.5, 4.5)
    axes.plot([0, 1], [0, 1], color="grey", linewidth=1)
    axes.plot([sure for sure, _, _ in parts], [right for _, right, _ in parts], marker="o", color="#2b6cb0")
    for sure, right, lines in parts:
        axes.annotate(str(lines), (sure, right), textcoords="offset points", xytext=(6, -9), fontsize=7)
    axes.set_xlabel("confidence")
    axes.set_ylabel("share right")
    axes.set_title(f"calibration error {calibration_error(scores):.3f}", fontsize=10)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    figure.savefig(path, dpi=130)
