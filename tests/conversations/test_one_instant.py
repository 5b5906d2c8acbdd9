"""A turn goes by one instant, however long it takes: what is told is what is kept, and it comes out the same again.

The clock of these tests moves forward whenever somebody looks at it. A turn begins so that an edge (a cut-off, a
midnight) passes while it is answered, once before each look at the clock.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog
from bot.clock import Clock
from bot.contracts.conversation import Identity, Reply
from bot.conversation.service import Assistant
from bot.dialogue.ports import Services
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.values import Visitor
from bot.rules.codec import decision_to_json
from bot.rules.time import zone
from bot.store import Store
from bot.store.decision_log import keep_policy, replayed, subject_from
from bot.store.records_io import load_document
from bot.store.values import DecisionRecord
from tests.catalog.tree import Tree
from tests.conversations.harness import Talk
from tests.whole import dialogue, parser, services_on

TICK = timedelta(microseconds=50)
LOOKS = {"a question": 4, "a list of seats": 5, "a preview": 8, "a yes": 8}
"""How often a turn looks at the clock: a session's end, what waits for a yes, its instant, seats, a change, its end."""

ROW_SINCE = "2026-04-01"
PEOPLE: dict[str, Any] = {
    "now": "2026-06-01T10:00:00-05:00",
    "sites": [
        {
            "id": "HNL-01",
            "name": "Honolulu Harbor",
            "city": "Honolulu",
            "region": "HI",
            "country": "US",
            "time_zone": "Pacific/Honolulu",
        },
    ],
    "seats": [{"site": "HNL-01", "starts_at": "2026-04-20T09:00", "capacity": 9}],
    "candidates": [
        {
            "ase_id": "ASE-2000-0001",
            "name": {"first": "Ada", "last": "Cut"},
            "email": "ada@example.org",
            "time_zone": "America/New_York",
            "purchases": [
                {
                    "id": "P-1",
                    "test": "A5",
                    "purchased_on": "2026-02-01",
                    "paid_by": "candidate",
                    "appointment": {
                        "id": "AP-1",
                        "starts_at": "2026-03-20T13:00",
                        "site": "HNL-01",
                        "status": "booked",
                    },
                }
            ],
        },
        {
            "ase_id": "ASE-2000-0002",
            "name": {"first": "Bo", "last": "Window"},
            "time_zone": "America/Los_Angeles",
            "purchases": [{"id": "P-1", "test": "A5", "purchased_on": "2026-01-10", "paid_by": "candidate"}],
        },
        {
            "ase_id": "ASE-2000-0003",
            "name": {"first": "Cy", "last": "Retest"},
            "time_zone": "America/Denver",
            "purchases": [
                {
                    "id": "P-1",
                    "test": "A5",
                    "purchased_on": "2026-01-10",
                    "paid_by": "candidate",
                    "appointment": {"id": "AP-3", "starts_at": "2026-02-20T09:00", "site": "HNL-01", "status": "kept"},
                    "result": {"outcome": "fail", "taken_on": "2026-02-20", "posted_on": "2026-02-22"},
                }
            ],
        },
        {
            "ase_id": "ASE-2000-0004",
            "name": {"first": "Di", "last": "Expiry"},
            "time_zone": "America/Chicago",
            "certifications": [{"test": "A4", "certified_on": "2021-05-01"}],
        },
        {
            "ase_id": "ASE-2000-0005",
            "name": {"first": "Ed", "last": "Row"},
            "time_zone": "Pacific/Honolulu",
            "purchases": [
                {
                    "id": "P-1",
                    "test": "A5",
                    "purchased_on": "2026-01-10",
                    "paid_by": "candidate",
                    "appointment": {"id": "AP-5", "starts_at": "2026-03-16T09:00", "site": "HNL-01", "status": "kept"},
                    "result": {"outcome": "fail", "taken_on": "2026-03-16", "posted_on": "2026-03-18"},
                }
            ],
        },
    ],
}


@dataclass(frozen=True)
class Edge:
    """An instant at which an answer becomes another one. `still`: at the very instant it is not yet."""

    who: str
    line: str
    at: datetime
    before: tuple[str, str]
    after: tuple[str, str]
    """The reason of the first decision told, and the last day or instant it names (ISO)."""
    still: bool = False
    looks: int = LOOKS["a question"]


def local(text: str, where: str) -> datetime:
    """An instant by the clock of a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=zone(where)).astimezone(UTC)


MOVE, RETEST = "I need to move my appointment to another day", "I failed, how soon may I take the test again?"
EDGES = {
    "the cut-off of a change": Edge(
        "ASE-2000-0001",
        MOVE,
        local("2026-03-17T13:00", "Pacific/Honolulu"),
        ("can_reschedule", "2026-03-17"),
        ("inside_change_cutoff", "2026-03-17"),
        still=True,
        looks=LOOKS["a list of seats"],
    ),
    "the end of the last day of a test": Edge(
        "ASE-2000-0002",
        "how many days do I have left to use the test I bought?",
        local("2026-04-11T00:00", "America/Los_Angeles"),
        ("window_open", "2026-04-10"),
        ("window_expired", "2026-04-10"),
    ),
    "the day a retest opens": Edge(
        "ASE-2000-0003",
        RETEST,
        local("2026-03-23T00:00", "America/Denver"),
        ("retest_wait", "2026-03-23"),
        ("retest_open", "2026-03-23"),
    ),
    "the end of the day a certification runs out": Edge(
        "ASE-2000-0004",
        "which certifications do I hold and until when?",
        local("2026-05-02T00:00", "America/Chicago"),
        ("current", "2026-05-01"),
        ("expired", "2026-05-01"),
    ),
    "the first day of a new policy": Edge(
        "ASE-2000-0005",
        RETEST,
        local(f"{ROW_SINCE}T00:00", "Pacific/Honolulu"),
        ("retest_wait", "2026-04-16"),
        ("retest_wait", "2026-04-06"),
    ),
}
NAMES_THE_DAY = ("change_by", "opens_on", "must_test_by", "expires_on")


class Ticking:
    """A real time that moves forward by a tick whenever it is read."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, tzinfo=UTC)
        self.looks = 0

    def __call__(self) -> datetime:
        now = self.at
        self.at, self.looks = now + TICK, self.looks + 1
        return now


@dataclass
class House:
    """An assistant over a ticking clock."""

    store: Store
    services: Services
    clock: Ticking

    async def turn(self, who: str, line: str, begins: datetime, channel: str = "web") -> tuple[Talk, Reply]:
        """One turn of somebody signed in, in a conversation begun half an hour before; the clock counts its looks."""
        self.clock.at = begins - timedelta(minutes=30)
        talk = Talk(Assistant(self.store, self.services, dialogue(), parser()), self.store)
        await talk.open(channel, Identity(who))
        return talk, await self.next(talk, line, begins)

    async def next(self, talk: Talk, line: str, begins: datetime, kind: str = "text") -> Reply:
        """A further turn of that conversation."""
        self.clock.at, self.clock.looks = begins, 0
        return await talk.take(kind, line)


@pytest.fixture(scope="module")
def changed_knowledge(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """All knowledge, with a shorter wait for a retest from a later day on."""
    tree = Tree(tmp_path_factory.mktemp("knowledge"))
    row = '    - from: "2022-09-20"\n      value: 30\n      source: faq/retest\n'
    later = row.replace("2022-09-20", ROW_SINCE).replace("30", "20")
    tree.replace("policy/retest_wait.yml", row, row + later)
    return load_catalog(tree.root)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, changed_knowledge: Catalog) -> Path:
    """A migrated database with the people of these tests."""
    path = tmp_path_factory.mktemp("instant") / "template.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    clock = Clock(datetime.fromisoformat(PEOPLE["now"]))
    load_document(store, PEOPLE, clock)
    keep_policy(store, changed_knowledge, clock.now())
    store.close()
    return path


@pytest.fixture
def make_house(
    filled: Path, tmp_path: Path, changed_knowledge: Catalog, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], House]]:
    """Makes everything over a fresh copy of that database."""
    monkeypatch.setattr("tests.whole.catalog", lambda: changed_knowledge)
    stores: list[Store] = []

    def make() -> House:
        path = tmp_path / f"instant{len(stores)}.db"
        shutil.copy(filled, path)
        store, ticking = Store(f"sqlite:///{path}"), Ticking()
        stores.append(store)
        return House(store, services_on(store, Clock(real=ticking)), ticking)

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def house(make_house: Callable[[], House]) -> House:
    """One of these."""
    return make_house()


# --- what is told, kept and made again ----------------------------------------------------------------------------


def told_as_kept(house: House, talk: Talk, reply: Reply) -> tuple[datetime, list[DecisionRecord]]:
    """The one instant of a turn and its decisions, once all places have been found to say the same."""
    with house.store.unit_of_work(write=False) as uow:
        records = [r for r in uow.decisions.all() if (r.conversation_id, r.turn) == (talk.conversation_id, reply.turn)]
        messages = uow.conversations.messages_of_turn(talk.conversation_id, reply.turn)
        turn = uow.conversations.turn_by_client_message_id(talk.conversation_id, f"m{reply.turn - 1}")
        found = uow.conversations.get(talk.conversation_id)
        events = [entry.event for entry in uow.audit.entries() if entry.event.conversation_id == talk.conversation_id]
    assert turn is not None
    assert found is not None
    instants = {turn.started_at, *(m.at for m in messages), *(m.at for m in reply.messages)}
    instants |= {r.at for r in records} | {r.as_of for r in records}
    instants |= {event.at for event in events if event.action == "decision.told"}
    instants |= {datetime.fromisoformat(kept["as_of"]) for kept in found.state["decisions"]}
    assert len(messages) == len(reply.messages) >= 2
    assert len(instants) == 1, sorted(instants)
    told = [decision for message in reply.messages for decision in message.decisions]
    assert told == [r.decision for r in records] == list(turn.decisions)
    assert told == [kept["decision"] for kept in found.state["decisions"]]
    return instants.pop(), records


def made_again(house: House, record: DecisionRecord) -> Any:
    """A decision made afresh from the records as they are, as of the instant of the first one."""
    visitor = Visitor("again", "web", signed_in_as=record.ase_id)
    turn = TurnContext.begin(house.services, visitor)
    return decision_to_json(turn.judge(record.rule, subject_from(record.subject), as_of=record.as_of))


def day_named(decision: dict[str, Any]) -> tuple[str, str]:
    """The first reason of a decision, and the day that it turns on."""
    reason = decision["reasons"][0]
    named = next(name for name in NAMES_THE_DAY if name in reason["values"])
    return reason["code"], str(reason["values"][named])[:10]


@pytest.mark.parametrize("edge", EDGES)
async def test_a_turn_over_an_edge_goes_by_one_instant(edge: str, house: House) -> None:
    given = EDGES[edge]
    seen: dict[int, tuple[str, str]] = {}
    words: dict[bool, set[str]] = {False: set(), True: set()}
    starts = range(-1, given.looks + 1)
    for looks_before in starts:
        talk, reply = await house.turn(given.who, given.line, given.at - looks_before * TICK)
        assert house.clock.looks <= given.looks
        instant, records = told_as_kept(house, talk, reply)
        assert records
        assert [made_again(house, record) for record in records] == [record.decision for record in records]
        seen[(instant - given.at) // TICK] = day_named(records[0].decision)
        is_past = instant > given.at or (instant == given.at and not given.still)
        assert day_named(records[0].decision) == (given.after if is_past else given.before)
        words[is_past].add("\n".join(message.text for message in reply.messages))
    assert {-1, 0, 1} <= set(seen), "the turn did not begin just before, at and just after the edge"
    assert set(seen.values()) == {given.before, given.after}
    assert [len(texts) for texts in words.values()] == [1, 1]
    assert words[False] != words[True]
    assert list(replayed(house.store, given.who)) == [None] * len(starts)


# --- changes --------------------------------------------------------------------------------------------------------

CANCEL = "please cancel my appointment but let me keep the test"
CUT_OFF = EDGES["the cut-off of a change"]
MakeHouse = Callable[[], House]


@dataclass(frozen=True)
class Changing:
    """What a turn that shows or makes a change said and left behind."""

    codes: list[str]
    """The first reason of each decision told."""
    instants: set[datetime]
    """Of the turn, and of every decision kept with it or with the change."""
    status: str
    """Of the appointment afterwards."""
    looks: int


async def cancelling(house: House, begins: datetime, *, shown_before: bool) -> Changing:
    """The turn in which giving up an appointment is asked for and shown, or the yes to it, begun at that instant."""
    talk, reply = await house.turn(CUT_OFF.who, CANCEL, begins - timedelta(minutes=1) if shown_before else begins)
    kept_before = 0
    if shown_before:
        assert reply.state.expects == "yes_no"
        kept_before = 1
        reply = await house.next(talk, "yes", begins)
    with house.store.unit_of_work(write=False) as uow:
        records = list(uow.decisions.all())[kept_before:]
        turn = uow.conversations.turn_by_client_message_id(talk.conversation_id, f"m{reply.turn - 1}")
        person = uow.records.person(CUT_OFF.who)
    assert turn is not None
    assert person is not None
    assert list(replayed(house.store, CUT_OFF.who)) == [None] * (kept_before + len(records))
    appointment = person.candidate.purchases[0].appointment
    assert appointment is not None
    told = [decision for message in reply.messages for decision in message.decisions]
    return Changing(
        codes=[decision["reasons"][0]["code"] for decision in told],
        instants={turn.started_at} | {each for record in records for each in (record.as_of, record.at)},
        status=appointment.status.value,
        looks=house.clock.looks,
    )


def starts(kind: str) -> list[datetime]:
    """A turn of this kind begins so that the cut-off passes once before each of its looks at the clock."""
    return [CUT_OFF.at - looks * TICK for looks in range(-1, LOOKS[kind] + 1)]


async def test_a_yes_over_the_cut_off_is_done_and_kept_or_refused_and_told(make_house: MakeHouse) -> None:
    seen = set()
    for begins in starts("a yes"):
        done = await cancelling(make_house(), begins, shown_before=True)
        assert done.looks <= LOOKS["a yes"]
        kept_past = max(done.instants) > CUT_OFF.at
        assert (done.status, done.codes) == (("booked", ["inside_change_cutoff"]) if kept_past else ("cancelled", []))
        seen.add(done.status)
    assert seen == {"booked", "cancelled"}


@pytest.mark.parametrize("kind", ["a preview", "a yes"])
async def test_a_change_goes_by_the_instant_of_its_turn(kind: str, make_house: MakeHouse) -> None:
    for begins in starts(kind):
        done = await cancelling(make_house(), begins, shown_before=kind == "a yes")
        assert done.looks <= LOOKS[kind]
        assert len(done.instants) == 1
        assert len(set(done.codes)) <= 1, "one answer says both that it can be done and that it is too late"
