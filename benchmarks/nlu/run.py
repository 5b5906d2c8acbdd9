"""The intent model on public sets, with the table and plots of docs/nlu.md: ``python -m benchmarks.nlu.run``.

The same preparation, encoder and classifier as in the assistant, without its test codes and dates. Sentence vectors
are kept in `.cache/nlu`, so that a second run is quick. `--diet "HWU64 10-shot"` trains Rasa's stock DIET beside it
(a quarter of an hour and more).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.nlu import plots
from benchmarks.nlu.sets import OUT_OF_SCOPE, Lines, Trial, trials
from bot.nlu.intents.encoder import Vectors, encoder
from bot.nlu.intents.intent_model import IntentModel, Recipe
from bot.nlu.intents.prepare import Prepared, Preparer
from bot.nlu.intents.training import vectors_of, with_names

ROOT = Path(__file__).resolve().parents[2]
DOC = ROOT / "docs" / "nlu.md"
IMAGES = ROOT / "docs" / "images"
DIET = Path(__file__).with_name("diet.json")
"""What DIET got when it was trained last: it does not depend on our model, and takes long."""
BEGIN, END = "<!-- public sets -->", "<!-- /public sets -->"


def main(arguments: Sequence[str] | None = None) -> int:
    """Score every trial, print the table, write JSON, plots and the passage of docs/nlu.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=Path, default=ROOT / "var" / "public-sets", help="folder of the sets")
    parser.add_argument("--only", action="append", help="a trial's name; may be repeated (the document is left alone)")
    parser.add_argument("--diet", action="append", default=[], help="train stock DIET on this trial too")
    parser.add_argument("--epochs", type=int, default=100, help="of DIET")
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "nlu", help="where the JSON goes")
    given = parser.parse_args(arguments)
    if not given.bench.is_dir():
        print(f"The public sets are not at {given.bench}; name their folder with --bench. Nothing to measure.")
        return 0
    given.out.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    for trial in trials(given.bench):
        if given.only and trial.name not in given.only:
            continue
        row = measure(trial)
        row["diet"] = diet(trial, given.epochs, trial.name in given.diet)
        rows.append(row)
        print(line(row), flush=True)
    (given.out / "public_sets.json").write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    if not given.only:
        plots.accuracy(rows, IMAGES / "nlu_public_sets.png")
        plots.calibration(rows, IMAGES / "nlu_public_calibration.png")
        plots.confusion(rows, IMAGES / "nlu_public_confusion.png")
        publish(rows)
    return 0


def measure(trial: Trial) -> dict[str, Any]:
    """Train on a trial's lines and score its tests: shares in 0 … 1, seconds, and the off-topic figures."""
    texts, labels = with_names([text for text, _ in trial.train], [label for _, label in trial.train])
    preparer = Preparer.learn(((text, ()) for text in texts), encoder().whole_words())
    prepared = [preparer.prepare(text, ()) for text in texts]
    vectors = _vectors(prepared)
    start = time.perf_counter()
    recipe = Recipe(rejected=0.05)
    model = IntentModel.train([p.sentence for p in prepared], [p.line for p in prepared], vectors, labels, recipe)
    row: dict[str, Any] = {
        "trial": trial.name,
        "lines": len(texts),
        "labels": len(set(labels) - {OUT_OF_SCOPE}),
        "seconds": round(time.perf_counter() - start, 1),
        "accuracy": {},
    }
    for name, lines in trial.tests.items():
        found = judged(model, preparer, lines)
        row["accuracy"][name] = _share([best == label for (best, _, _), (_, label) in zip(found, lines, strict=True)])
        if name == "clean":
            row["curve"] = _curve(found, lines)
            row["calibration_error"] = _calibration(row["curve"], len(lines))
            row["confusion"] = _confusion(found, lines)
            kept = [best == label and score >= 0.5 for (best, _, score), (_, label) in zip(found, lines, strict=True)]
            row["accuracy_after_rejection"] = _share(kept)
            row["sent_away"] = _share([score < 0.5 for _, _, score in found])
            inside = [score for _, _, score in found]
    if trial.off_topic:
        outside = [score for _, _, score in judged(model, preparer, trial.off_topic)]
        row["off_topic_sent_away"] = _share([score < 0.5 for score in outside])
        row["auroc"] = _auroc(inside, outside)
    return row


def diet(trial: Trial, epochs: int, train: bool) -> float | None:
    """What stock DIET gets on a trial: measured now if asked for, else as it was measured last, if it was."""
    kept: dict[str, float] = json.loads(DIET.read_text("utf-8")) if DIET.is_file() else {}
    if train:
        from benchmarks.nlu.diet import accuracy

        kept[trial.name] = accuracy(trial, epochs)
        DIET.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    return kept.get(trial.name)


def judged(model: IntentModel, preparer: Preparer, lines: Lines) -> list[tuple[str, float, float]]:
    """For each line the best label of the set, its chance, and the in-scope score."""
    prepared = [preparer.prepare(text, ()) for text, _ in lines]
    found: list[tuple[str, float, float]] = []
    for item, vector in zip(prepared, _vectors(prepared), strict=True):
        verdict = model.judge(item.line, vector)
        best = next((name, chance) for name, chance in verdict.ranking if name != OUT_OF_SCOPE)
        found.append((*best, verdict.in_scope))
    return found


def _vectors(prepared: Sequence[Prepared]) -> Vectors:
    """Sentence vectors, kept between runs."""
    sentences = [item.sentence for item in prepared]
    digest = hashlib.sha256("\n".join(sentences).encode()).hexdigest()[:16]
    return vectors_of(sentences, encoder(), ROOT / ".cache" / "nlu" / f"{digest}.npz")


def _share(outcomes: Sequence[bool]) -> float:
    return round(sum(outcomes) / len(outcomes), 4)


def _curve(found: Sequence[tuple[str, float, float]], lines: Lines) -> list[tuple[float, float, int]]:
    """For each tenth of chances that occurs: the mean chance, the share that is right, and how many lines."""
    tenths: dict[int, list[tuple[float, bool]]] = {}
    for (best, chance, _), (_, label) in zip(found, lines, strict=True):
        tenths.setdefault(min(int(chance * 10), 9), []).append((chance, best == label))
    return [
        (sum(chance for chance, _ in tenth) / len(tenth), sum(right for _, right in tenth) / len(tenth), len(tenth))
        for _, tenth in sorted(tenths.items())
    ]


def _calibration(curve: Sequence[tuple[float, float, int]], lines: int) -> float:
    return round(sum(abs(chance - right) * count for chance, right, count in curve) / lines, 4)


def _confusion(found: Sequence[tuple[str, float, float]], lines: Lines) -> list[tuple[str, str, int]]:
    """What was wanted, what was read instead, how often: most frequent first."""
    wrong = Counter((label, best) for (best, _, _), (_, label) in zip(found, lines, strict=True) if best != label)
    return [(*pair, count) for pair, count in sorted(wrong.items(), key=lambda item: (-item[1], item[0]))]


def _auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """The chance that a line of the set scores higher than an off-topic one."""
    scores = np.concatenate([inside, outside])
    ranks = scores.argsort().argsort() + 1
    count = len(inside)
    return round(float((ranks[:count].sum() - count * (count + 1) / 2) / (count * len(outside))), 4)


def line(row: dict[str, Any]) -> str:
    """One row of the table, in Markdown."""
    accuracy = row["accuracy"]

    def cell(value: float | None) -> str:
        return "" if value is None else f"{100 * value:.1f}"

    cells = [
        row["trial"],
        str(row["lines"]),
        *(cell(accuracy.get(name)) for name in ("clean", "typo", "asr")),
        cell(row.get("diet")),
        f"{row['calibration_error']:.3f}",
        cell(row["accuracy_after_rejection"]),
        cell(row.get("off_topic_sent_away")),
        "" if "auroc" not in row else f"{row['auroc']:.3f}",
        f"{row['seconds']:.0f}",
    ]
    return "| " + " | ".join(cells) + " |"


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The whole table in Markdown."""
    heads = ["trial", "lines", "clean", "typo", "ASR", "stock DIET", "calibration error", "kept and right"]
    heads += ["off topic sent away", "AUROC", "training s"]
    return "\n".join(
        ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads), *(line(row) for row in rows)]
    )  # fmt: skip


def confused(rows: Sequence[dict[str, Any]]) -> str:
    """The labels most often taken for one another in every whole set, in Markdown."""
    said = []
    for row in plots.whole(rows):
        pairs = ", ".join(f"{wanted} → {read} ({count})" for wanted, read, count in row["confusion"][:5])
        said.append(f"- {row['trial']}: {pairs}".replace("_", "\\_"))
    return "Most often wanted → read:\n\n" + "\n".join(said)


def publish(rows: Sequence[dict[str, Any]]) -> None:
    """Put the table between its marks in docs/nlu.md."""
    if not DOC.is_file():
        return
    text = DOC.read_text("utf-8")
    if BEGIN in text and END in text:
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        DOC.write_text(f"{before}{BEGIN}\n{table(rows)}\n\n{confused(rows)}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
