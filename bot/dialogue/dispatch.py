"""Which action answers which kind of message: the one table, data/dialogue/rules.yml, as Rasa is trained on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

RULES = Path("data") / "dialogue" / "rules.yml"


class RulesError(ValueError):
    """data/dialogue/rules.yml is not a list of rules of one intent and one action each; the message says where."""


def actions_of_rules(root: Path) -> dict[str, str]:
    """The name of the action for each family of labels ("faq", "account", "greet", …). Raises RulesError."""
    found: dict[str, str] = {}
    for rule in yaml.safe_load((root / RULES).read_text(encoding="utf-8"))["rules"]:
        intent, action = _steps(rule)
        if intent in found:
            raise RulesError(f"{RULES}: two rules for {intent}")
        found[intent] = action
    return found


def _steps(rule: dict[str, Any]) -> tuple[str, str]:
    match rule.get("steps"):
        case [{"intent": str(intent)}, {"action": str(action)}]:
            return intent, action
    raise RulesError(f"{RULES}: {rule.get('rule')!r} is not one intent and one action")
