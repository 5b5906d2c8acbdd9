"""Order another copy of certificates, by series, with the total."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from bot.changes.kinds import DUPLICATES
from bot.contracts.asking import QuestionKind
from bot.contracts.changes import ChangeRequest, Done, DuplicatesRequest, Proposal
from bot.dialogue.choices import choice_of
from bot.dialogue.memories import ChangeMemory, DuplicatesMemory
from bot.dialogue.outcome import Reply, Step
from bot.dialogue.state import Choice, Expect, Memory, Question
from bot.dialogue.tasks.address_change import written
from bot.dialogue.tasks.change_task import ChangeTask, release
from bot.dialogue.tasks.subjects import Option, base
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.answers import CONFIRM
from bot.dialogue.understanding.beside import Beside
from bot.dialogue.understanding.repairs import Repair
from bot.dialogue.understanding.user_act import UserAct
from bot.rules.facts import Address, Subject


@dataclass(frozen=True, slots=True)
class OrderDuplicates(ChangeTask):
    """Order another copy of certificates."""

    @property
    def memory(self) -> type[DuplicatesMemory]:
        """The series, beside the rest."""
        return DuplicatesMemory

    def start(self, turn: TurnContext, act: UserAct) -> DuplicatesMemory:
        """The series named, or those of the tests named."""
        memory = cast(DuplicatesMemory, ChangeTask.start(self, turn, act))
        return memory.having(series=_series_named(turn, act))

    def about(self, reply: Reply, memory: ChangeMemory) -> list[Option]:  # type: ignore[override]
        """No one test."""
        return [Option("")]

    def correct(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question | None) -> Memory | None:
        """Another series."""
        known, series = cast(DuplicatesMemory, memory), _series_named(turn, act)
        if not series or series == known.series:
            return self.not_that(turn, known) if act.repair is Repair.MORE else None
        if question is not None and question.slot == CONFIRM and not (act.swaps or act.wants_other):
            return None
        return release(turn, known).without("told", "confirm").having(series=series)

    def aside(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question) -> Step | None:
        """A number of copies, which an order here does not have."""
        if question.slot != CONFIRM or act.is_pressed or not act.names_count:
            return None
        reply = Reply(turn)
        reply.phrase("copies_unknown")
        return self._ask_to_confirm(reply, cast(DuplicatesMemory, memory))

    def beside(self, turn: TurnContext, memory: Memory, act: UserAct, about: Beside) -> Step | None:
        """Where they go, or what any change answers."""
        address = turn.person.candidate.address if turn.person is not None else None
        if about is Beside.QUESTION and act.asked.kind == QuestionKind.HOW_MANY and not act.tests:
            reply = Reply(turn)
            reply.phrase("copies_of_source")
            return reply.done()
        if about is not Beside.WHERE or address is None:
            return ChangeTask.beside(self, turn, memory, act, about)
        reply = Reply(turn)
        reply.phrase("duplicates_go_to", address=written(address))
        return reply.done()

    def spared(self, turn: TurnContext, memory: Memory, act: UserAct) -> Step | None:
        """That the series named are not ordered."""
        ordered = cast(DuplicatesMemory, memory).series
        others = [series for series in _series_named(turn, act) if ordered and series not in ordered]
        reply = Reply(turn)
        if others:
            reply.phrase("series_untouched", series=others)
        return reply.done() if others else None

    def contradicted(self, turn: TurnContext, memory: Memory, act: UserAct) -> bool:
        """Whether an answer to the preview names other series."""
        if act.is_pressed or not (act.is_bare or act.label == self.label):
            return False
        named = _series_named(turn, act)
        return bool(named) and sorted(named) != sorted(cast(DuplicatesMemory, memory).series)

    def not_that(self, turn: TurnContext, memory: ChangeMemory) -> ChangeMemory | None:
        """Not these series; None where there are no others."""
        held = _held(turn)
        if len(held) < 2 or not cast(DuplicatesMemory, memory).series:
            return None
        return release(turn, memory).without("series", "confirm")

    def allowed(self, reply: Reply, memory: ChangeMemory, option: Option) -> ChangeMemory | None:
        """What is known where these series can be ordered; told once for each choice of them."""
        known = cast(DuplicatesMemory, memory)
        subject, told = Subject(series=tuple(s for s in known.series if s != "all")), ",".join(known.series)
        if known.told == told:
            allowed = reply.turn.judge(self.rule, subject).outcome == "allowed"
        else:
            self.told_first(reply, known)
            asked_only = known.only_asked and reply.turn.judge(self.rule, subject).outcome == "allowed"
            allowed = reply.tell(self.rule, subject, closing=not asked_only).outcome == "allowed"
        return known.having(told=told) if allowed else None

    def told_first(self, reply: Reply, memory: ChangeMemory) -> bool:
        """That they are not free, where that was asked."""
        if memory.only_asked and memory.asked_of.if_free:
            reply.phrase("duplicates_not_free")
            return True
        return ChangeTask.told_first(self, reply, memory)

    def told_only(self, reply: Reply, memory: ChangeMemory, option: Option) -> Step:
        """Where they would go, where that was asked, before what any change says."""
        person = reply.turn.person
        address = person.candidate.address if person is not None else None
        if memory.asked is not None and memory.asked.kind == QuestionKind.WHERE and address is not None:
            reply.phrase("duplicates_go_to", address=written(address))
        return ChangeTask.told_only(self, reply, memory, option)

    def given_again(self, memory: ChangeMemory) -> dict[str, Any]:
        """The series that were named."""
        return {"series": cast(DuplicatesMemory, memory).series, "about": None}

    def missing(self, reply: Reply, memory: ChangeMemory, option: Option) -> ChangeMemory | Step:
        """Which series."""
        known = cast(DuplicatesMemory, memory)
        if known.series:
            return known
        held, answers = _held(reply.turn), reply.turn.services.answers
        if len(held) == 1:
            return known.having(series=held)
        choices: list[Choice] = []
        for series in held:
            said = answers.say(series)
            choices.append(Choice(id=series, title=said.web, spoken=said.voice, value=[series]))
        choices.append(choice_of(answers, "choice_all", id="all", value=list(held)))
        reply.phrase("ask_series")
        return reply.ask(known, "series", Expect.CHOICE, choices)

    def preview(self, reply: Reply, memory: ChangeMemory, option: Option) -> ChangeRequest | None:
        """The series, the fee for each and the total."""
        series = cast(DuplicatesMemory, memory).series
        decision = reply.turn.judge(self.rule, Subject(series=series))
        if decision.outcome != "allowed":
            return None
        fee, total = decision.money("fee_per_series"), decision.money("total")
        reply.phrase(DUPLICATES.preview, series=list(series), fee_per_series=fee, total=total)
        person = reply.turn.person
        address = person.candidate.address if person is not None else None
        if address is not None:
            reply.phrase("duplicates_go_to", address=written(address))
        else:
            reply.phrase("duplicates_no_address")
        return DuplicatesRequest(series, fee, address)

    def say_before(self, reply: Reply, proposal: Proposal) -> None:
        """Which of the series were ordered within the last day, and when."""
        before = proposal.before
        if before is not None:
            at = before.at.astimezone(reply.turn.zone)
            reply.phrase("duplicates_ordered_before", series=list(before.series), ordered_at=at)

    def shown_again(self, request: ChangeRequest) -> dict[str, object]:
        """The series of a request."""
        return {"series": request.series} if isinstance(request, DuplicatesRequest) else {}

    def told_of(self, shown: object) -> str:
        """Told by the series, not by a test."""
        return ",".join(cast("dict[str, tuple[str, ...]]", shown).get("series", ()))

    def say_done(self, reply: Reply, done: Done) -> None:
        """What was ordered, the total, and where it goes."""
        address = done.after.get("send_to")
        reply.phrase(
            DUPLICATES.done,
            series=list(done.after["series"]),
            total=Decimal(done.after["total"]),
            address=None if address is None else written(Address(**address)),
        )


def _held(turn: TurnContext) -> tuple[str, ...]:
    """The series that the person has certificates in."""
    return turn.judge("duplicate_certificate", Subject()).texts("series")


def _series_named(turn: TurnContext, act: UserAct) -> tuple[str, ...]:
    tests = turn.services.catalog.tests.tests
    of_tests = [tests[base(test)].series for test in act.tests if base(test) in tests]
    named = act.series or (() if of_tests or act.series_in_short is None else (act.series_in_short,))
    return tuple(dict.fromkeys([*named, *of_tests]))
