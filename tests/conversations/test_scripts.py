"""Every written conversation below this folder, filed by situation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conversations.conftest import AS_OF, MakeTalk
from tests.conversations.harness import play, scripts

FOUND = scripts(Path(__file__).parent / "scripts")
AT_LEAST, STEPS = 175, 500


@pytest.mark.parametrize("script", [script for _, script in FOUND], ids=[name for name, _ in FOUND])
async def test_conversation(script: dict[str, Any], make_talk: MakeTalk) -> None:
    await play(script, make_talk(script.get("as_of", AS_OF)))


def test_all_scripts_were_found() -> None:
    assert len(FOUND) >= AT_LEAST
    assert sum(len(script["steps"]) for _, script in FOUND) >= STEPS
