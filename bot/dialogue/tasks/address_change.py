"""Change an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from bot.answers.format import Said
from bot.answers.words import unformatted
from bot.changes.kinds import ADDRESS
from bot.contracts.changes import AddressRequest, ChangeRequest, Done, Proposal
from bot.dialogue.general import say_general
from bot.dialogue.memories import AddressMemory, ChangeMemory
from bot.dialogue.outcome import Reply, Step
from bot.dialogue.state import Expect, Memory, Question
from bot.dialogue.tasks.change_task import ChangeTask, release
from bot.dialogue.tasks.step_up import aside, stepped_up
from bot.dialogue.tasks.subjects import Option, taken
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.address import PARTS, as_written, country_of, lies_in, parts_in, without_unit
from bot.dialogue.understanding.answers import CONFIRM
from bot.dialogue.understanding.beside import Beside
from bot.dialogue.understanding.repairs import Repair
from bot.dialogue.understanding.user_act import UserAct
from bot.rules.facts import Address

WRONG_BEFORE_PERSON = 3


@dataclass(frozen=True, slots=True)
class ChangeAddress(ChangeTask):
    """A new address, part by part, checked, after a fresh code; with the notice to ASE while a certificate is on its
    way."""

    @property
    def memory(self) -> type[AddressMemory]:
        """The parts of the address, beside the rest."""
        return AddressMemory

    def start(self, turn: TurnContext, act: UserAct) -> AddressMemory:
        """The address, or the street, where the words name it."""
        memory, said = cast(AddressMemory, ChangeTask.start(self, turn, act)), act.address
        if said.whole:
            return memory.having(**said.whole)
        return memory if said.street is None else memory.having(line1=said.street)

    def about(self, reply: Reply, memory: ChangeMemory) -> list[Option]:  # type: ignore[override]
        """No test."""
        return [Option("")]

    def correct(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question | None) -> Memory | None:
        """The whole address, or one part, said again."""
        known, said = cast(AddressMemory, memory), act.address
        parts = dict(said.whole) or (dict([said.part]) if said.part is not None else {})
        if not parts and said.unit is not None and known.line1 is not None:
            parts = {"line1": f"{without_unit(known.line1)} {said.unit}"}
        if parts:
            return release(turn, known).without("confirm").having(**parts)
        if question is not None and question.slot == CONFIRM and act.mends_address:
            return self.not_that(turn, known)  # something of it is wrong: nothing is saved before it has been said anew
        return self.not_that(turn, known) if act.repair is Repair.MORE else None

    def not_that(self, turn: TurnContext, memory: ChangeMemory) -> ChangeMemory | None:
        """Another address than the one previewed."""
        if cast(AddressMemory, memory).line1 is None:
            return None
        return release(turn, memory).without("confirm", "asked_for_address", *PARTS)

    def wishes(self, turn: TurnContext, act: UserAct, question: Question) -> bool:
        """Whether the words give the address, or a part of it by its name."""
        return bool(act.address.whole) or act.address.part is not None

    def contradicted(self, turn: TurnContext, memory: Memory, act: UserAct) -> bool:
        """Whether an answer to the preview names another address, or another part of it."""
        return not (act.is_pressed or act.puts_instead) and act.mends_address

    def allowed(self, reply: Reply, memory: ChangeMemory, option: Option) -> ChangeMemory | None:
        """No rule forbids it."""
        return memory

    def told_only(self, reply: Reply, memory: ChangeMemory, option: Option) -> Step:
        """What is published on it, before that it can be done on request."""
        say_general(reply, self.label, memory.asked)
        return ChangeTask.told_only(self, reply, memory, option)

    def given_again(self, memory: ChangeMemory) -> dict[str, Any]:
        """The parts that were named."""
        return {"about": None} | {part: getattr(memory, part) for part in PARTS}

    def aside(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question) -> Step | None:
        """A part said before put right, "don't do it yet", or something about the code."""
        known = cast(AddressMemory, memory)
        if act.is_pressed or question.slot == CONFIRM:
            return None
        if (act.refuses or act.not_yet) and not act.address.whole and act.address.part is None:
            reply = Reply(turn)
            reply.effect(*self.put_off(turn, known))
            reply.phrase("confirm_declined")
            return reply.done()
        mended = self._put_right(known, act, question)
        if mended is not None:
            reply = Reply(turn)
            unit = act.address.unit
            reply.phrase("address_unit_added" if unit else "corrected", **({"unit": Said.same(unit)} if unit else {}))
            return reply.then(self.advance(turn, mended))
        return aside(Reply(turn), known, act, question)

    @staticmethod
    def _put_right(known: AddressMemory, act: UserAct, question: Question) -> AddressMemory | None:
        """The address with a part that was given before said anew, or with the apartment that belongs to its street."""
        said = act.address
        if said.unit is not None and known.line1 is not None and question.slot != "line1":
            return known.having(line1=f"{without_unit(known.line1)} {said.unit}")
        if said.whole and question.slot == "code":
            return known.having(**said.whole)
        if said.part is None or said.part[0] == question.slot or getattr(known, said.part[0]) is None:
            return None
        return known.having(**dict([said.part]))

    def beside(self, turn: TurnContext, memory: Memory, act: UserAct, about: Beside) -> Step | None:
        """How the address stands, where that is asked; else what any change answers."""
        known = cast(AddressMemory, memory)
        parts = {part: str(getattr(known, part)) for part in PARTS if getattr(known, part)}
        if parts and act.asks_of_address(parts.values()):
            reply = Reply(turn)
            reply.phrase("address_so_far", address=so_far(parts))
            return reply.done()
        return ChangeTask.beside(self, turn, memory, act, about)

    def proven(self, reply: Reply, memory: ChangeMemory) -> ChangeMemory | Step:
        """One more one-time code, as an address can be used to take over an account."""
        return cast("ChangeMemory | Step", stepped_up(reply, cast(AddressMemory, memory)))

    def missing(self, reply: Reply, memory: ChangeMemory, option: Option) -> ChangeMemory | Step:
        """The first part that is not known, or cannot be."""
        known, wrong = _checked(cast(AddressMemory, memory))
        answers = reply.turn.services.answers
        for part in wrong:
            reply.phrase("address_part_wrong", part=answers.said(f"part_{part}"))
            reply.phrase(f"address_{part}_form")
            if known.wrong % WRONG_BEFORE_PERSON == 0:
                question = Question(slot=part, expects=Expect.FREE)
                offered = {"reason": "not_understood", "offered": True, "soft": True}
                return reply.first("human_agent", known, question=question, **offered)
        for part in PARTS:
            if getattr(known, part) is None:
                if part == "line1" and not known.asked_for_address:
                    reply.phrase("ask_address")
                else:
                    reply.phrase("ask_address_part", part=answers.said(f"part_{part}"))
                figures = part == "postal_code" and reply.turn.channel == "phone"
                expects = Expect.DIGITS if figures else Expect.FREE
                return reply.ask(known.having(asked_for_address=True), part, expects)
        return known

    def preview(self, reply: Reply, memory: ChangeMemory, option: Option) -> ChangeRequest | None:
        """The address there would be, and the one there is."""
        person, known = reply.turn.person, cast(AddressMemory, memory)
        if person is None:
            return None
        line1, city, region, postal_code = (str(getattr(known, part)) for part in PARTS)
        country = country_of(postal_code) or "US"
        new, old = Address(line1, city, region, postal_code, country), person.candidate.address
        same = old == new
        reply.phrase(ADDRESS.preview, address=written(new), old_address=written(old) if old and not same else None)
        return AddressRequest(new, old, reply.turn.today)

    def say_before(self, reply: Reply, proposal: Proposal) -> None:
        """When the very same address was given within the last day; or that it's the one on file."""
        if proposal.before is not None:
            reply.phrase("address_given_before", changed_at=proposal.before.at.astimezone(reply.turn.zone))
        elif isinstance(proposal.request, AddressRequest) and proposal.request.address == proposal.request.was:
            reply.phrase("address_no_change")

    def shown_again(self, request: ChangeRequest) -> dict[str, object]:
        """The parts of the address of a request."""
        return {part: getattr(request.address, part) for part in PARTS} if isinstance(request, AddressRequest) else {}

    def say_done(self, reply: Reply, done: Done) -> None:
        """The address as it is now; and that ASE has to be told where a certificate is on its way."""
        turn = reply.turn
        reply.phrase(ADDRESS.done, address=written(Address(**done.after["address"])))
        if turn.person is None:
            return
        for option in taken(turn.person, turn.today):
            decision = turn.judge("certificate_delivery", option.subject)
            if any(reason.code == "address_changed_after_test" for reason in decision.reasons):
                reply.phrase("address_notice_ase", test=option.test)
                return


def _checked(memory: AddressMemory) -> tuple[AddressMemory, list[str]]:
    """The address with each part as it is written; and the parts that cannot be, which are taken out."""
    known = memory
    for part in ("line1", "city", "region"):
        known = known.having(**parts_in(getattr(known, part) or ""))  # the street with all that was said after it
    street, city = known.line1 or "", known.city or ""
    if city and street.lower().endswith(f" {city.lower()}"):
        known = known.having(line1=street[: -len(city)].strip(" ,"))
    wrong: list[str] = []
    for part in PARTS:
        said = (getattr(known, part) or "").strip()
        if not said:
            continue
        value = as_written(part, said)
        if value is None:
            wrong.append(part)
            known = known.having(wrong=known.wrong + 1)
        known = known.having(**{part: value})
    if known.region and known.postal_code and not lies_in(known.region, known.postal_code):
        wrong.append("postal_code")
        known = known.having(postal_code=None, wrong=known.wrong + 1)
    return known, wrong


def so_far(parts: Mapping[str, str]) -> Said:
    """As much of an address as is known."""
    end = " ".join(parts[part] for part in ("region", "postal_code") if part in parts)
    return _in_one_line((parts.get("line1"), parts.get("city"), end))


def written(address: Address) -> Said:
    """An address in one line; spoken, its digits one by one."""
    return _in_one_line((address.line1, address.line2, address.city, f"{address.region} {address.postal_code}"))


def _in_one_line(parts: Iterable[str | None]) -> Said:
    line = unformatted(", ".join(part for part in parts if part))
    digits = "".join(f" {_DIGITS[int(each)]} " if each.isdecimal() else each for each in line)
    return Said(line, " ".join(digits.split()).replace(" ,", ","))


_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
