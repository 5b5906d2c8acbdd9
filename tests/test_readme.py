"""The README's command lines, typed as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from bot.clock import Clock
from bot.demo.people import load_demo
from bot.store import Store
from tests.whole import model

ROOT = Path(__file__).resolve().parent.parent
AS_OF = "2026-03-02T10:00:00-06:00"


def commands() -> list[str]:
    """The commands of the part about using it without a browser; a line that ends in a pipe goes on."""
    text = (ROOT / "README.md").read_text("utf-8").partition("## Using it without a browser")[2]
    block = re.split(r"^```$", text, flags=re.M)[1]
    return block.strip().replace("|\n", "| ").splitlines()


def test_the_commands_run_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / ".venv").symlink_to(sys.prefix)
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    store = Store(url)
    store.migrate()
    load_demo(store, Clock(datetime.fromisoformat(AS_OF)))
    store.close()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")} | {
        "ASSISTANT_DATABASE_URL": url,
        "ASSISTANT_AS_OF": AS_OF,
        "ASSISTANT_MODEL": str(model()),
        "PYTHONPATH": str(ROOT),
    }
    activate, *typed = commands()
    for line in typed:
        script = f"set -euo pipefail\n{activate}\n{line}"
        done = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        assert done.stdout or "> var/" in line, line
        assert done.stderr == "", line
    assert len(typed) == 5
