"""Plots of the public sets: accuracy, calibration and confusion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

FEW = 10
"""Lines below which a share of them says nothing."""


def whole(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The trials with all training lines of their set."""
    yield from (row for row in rows if "10-shot" not in row["trial"] and "+" not in row["trial"])


def accuracy(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Accuracy of every trial as bars."""
    figure = _figure(8, 0.55 * len(rows) + 1.2)
    axes = figure.add_subplot()
    colours = {"clean": "#2b6cb0", "typo": "#c05621", "asr": "#718096"}
    for place, row in enumerate(reversed(rows)):
        kinds = [name for name in colours if name in row["accuracy"]]
        for step, name in enumerate(kinds):
            height = 0.8 / len(kinds)
            share = 100 * row["accuracy"][name]
            axes.barh(place + 0.4 - height * (step + 0.5), share, height * 0.9, color=colours[name])
            axes.text(share + 0.2, place + 0.4 - height * (step + 0.5), f"{share:.1f}", va="center", fontsize=7)
    axes.set_yticks(range(len(rows)), [row["trial"] for row in reversed(rows)])
    axes.set_xlim(60, 100)
    axes.set_xlabel("% right before rejection (blue clean, orange typos, grey speech recognition)")
    _save(figure, path)


def calibration(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """For every trial the share that is right over the chance that was given, for tenths that hold enough lines."""
    figure = _figure(5.5, 5.5)
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="#a0aec0", linewidth=1)
    for row in rows:
        curve = [point for point in row["curve"] if point[2] >= FEW]
        chances, rights, counts = (np.array(column) for column in zip(*curve, strict=True))
        (drawn,) = axes.plot(chances, rights, linewidth=1.2, label=f"{row['trial']} ({row['calibration_error']:.3f})")
        axes.scatter(chances, rights, s=60 * np.sqrt(counts / counts.max()), color=drawn.get_color(), alpha=0.7)
    axes.set_xlabel("chance that the model gave")
    axes.set_ylabel("share that is right")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.legend(fontsize=7, title="trial (calibration error)", title_fontsize=7, loc="lower right")
    _save(figure, path)


def confusion(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """For every whole set the wrong readings, a dot for each pair of labels in alphabetical order."""
    drawn = list(whole(rows))
    figure = _figure(4.2 * len(drawn), 4.4)
    for place, row in enumerate(drawn, start=1):
        labels = sorted({name for wanted, read, _ in row["confusion"] for name in (wanted, read)})
        axes = figure.add_subplot(1, len(drawn), place)
        wanted = [labels.index(pair[0]) for pair in row["confusion"]]
        read = [labels.index(pair[1]) for pair in row["confusion"]]
        counts = np.array([pair[2] for pair in row["confusion"]])
        axes.plot([0, len(labels) - 1], [0, len(labels) - 1], color="#e2e8f0", linewidth=1, zorder=0)
        axes.scatter(read, wanted, s=8 * counts, color="#c05621", alpha=0.6, linewidths=0)
        axes.set_title(f"{row['trial']}: {counts.sum()} wrong", fontsize=9)
        axes.set_xlabel("read (labels from A to Z)", fontsize=8)
        axes.set_ylabel("wanted", fontsize=8)
        axes.invert_yaxis()
        axes.set_xticks([])
        axes.set_yticks([])
    _save(figure, path)


def _figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
