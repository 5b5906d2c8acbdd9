"""The person: answers by the published state what is asked, agrees only to what was wanted, and else asks nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.contracts.conversation import Reply
from tests.conversations.harness import states
from tests.dialogues.scoring import stated
from tests.simulations.reading import Goal

YES = ("yes", "yes please", "go ahead", "yes, do it", "yep", "ok do it", "sure", "yes that's right")
NO = ("no", "no thanks", "nope", "no, leave it", "nah", "no don't", "not now, no", "no, leave it as it is")
ENOUGH = 16
"""A person who got nowhere in so many messages gives up."""
PATIENCE = 3
"""So often somebody answers one and the same question."""


@dataclass
class Person:
    """One run: the goal, which of the eight ways of speaking, and what was done so far."""

    goal: Goal
    way: int
    asked: set[str] = field(default_factory=set)
    answered: dict[str, int] = field(default_factory=dict)
    told: int = 0
    shown: str = ""
    """What was read before a question of the person's own: it is answered, and not all shown once more."""
    preview: str = ""

    def next(self, reply: Reply) -> tuple[str, str] | None:
        """What the person does now, as an action and its value; None: is done, or gives up."""
        state = reply.state
        step = state.task.step if state.task else ""
        where = {"ase_id": "ase_id", "code": "code"}.get(state.expects, step)
        self.preview = f"{self.shown}\n{_heard(reply)}" if where == "confirm" else ""
        self.shown = ""
        question = self.goal.script.get("asks", {}).get(where)
        if question and where not in self.asked:
            self.asked.add(where)
            self.shown = self.preview
            return "say", question
        answer = self._answer(reply, where)
        if answer is None:
            return self._further()
        key = f"{state.task.name if state.task else ''} {where} {state.expects}"
        self.answered[key] = self.answered.get(key, 0) + 1
        return answer if self.answered[key] <= PATIENCE else None

    def _further(self) -> tuple[str, str] | None:
        then: Sequence[str] = self.goal.script.get("then", ())
        if self.told >= len(then):
            return None
        self.told += 1
        return "say", then[self.told - 1]

    def _answer(self, reply: Reply, where: str) -> tuple[str, str] | None:
        knows, expects = self.goal.knows, reply.state.expects
        if expects == "ase_id":
            return ("say", str(knows["id"])) if "id" in knows else ("say", "never mind")
        if expects == "code":
            return "code", "right"
        if where == "sign_in":
            return ("say", "yes, sign me in") if "id" in knows else None
        if where == "seat":
            return self._seat(reply)
        if where == "confirm" or expects == "yes_no":
            return "say", YES[self.way] if where == "confirm" and self._agrees() else NO[self.way]
        if reply.state.task and reply.state.task.name == "address_change" and expects == "free":
            return "say", self._address(reply)
        if expects in {"choice", "test"}:
            return self._choice(reply)
        return None

    def _seat(self, reply: Reply) -> tuple[str, str] | None:
        wish = self.goal.knows.get("seat")
        if not wish or not self.goal.script.get("agrees"):
            return "say", "never mind, leave it"
        titles = _titles(reply)
        fitting = [title for title in titles if states(title, wish)]
        if len(fitting) == 1 and self.goal.channel == "web" and self.way % 2:
            return "choose", fitting[0]
        if len(fitting) == len(titles) == 1:
            return "say", YES[self.way]
        return "say", f"{wish} please"

    def _agrees(self) -> bool:
        shown = all(stated(each, [self.preview]) for each in self.goal.knows.get("sees", ()))
        wrong = any(stated(each, [self.preview]) for each in self.goal.knows.get("sees_not", ()))
        return bool(self.goal.script.get("agrees")) and shown and not wrong

    def _choice(self, reply: Reply) -> tuple[str, str] | None:
        titles = _titles(reply)
        for key in ("test", "series", "which"):
            wanted = self.goal.knows.get(key)
            if wanted and any(states(title, wanted) for title in titles):
                return "say", wanted
        return None

    def _address(self, reply: Reply) -> str:
        whole: str = self.goal.knows.get("address", "never mind")
        step = reply.state.task.step if reply.state.task else ""
        parts = re.split(r",\s*", whole)
        place = {"line1": 0, "street": 0, "city": 1, "region": 2, "state": 2, "postal_code": 2, "zip": 2}.get(step)
        asked_before = any(key.startswith("address_change") for key in self.answered)
        return parts[place] if asked_before and place is not None and place < len(parts) else whole


def _heard(reply: Reply) -> str:
    return "\n".join(f"{m.text}\n{m.speech}" for m in reply.messages if m.author == "assistant")


def _titles(reply: Reply) -> list[str]:
    return [c.title for m in reply.messages for c in m.choices]
