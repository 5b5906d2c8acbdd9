"""Start-up times, bulk throughput and turn latency: measures and writes the table of docs/benchmarks.md.

``python -m benchmarks.run`` takes about two minutes. Figures are of this machine, at this moment.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent / "assistant"
DOC = ROOT / "docs" / "benchmarks.md"
MARK = "<!-- figures -->"
BULK_LINES = 20_000
QUESTIONS = (
    "can I reschedule my A5?",
    "never mind",
    "when can I retake the A1?",
    "am I a master technician?",
    "what does a test cost?",
    "is the A4 test offered in spanish",
    "why?",
    "what's on my account",
)


def main() -> int:
    """Measure, print and write the table."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"ASSISTANT_DATABASE_URL": f"sqlite:///{folder}/bench.db"}
        rows = [*start_up(environment), bulk(environment), *turns(environment)]
    lines = ["| what | median | worst | command |", "|---|---|---|---|"]
    lines += [f"| {what} | {median} | {worst} | `{command}` |" for what, median, worst, command in rows]
    table = "\n".join(lines)
    print(table)
    head, _, _ = DOC.read_text().partition(MARK)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    DOC.write_text(f"{head}{MARK}\n\nMeasured on: {machine}.\n\n{table}\n")
    return 0


def start_up(environment: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """Wall time of light commands as whole processes."""
    commands = [
        ["decide", "reschedule", "--as", "ASE-1000-0001"],
        ["records", "show", "ASE-1000-0001"],
        ["knowledge", "check"],
        ["--help"],
    ]
    rows = []
    for words in commands:
        times = []
        for _ in range(6):
            before = time.perf_counter()
            subprocess.run([BIN, *words], env=environment, cwd=ROOT, capture_output=True, check=False)
            times.append(time.perf_counter() - before)
        rows.append((f"start `{' '.join(words)}`", *seconds(times[1:]), f"assistant {' '.join(words)}"))
    return rows


def bulk(environment: dict[str, str]) -> tuple[str, str, str, str]:
    """Decisions a second through ``decide --jsonl``, the start of the process included."""
    line = json.dumps(
        {
            "rule": "reschedule",
            "as_of": "2026-03-02T10:00:00-05:00",
            "candidate": {
                "ase_id": "ASE-1000-0001",
                "time_zone": "America/Chicago",
                "purchases": [
                    {
                        "id": "P-1",
                        "test": "A5",
                        "purchased_on": "2026-01-10",
                        "appointment": {
                            "id": "AP-1",
                            "starts_at": "2026-03-10T09:00",
                            "site": "CHI-01",
                            "status": "booked",
                        },
                    }
                ],
            },
            "sites": [
                {
                    "id": "CHI-01",
                    "name": "Chicago North",
                    "city": "Chicago",
                    "region": "IL",
                    "country": "US",
                    "time_zone": "America/Chicago",
                }
            ],
            "subject": {"test": "A5"},
        }
    )
    rates = []
    for _ in range(4):
        before = time.perf_counter()
        subprocess.run(
            [BIN, "decide", "--jsonl"], input=f"{line}\n" * BULK_LINES, text=True, env=environment, cwd=ROOT,
            capture_output=True, check=True,
        )  # fmt: skip
        rates.append(BULK_LINES / (time.perf_counter() - before))
    middle, least = f"{statistics.median(rates):,.0f} lines/s", f"{min(rates):,.0f} lines/s"
    return (f"{BULK_LINES:,} decisions in bulk", middle, least, "assistant decide --jsonl")


def turns(environment: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """Start of the whole assistant, and one turn through it with storing, in this process."""
    os.environ.update(environment)
    return asyncio.run(_turns())


async def _turns() -> list[tuple[str, str, str, str]]:
    from bot.bootstrap import build_assistant, build_parts
    from bot.config.settings import Settings
    from bot.contracts.conversation import Identity, Turn
    from bot.demo.people import load_demo

    before = time.perf_counter()
    parts = build_parts(Settings.from_environment(os.environ))
    load_demo(parts.store, parts.clock)
    assistant = build_assistant(parts)
    await assistant.warm_up()
    ready = time.perf_counter() - before
    opened = await assistant.open("web", "en-US", Identity("ASE-1000-0001"))
    times, worked = [], []
    for number in range(160):
        text = QUESTIONS[number % len(QUESTIONS)]
        digest = hashlib.sha256(text.encode()).hexdigest()
        before, began = time.perf_counter(), time.process_time()
        await assistant.take(Turn(opened.conversation_id, f"m{number}", "text", text, None, digest))
        times.append(time.perf_counter() - before)
        worked.append(time.process_time() - began)
    early, late = statistics.median(times[8:48]), statistics.median(times[-40:])
    p99 = statistics.quantiles(times[8:], n=100)[98]
    return [
        ("assistant ready to answer (model there)", f"{ready:.1f} s", "", "assistant serve --demo"),
        ("one turn, stored (p50 / p99)", milliseconds(statistics.median(times[8:])), milliseconds(p99), "-"),
        (
            "processor of one turn (p50 / p99)",
            f"{statistics.median(worked[8:]) * 1000:.1f} ms",
            f"{statistics.quantiles(worked[8:], n=100)[98] * 1000:.1f} ms",
            "-",
        ),
        ("turns 9 to 48 / turns 121 to 160 of one conversation", milliseconds(early), milliseconds(late), "-"),
    ]


def milliseconds(time_taken: float) -> str:
    """Rounded to the millisecond."""
    return f"{time_taken * 1000:.0f} ms"


def seconds(times: list[float]) -> tuple[str, str]:
    """Median and worst, in seconds."""
    return f"{statistics.median(times):.2f} s", f"{max(times):.2f} s"


if __name__ == "__main__":
    sys.exit(main())
