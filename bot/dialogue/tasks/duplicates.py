"""Order duplicate certificates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bot.changes.kinds import DUPLICATES
from bot.contracts.changes import ChangeRequest, Done, DuplicatesRequest
from bot.dialogue.state import Choice, Expect, TaskMemory
from bot.dialogue.tasks.change_task import ChangeTask
from bot.dialogue.tasks.subjects import Option, base
from bot.dialogue.turn_context import Desk
from bot.dialogue.understanding.answers import BARE
from bot.dialogue.understanding.repairs import Repair, repair_of
from bot.dialogue.understanding.user_message import Heard
from bot.rules.facts import Subject


class OrderDuplicates(ChangeTask):
    """Order another copy of certificates, by series, with the total."""

    def about(self, desk: Desk, memory: TaskMemory) -> list[Option]:
        return [Option("")]

    def correct(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        series = _series_named(desk, heard)
        if not series or series == memory.slots.get("series"):
            return repair_of(heard) is Repair.MORE and self.not_that(desk, memory)
        self.put_off(desk, memory)
        memory.forget("told", "confirm")
        memory.slots["series"] = series
        return True

    def contradicted(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        if heard.choice is not None or heard.digits is not None or heard.label not in {*BARE, self.label}:
            return False
        named = _series_named(desk, heard)
        return bool(named) and sorted(named) != sorted(memory.slots.get("series") or [])

    def not_that(self, desk: Desk, memory: TaskMemory) -> bool:
        held = desk.judge(self.rule, Subject()).decisive.values.get("series") or []
        if len(held) < 2 or not memory.slots.get("series"):  # type: ignore[arg-type]
            return False
        self.put_off(desk, memory)
        memory.forget("series", "confirm")
        return True

    def _allowed(self, desk: Desk, memory: TaskMemory, option: Option) -> bool:
        if "series" not in memory.slots and memory.slots.get("opening"):
            named = _series_named(desk, desk.heard)
            if named:
                memory.slots["series"] = named
        chosen = memory.slots.get("series") or []
        chosen = [chosen] if isinstance(chosen, str) else chosen
        subject = Subject(series=tuple(s for s in chosen if s != "all"))
        told = ",".join(chosen)
        if memory.slots.get("told") == told:
            return desk.judge(self.rule, subject).outcome == "allowed"
        memory.slots["told"] = told
        decision = desk.tell(self.rule, subject)
        return decision.outcome == "allowed"

    def missing(self, desk: Desk, memory: TaskMemory, option: Option) -> bool:
        if memory.slots.get("series"):
            return False
        held = desk.judge(self.rule, Subject()).decisive.values["series"]
        if len(held) == 1:  # type: ignore[arg-type]
            memory.slots["series"] = list(held)  # type: ignore[call-overload]
            return False
        choices = []
        for series in held:  # type: ignore[attr-defined]
            said = desk.services.answers.say(series)
            choices.append(Choice(id=series, title=said.web, spoken=said.voice, value=[series]))
        choices.append(Choice(id="all", title="All of them", spoken="all of them", value=list(held)))  # type: ignore[call-overload]
        desk.phrase("ask_series")
        desk.ask(memory, "series", Expect.CHOICE, choices)
        return True

    def preview(self, desk: Desk, memory: TaskMemory, option: Option) -> ChangeRequest | None:
        chosen = memory.slots["series"]
        decision = desk.judge(self.rule, Subject(series=tuple(chosen)))
        values = decision.decisive.values
        if decision.outcome != "allowed":
            return None
        desk.phrase(
            DUPLICATES.preview, series=list(chosen), fee_per_series=values["fee_per_series"], total=values["total"]
        )
        return DuplicatesRequest(tuple(chosen), Decimal(str(values["fee_per_series"])))

    def shown_again(self, request: ChangeRequest) -> dict[str, Any]:
        return {"series": list(request.series)} if isinstance(request, DuplicatesRequest) else {}

    def say_done(self, desk: Desk, memory: TaskMemory, done: Done) -> None:
        desk.phrase(DUPLICATES.done, series=list(done.after["series"]), total=Decimal(done.after["total"]))


def _series_named(desk: Desk, heard: Heard) -> list[str]:
    tests = desk.services.catalog.tests.tests
    series = [str(s) for s in heard.values("test_series")]
    series += [tests[base(str(t))].series for t in heard.values("test_code") if base(str(t)) in tests]
    return list(dict.fromkeys(series))
