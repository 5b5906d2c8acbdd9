"""What stands beside a conversation: what was asked and decided, the person's dates, and what may be done now.

Nothing is worked out here: every date and every yes or no comes from a decision of the rules, with the policy row that
sets it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bot.answers.answers import Answers
from bot.changes.kinds import ADDRESS, DUPLICATES
from bot.console.exceptions import OPEN, exceptions_json
from bot.console.on_behalf import ABOUT_ADDRESS, OF_ONE_TEST, SERIES
from bot.dialogue.engine import Dialogue
from bot.dialogue.outcome import in_zone
from bot.dialogue.ports import Services
from bot.dialogue.state import read_state
from bot.dialogue.tasks.rule_topic import test_choice
from bot.dialogue.tasks.subjects import Option, base, certified, each_purchase, unsat
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.values import Person, Visitor
from bot.rules.case import CaseError
from bot.rules.codec import decision_from_json, decision_to_json
from bot.rules.decision import Decision, Reason
from bot.rules.facts import Subject
from bot.rules.state import PurchaseState, state_of
from bot.rules.time import zone
from bot.store import Store
from bot.store.console_values import Agent, LiftedRule
from bot.store.values import Confirmation, Conversation, Json, StoredMessage

DATES = (
    "purchased_on",
    "must_test_by",
    "change_by",
    "starts_at",
    "taken_on",
    "missed_on",
    "failed_on",
    "passed_on",
    "posted_on",
    "online_by",
    "opens_on",
    "expected_on",
    "certified_on",
    "expires_on",
    "due_from",
    "submitted_on",
    "approved_on",
)
"""The dates of a decision that are shown; the phrases `date_…` say what they are called."""
SET_BY = {
    "must_test_by": ("purchase_window.",),
    "change_by": ("change_cutoff.",),
    "opens_on": ("retest_wait.",),
    "online_by": ("online_results.",),
    "expected_on": ("certificate_estimate.",),
    "expires_on": ("validity.",),
    "due_from": ("recert_courtesy.",),
}
"""Which policy values set which date; the others are facts."""


def agent_turn(services: Services, agent: Agent, conversation_id: str, person: str | None) -> TurnContext:
    """A turn for looking and judging on behalf of an agent; nothing said in it is told to anybody."""
    visitor = Visitor(
        conversation_id,
        "agent",
        agent=agent.id,
        role="lead" if agent.role == "lead" else "agent",
        about=person,
    )
    return TurnContext.begin(services, visitor)


class ConversationView:
    """Builds the view beside a conversation."""

    def __init__(self, store: Store, services: Services, dialogue: Dialogue) -> None:
        self._store = store
        self._services = services
        self._dialogue = dialogue

    def view(self, agent: Agent, conversation: Conversation) -> Json:
        """Everything an agent should see at once, as JSON."""
        with self._store.unit_of_work(write=False) as uow:
            messages = uow.conversations.messages_after(conversation.id)
            handoffs = uow.handoffs.of(conversation.id)
            assignments = uow.console.assignments(conversation.id)
            names = {other.id: other.display_name for other in uow.agents.all()}
            waiting = (
                uow.confirmations.pending(conversation.person, now=self._services.clock.real())
                if conversation.person
                else None
            )
            lifted = uow.exceptions.of(conversation.person) if conversation.person else ()
        turn = agent_turn(self._services, agent, conversation.id, conversation.person)
        view: Json = {
            "summary": self._summary(turn, conversation, messages),
            "stretches": [
                {
                    "agent": names.get(s.agent_id, s.agent_id),
                    "started_at": s.started_at.isoformat(),
                    "ended_at": s.ended_at.isoformat() if s.ended_at else None,
                    "how": s.ended_how,
                    "outcome": s.outcome,
                    "note": s.note,
                    "to": names.get(s.passed_to or "", s.passed_to),
                }
                for s in assignments
            ],
            "requests": [{"reason": h.reason, "at": h.requested_at.isoformat(), "status": h.status} for h in handoffs],
        }
        view["person"] = self._records(turn, waiting, lifted, names)
        return view

    def person(self, agent: Agent, ase_id: str) -> Json | None:
        """The records of a person without any conversation; None where there is nobody of that ID."""
        with self._store.unit_of_work(write=False) as uow:
            names = {other.id: other.display_name for other in uow.agents.all()}
            waiting = uow.confirmations.pending(ase_id, now=self._services.clock.real())
            lifted = uow.exceptions.of(ase_id)
        return self._records(agent_turn(self._services, agent, "", ase_id), waiting, lifted, names)

    def _records(
        self, turn: TurnContext, waiting: Confirmation | None, lifted: Iterable[LiftedRule], names: Mapping[str, str]
    ) -> Json | None:
        person = turn.person
        if person is None:
            return None
        known, now = list(lifted), self._services.clock.real()
        shown = self._person(turn, person)
        for act in shown["actions"]:
            holds = [each for each in known if each.state_at(now) in OPEN and each.state != "pending"]
            of = [e for e in holds if (e.rule, f"{e.test}/{e.purchase_id}") == (act["decision"]["rule"], act["about"])]
            act["exception"] = {"id": of[-1].id, "state": of[-1].state} if of else None
        return shown | {
            "waiting": (
                {"kind": waiting.task, "id": waiting.id, "expires_at": waiting.expires_at.isoformat()}
                if waiting
                else None
            ),
            "exceptions": exceptions_json(known, names, now),
        }

    # --- what was said --------------------------------------------------------------------------------

    def _summary(self, turn: TurnContext, conversation: Conversation, messages: Iterable[StoredMessage]) -> Json:
        topics = self._services.catalog.topics
        state = read_state(conversation.state, self._dialogue.memories)
        asked: list[Json] = []
        decided: dict[str, Json] = {}
        for message in messages:
            label = (message.payload.get("intent") or {}).get("name", "") if message.author == "candidate" else ""
            if label.startswith(("account/", "faq/")) and label in topics:
                asked.append({"seq": message.seq, "topic": topics[label].title, "text": message.text[:200]})
            for told in message.payload.get("decisions") or ():
                subject = told["subject"].get("test") or told["subject"].get("series") or ""
                values = told["reasons"][0]["values"]
                which = told["subject"].get("appointment_id") or values.get("purchased_on") or ""
                decided[f"{told['rule']} {subject} {which}"] = self._why(turn, told) | {"seq": message.seq}
        task = state.task
        return {
            "asked": asked[-6:],
            "decided": list(decided.values())[-6:],
            "task": self._dialogue.title(turn, task).web if task else None,
            "step": task.question.slot if task is not None and task.question is not None else None,
        }

    def _why(self, turn: TurnContext, told: Json) -> Json:
        decision = _local(decision_from_json(told), turn)
        return {
            "rule": told["rule"],
            "outcome": told["outcome"],
            "subject": told["subject"],
            "text": self._services.answers.brief(decision, day=turn.today).text,
            "why": self._services.answers.explain(decision, day=turn.today).text,
        }

    # --- the person -----------------------------------------------------------------------------------

    def _person(self, turn: TurnContext, person: Person) -> Json:
        candidate = person.candidate
        address = candidate.address
        return {
            "ase_id": candidate.ase_id,
            "name": f"{candidate.name.first} {candidate.name.last}" if candidate.name else candidate.ase_id,
            "email": candidate.email,
            "phone": candidate.phone,
            "time_zone": candidate.time_zone,
            "address": ", ".join(
                part for part in (address.line1, address.city, f"{address.region} {address.postal_code}") if part
            )
            if address
            else None,
            "experience": candidate.work_experience.status.value.replace("_", " "),
            "accommodation": candidate.accommodation.status.value.replace("_", " "),
            "tests": [self._test(turn, person, option) for option in each_purchase(person, turn.today)],
            "certifications": [
                self._told(turn, "certification_status", o.subject, test=o.test) for o in certified(person, turn.today)
            ],
            "master": self._master(turn, person),
            "actions": self.actions(turn),
            "own": self.own(turn),
        }

    def _test(self, turn: TurnContext, person: Person, option: Option) -> Json:
        purchase = option.purchase
        state = state_of(purchase) if purchase else PurchaseState.OPEN
        rules = {
            PurchaseState.OPEN: ("purchase_window",),
            PurchaseState.BOOKED: ("purchase_window", "reschedule"),
            PurchaseState.TAKEN: ("results_availability", "retest", "certificate_delivery"),
            PurchaseState.MISSED: ("repurchase_after_no_show", "retest"),
        }.get(state, ())
        dates: dict[tuple[str, str], dict[str, Any]] = {}
        for rule in rules:
            decision = _judge(turn, rule, option.subject)
            if decision is None or (rule == "certificate_delivery" and decision.decisive.code == "not_passed"):
                continue
            for reason in decision.reasons:
                for entry in _dates(reason, decision.rule, turn.today, self._services.answers):
                    dates.setdefault((entry["name"], entry["on"][:10]), entry)
        return {
            "test": option.test,
            "title": self._services.answers.say(option.test, "test", day=turn.today).web,
            "purchase_id": purchase.id if purchase else None,
            "which": self._which(turn, option, each_purchase(person, turn.today)),
            "state": state.value,
            "dates": sorted(dates.values(), key=lambda entry: entry["on"][:10]),
        }

    def _which(self, turn: TurnContext, option: Option, among: Sequence[Option]) -> str | None:
        """Which purchase of a test it is, where there are several: bought when, good until when, booked for when."""
        if sum(other.test == option.test for other in among) < 2:
            return None
        title: str = test_choice(turn, option, among).title
        test = self._services.answers.say(option.test, "test", day=turn.today).web
        return title.removeprefix(test).lstrip(", ")

    def _master(self, turn: TurnContext, person: Person) -> list[Json]:
        tests, policy = self._services.catalog.tests.tests, self._services.catalog.policy
        series = dict.fromkeys(tests[base(c.test)].series for c in person.candidate.certifications)
        found = []
        for name in series:
            if f"master_set.{name}" not in policy.rows:
                continue
            told = self._told(turn, "master_status", Subject(series=(name,)))
            lapse = told["values"].get("next_lapse")
            found.append(told | {"series": name, "next_lapse": lapse})
        return found

    def _told(self, turn: TurnContext, rule: str, subject: Subject, **more: Any) -> Json:
        decision = turn.judge(rule, subject)
        shown: Json = decision_to_json(decision)
        return {
            "rule": rule,
            "outcome": shown["outcome"],
            "values": shown["reasons"][0]["values"],
            "code": shown["reasons"][0]["code"],
            "text": self._services.answers.brief(decision, day=turn.today).text,
            "policy": shown["reasons"][0]["policy"],
            **more,
        }

    # --- what may be done -------------------------------------------------------------------------------

    def actions(self, turn: TurnContext) -> list[Json]:
        """For each open purchase what the rules allow, and of what they refuse why and from when."""
        person = turn.person
        if person is None:
            return []
        found: list[Json] = []
        for option in unsat(person, turn.today):
            booked = option.purchase is not None and state_of(option.purchase) is PurchaseState.BOOKED
            for kind in OF_ONE_TEST:
                if kind.needs_booking is not None and kind.needs_booking is not booked:
                    continue
                decision = _judge(turn, kind.rule, option.subject)
                if decision is None:
                    continue
                shown: Json = decision_to_json(decision)
                answer = self._services.answers.brief(decision, day=turn.today)
                found.append(
                    {
                        "action": kind.name,
                        "title": self._services.answers.said(kind.title).web,
                        "test": option.test,
                        "about": option.key,
                        "which": self._which(turn, option, unsat(person, turn.today)),
                        "needs_seat": kind.needs_seat,
                        "outcome": shown["outcome"],
                        "code": shown["reasons"][0]["code"],
                        "text": answer.text,
                        "opens_at": shown.get("opens_at"),
                        "closes_at": shown.get("closes_at"),
                        "policy": [row for reason in shown["reasons"] for row in reason["policy"]],
                        "decision": shown,
                    }
                )
        return found

    def own(self, turn: TurnContext) -> list[Json]:
        """What may be done that is about no single test: duplicates by series, and the address."""
        every = _judge(turn, "duplicate_certificate", Subject())
        if every is None:
            return []
        held = list(every.texts("series"))
        wanted = [(one, _judge(turn, "duplicate_certificate", Subject(series=(one,)))) for one in held]
        if len(held) != 1:
            wanted.append(("all", every))
        answers = self._services.answers
        found: list[Json] = []
        for series, decision in wanted:
            if decision is None:
                continue
            shown: Json = decision_to_json(decision)
            name = answers.said("action_all_series") if series == "all" else answers.say(series)
            named = {"series": name} if held else {}
            found.append(
                {
                    "action": DUPLICATES.name,
                    "title": answers.said(DUPLICATES.title, **named).web,
                    "about": f"{SERIES}{series}",
                    "outcome": shown["outcome"],
                    "code": shown["reasons"][0]["code"],
                    "text": self._services.answers.brief(decision, day=turn.today).text,
                    "fee": shown.get("fee"),
                    "policy": [row for reason in shown["reasons"] for row in reason["policy"]],
                    "decision": shown,
                }
            )
        title = answers.said(ADDRESS.title).web
        found.append({"action": ADDRESS.name, "title": title, "about": ABOUT_ADDRESS, "outcome": "allowed"})
        return found


def _judge(turn: TurnContext, rule: str, subject: Subject) -> Decision | None:
    try:
        return turn.judge(rule, subject)
    except CaseError:
        return None


def _local(decision: Decision, turn: TurnContext) -> Decision:
    """A stored decision with its instants in the person's zone."""
    return in_zone(decision, zone(turn.zone.key))


def _dates(reason: Reason, rule: str, today: date, answers: Answers) -> Iterable[Json]:
    for name, value in reason.values.items():
        if name not in DATES or not isinstance(value, date | datetime):
            continue
        rows = [row for row in reason.policy if row.id.startswith(SET_BY.get(name, ("-",)))]
        on = value.isoformat()
        day = value.date() if isinstance(value, datetime) else value
        yield {
            "name": name,
            "title": answers.said(f"date_{name}").web,
            "on": on,
            "past": day < today,
            "deadline": name in SET_BY,
            "rule": rule,
            "policy": [
                {"id": row.id, "value": str(row.value), "from": row.since.isoformat(), "source": row.source}
                for row in rows
            ],
        }
