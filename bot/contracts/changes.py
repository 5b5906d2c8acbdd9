"""Changes to one person's records, as everybody asks for them: typed requests, what comes of them, and the service.

A request is kept as JSON while it waits for the yes. `version` says in which form; a form that this code does not
know raises `UnreadableRequest` and is never guessed at. All starts are local at the site, all days are the candidate's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Protocol, TypeVar

from bot.contracts.person import Person
from bot.rules.decision import Decision
from bot.rules.facts import Address, Site, Subject

Json = dict[str, Any]
Slot = tuple[str, datetime]
"""A site and a local start there."""
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)
Value = TypeVar("Value")


class UnreadableRequest(ValueError):
    """A kept request is of an unknown kind or version, or a field is missing or malformed; the message says which."""


class Operations(Protocol[Result_co]):
    """What the store can do, one operation a kind of request: each once, in one transaction."""

    def book(self, request: BookRequest) -> Result_co: ...

    def reschedule(self, request: RescheduleRequest) -> Result_co: ...

    def cancel_appointment(self, request: CancelAppointmentRequest) -> Result_co: ...

    def cancel_test(self, request: CancelTestRequest) -> Result_co: ...

    def order_duplicates(self, request: DuplicatesRequest) -> Result_co: ...

    def change_address(self, request: AddressRequest) -> Result_co: ...


class ChangeRequest(ABC):
    """One change that somebody wants, complete and checked for its form."""

    __slots__ = ()
    version: ClassVar[int] = 1
    """Of the form in JSON; raised with every change of the fields."""

    @property
    def slot(self) -> Slot | None:
        """The seat that is wanted; None where none is."""
        return None

    @property
    def subject(self) -> Subject | None:
        """What the rule is asked about; None where no rule can forbid it."""
        return None

    def outdated(self, decision: Decision) -> str | None:
        """The reason code where the rule allows it, but on other terms than were shown."""
        return None

    @abstractmethod
    def execute(self, operations: Operations[Result]) -> Result:
        """Have it done by the operation of the store that is meant for it."""

    @abstractmethod
    def to_json(self) -> Json:
        """Plain data with the version."""

    @classmethod
    @abstractmethod
    def from_json(cls, kept: Mapping[str, Any]) -> ChangeRequest:
        """The request behind its plain data. Raises UnreadableRequest."""


@dataclass(frozen=True, slots=True)
class PurchaseRequest(ChangeRequest, ABC):
    """A change of one bought test."""

    test: str
    purchase_id: str


@dataclass(frozen=True, slots=True)
class BookRequest(PurchaseRequest):
    """Book an appointment for a bought test."""

    site: str
    starts_at: datetime

    @property
    def slot(self) -> Slot:
        return self.site, self.starts_at

    @property
    def subject(self) -> Subject:
        return Subject(test=self.test, purchase_id=self.purchase_id, site=self.site, starts_at=self.starts_at)

    def execute(self, operations: Operations[Result]) -> Result:
        return operations.book(self)

    def to_json(self) -> Json:
        return _purchase(self) | {"site": self.site, "starts_at": self.starts_at.isoformat()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> BookRequest:
        read = _Fields(cls, kept)
        return cls(read.text("test"), read.text("purchase_id"), read.text("site"), read.start("starts_at"))


@dataclass(frozen=True, slots=True)
class RescheduleRequest(PurchaseRequest):
    """Move an appointment from the slot it was shown in (`was`) to another."""

    appointment_id: str
    was: Slot
    site: str
    starts_at: datetime

    @property
    def slot(self) -> Slot:
        return self.site, self.starts_at

    @property
    def subject(self) -> Subject:
        return Subject(test=self.test, appointment_id=self.appointment_id, site=self.site, starts_at=self.starts_at)

    def execute(self, operations: Operations[Result]) -> Result:
        return operations.reschedule(self)

    def to_json(self) -> Json:
        return _purchase(self) | {
            "appointment_id": self.appointment_id,
            "was": _slot_json(self.was),
            "site": self.site,
            "starts_at": self.starts_at.isoformat(),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> RescheduleRequest:
        read = _Fields(cls, kept)
        return cls(
            read.text("test"),
            read.text("purchase_id"),
            read.text("appointment_id"),
            read.slot("was"),
            read.text("site"),
            read.start("starts_at"),
        )


@dataclass(frozen=True, slots=True)
class CancelAppointmentRequest(PurchaseRequest):
    """Give up an appointment that is where it was shown (`was`), and keep the test."""

    appointment_id: str
    was: Slot

    @property
    def subject(self) -> Subject:
        return Subject(test=self.test, appointment_id=self.appointment_id)

    def execute(self, operations: Operations[Result]) -> Result:
        return operations.cancel_appointment(self)

    def to_json(self) -> Json:
        return _purchase(self) | {"appointment_id": self.appointment_id, "was": _slot_json(self.was)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> CancelAppointmentRequest:
        read = _Fields(cls, kept)
        return cls(read.text("test"), read.text("purchase_id"), read.text("appointment_id"), read.slot("was"))


@dataclass(frozen=True, slots=True)
class CancelTestRequest(PurchaseRequest):
    """Cancel a bought test, and with it the appointment it was shown with (`was`; None: there was none)."""

    was: Slot | None
    on: date

    @property
    def subject(self) -> Subject:
        return Subject(test=self.test, purchase_id=self.purchase_id)

    def execute(self, operations: Operations[Result]) -> Result:
        return operations.cancel_test(self)

    def to_json(self) -> Json:
        was = None if self.was is None else _slot_json(self.was)
        return _purchase(self) | {"was": was, "on": self.on.isoformat()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> CancelTestRequest:
        read = _Fields(cls, kept)
        return cls(read.text("test"), read.text("purchase_id"), read.optional("was", read.slot), read.day("on"))


@dataclass(frozen=True, slots=True)
class DuplicatesRequest(ChangeRequest):
    """Order duplicates of the certificates in some series, at the fee (US dollars for each series) and to the address
    (`send_to`; None: there was none) that were shown."""

    version: ClassVar[int] = 2

    series: tuple[str, ...]
    fee_per_series: Decimal
    send_to: Address | None

    @property
    def subject(self) -> Subject:
        return Subject(series=self.series)

    def outdated(self, decision: Decision) -> str | None:
        return None if decision.decisive.values["fee_per_series"] == self.fee_per_series else "price_changed"

    def execute(self, operations: Operations[Result]) -> Result:
        return operations.order_duplicates(self)

    def to_json(self) -> Json:
        return {
            "version": self.version,
            "series": list(self.series),
            "fee_per_series": str(self.fee_per_series),
            "send_to": None if self.send_to is None else asdict(self.send_to),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> DuplicatesRequest:
        read = _Fields(cls, kept)
        return cls(read.texts("series"), read.money("fee_per_series"), read.optional("send_to", read.address))


@dataclass(frozen=True, slots=True)
class AddressRequest(ChangeRequest):
    """Change the address that was shown (`was`; None: there was none)."""

    address: Address
    was: Address | None
    on: date

    def execute(self, operations: Operations[Result]) -> Result:
        return operations.change_address(self)

    def to_json(self) -> Json:
        was = None if self.was is None else asdict(self.was)
        return {"version": self.version, "address": asdict(self.address), "was": was, "on": self.on.isoformat()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> AddressRequest:
        read = _Fields(cls, kept)
        return cls(read.address("address"), read.optional("was", read.address), read.day("on"))


# --- what comes of a request ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DoneBefore:
    """An equal order that this person gave shortly before: when, and what both orders have in common."""

    at: datetime
    series: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change shown to a person, waiting for a yes until `until` (real time); the seat it needs is held until
    `held_until`, where it was held just now. `before`: the equal order given within the last day, if there is one;
    `exception`: the id of the one that it stands on."""

    id: str
    kind: str
    request: ChangeRequest
    until: datetime
    conversation_id: str
    held_until: datetime | None = None
    before: DoneBefore | None = None
    exception: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """It is not even proposed: a reason code, and what the rule says, where it was the rule."""

    code: str
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a change. `refused` is a reason code; `decision` what the rule now says, if it was the rule.

    `repeated`: it had been done before under this confirmation and nothing was done twice. `calendar`: an iCalendar
    file with the appointment that is booked now. `exception`: the id of the one that it used up. Of the refusals,
    `not_done` says that the database was away and nothing was changed, `not_known` that it went away in the very act.
    `person`: the records as they are now, where they were read on the way.
    """

    kind: str
    key: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    refused: str | None = None
    decision: Decision | None = None
    repeated: bool = False
    calendar: str | None = None
    person: Person | None = None
    exception: str | None = None


@dataclass(frozen=True, slots=True)
class ExceptionGrant:
    """A refusal that a lead has lifted, once and until `until`, for one purchase of one person: this rule, for these
    reasons, and nothing else."""

    id: str
    ase_id: str
    rule: str
    codes: frozenset[str]
    purchase_id: str
    until: datetime

    def covers(self, ase_id: str, decision: Decision, purchase_id: str | None) -> bool:
        """Whether it is this refusal that was lifted. A reason that has come on top is not."""
        return (
            decision.outcome != "allowed"
            and (ase_id, decision.rule, purchase_id) == (self.ase_id, self.rule, self.purchase_id)
            and {reason.code for reason in decision.reasons} <= self.codes
        )


class Requester(Protocol):
    """Who asks, and where: a person in a conversation, or an agent for them."""

    @property
    def conversation_id(self) -> str: ...

    @property
    def channel(self) -> str: ...

    @property
    def agent(self) -> str | None:
        """The agent's id; None where the person asks."""
        ...

    @property
    def is_agent(self) -> bool: ...


class Changes(Protocol):
    """Changes to one person's records, each exactly once; the same for a chat, for the console and for an API.

    `as_of`: the instant that the rules are asked as of and the change is dated by; None for now.
    """

    def propose(
        self,
        visitor: Requester,
        ase_id: str,
        request: ChangeRequest,
        *,
        exception: str | None = None,
        as_of: datetime | None = None,
    ) -> Proposal | Refusal:
        """A confirmation that waits for a yes, replacing the one before it, with the seat it needs held meanwhile; a
        refusal where the rule forbids it or the seat is gone.

        `exception` is the id of one that was granted: it lifts the refusal that it covers, while it holds.
        """
        ...

    def exception_for(self, ase_id: str, decision: Decision, purchase_id: str | None) -> ExceptionGrant | None:
        """The exception that holds now and lifts this very refusal."""
        ...

    def pending(self, ase_id: str) -> Proposal | None:
        """What waits for this person's yes, wherever it was asked."""
        ...

    def decline(self, proposal_id: str) -> bool:
        """A no: the confirmation is worth nothing any more, its seat is free again. False after a yes."""
        ...

    def confirm(
        self,
        visitor: Requester,
        ase_id: str,
        proposal_id: str,
        *,
        waiting: Proposal | None = None,
        sites: Mapping[str, Site] | None = None,
        as_of: datetime | None = None,
    ) -> Done:
        """Do what was shown, if the rule still allows it; the same proposal again gives the same answer.

        `waiting` and `sites`, where they have been read already, save a transaction; whether it still waits is seen
        again inside the one that makes the change.

        The exception that it was proposed under is used up with the change, unless the rule allows it by itself now.
        """
        ...

    def undo(
        self, visitor: Requester, ase_id: str, change_key: str, request_id: str, *, as_of: datetime | None = None
    ) -> Done:
        """Put a change back, if the rule allows it and the old seat is still free."""
        ...


# --- plain data -------------------------------------------------------------------------------------------


def _purchase(request: PurchaseRequest) -> Json:
    return {"version": request.version, "test": request.test, "purchase_id": request.purchase_id}


def _slot_json(slot: Slot) -> list[str]:
    return [slot[0], slot[1].isoformat()]


class _Fields:
    """The fields of a kept request, each checked. Requests kept before there were versions have the fields of 1."""

    def __init__(self, of: type[ChangeRequest], kept: Mapping[str, Any]) -> None:
        self._of = of.__name__
        self._kept = kept
        version = kept.get("version", 1)
        if version != of.version:
            raise UnreadableRequest(f"{self._of}: version {version!r} is not known, only {of.version}")

    def text(self, name: str) -> str:
        return self._checked(name, str, bool)

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(self._checked(name, list, lambda found: bool(found) and all(isinstance(t, str) for t in found)))

    def start(self, name: str) -> datetime:
        return self._start(name, self.text(name))

    def day(self, name: str) -> date:
        text = self.text(name)
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self._wrong(name) from None

    def money(self, name: str) -> Decimal:
        try:
            return Decimal(self.text(name))
        except InvalidOperation:
            raise self._wrong(name) from None

    def slot(self, name: str) -> Slot:
        found = self._checked(name, list, lambda each: len(each) == 2)
        return str(found[0]), self._start(name, found[1])

    def address(self, name: str) -> Address:
        found = self._checked(name, dict, lambda parts: all(isinstance(part, str | None) for part in parts.values()))
        try:
            return Address(**found)
        except TypeError:
            raise self._wrong(name) from None

    def optional(self, name: str, read: Callable[[str], Value]) -> Value | None:
        """None where the field says so; a missing field is none."""
        return None if self._present(name) is None else read(name)

    def _present(self, name: str) -> Any:
        if name not in self._kept:
            raise UnreadableRequest(f"{self._of}: {name} is missing")
        return self._kept[name]

    def _checked(self, name: str, kind: type[Value], fits: Callable[[Value], bool]) -> Value:
        found = self._present(name)
        if not isinstance(found, kind) or not fits(found):
            raise self._wrong(name)
        return found

    def _start(self, name: str, text: str) -> datetime:
        try:
            return datetime.fromisoformat(text)
        except (TypeError, ValueError):
            raise self._wrong(name) from None

    def _wrong(self, name: str) -> UnreadableRequest:
        return UnreadableRequest(f"{self._of}: {name} is malformed")
