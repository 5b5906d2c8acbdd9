"""Questions of an agent without a person present that no single person's records answer."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.console.conversation_view import agent_turn
from bot.console.errors import forbidden
from bot.dialogue.ports import Services
from bot.dialogue.tasks.subjects import base
from bot.rules.codec import decision_to_json
from bot.rules.facts import Subject
from bot.store import Store
from bot.store.console_values import Agent
from bot.store.values import AuditEvent, Json

_AT_RISK = re.compile(
    r"\b(who|which (people|candidates|technicians)|anyone|anybody|everyone|list)\b.*\b(los|laps|expir|run(s|ning)? out)"
    r".*\bmaster\b|\bmaster\b.*\b(laps|expir|los)\w*\b.*\bthis month\b.*\bwho\b",
    re.IGNORECASE,
)


def asks_for_masters(text: str) -> bool:
    """Whether a question is the one for everybody who is close to losing Master status."""
    return _AT_RISK.search(text) is not None


class Masters:
    """Who is close to losing Master status."""

    def __init__(self, store: Store, services: Services) -> None:
        self._store = store
        self._services = services

    def at_risk(self, agent: Agent, *, until: date | None = None) -> Json:
        """Everybody whose Master status lapses up to that day (default: the end of this month). For leads only."""
        if agent.role != "lead":
            raise forbidden("error_leads_only")
        today = agent_turn(self._services, agent, "", None).today
        until = until or (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        with self._store.unit_of_work(write=False) as uow:
            everybody = [person.ase_id for person in uow.records.people()]
        tests = self._services.catalog.tests.tests
        found: list[Json] = []
        for ase_id in everybody:
            turn = agent_turn(self._services, agent, "", ase_id)
            person = turn.person
            if person is None:
                continue
            for series in dict.fromkeys(tests[base(c.test)].series for c in person.candidate.certifications):
                if f"master_set.{series}" not in self._services.catalog.policy.rows:
                    continue
                decision = turn.judge("master_status", Subject(series=(series,)))
                lapse = decision.decisive.values.get("next_lapse")
                if decision.outcome != "allowed" or not isinstance(lapse, dict) or lapse["on"] > until:
                    continue
                name = person.candidate.name
                found.append(
                    {
                        "ase_id": ase_id,
                        "name": f"{name.first} {name.last}" if name else ase_id,
                        "series": series,
                        "test": lapse["test"],
                        "on": lapse["on"].isoformat(),
                        "decision": decision_to_json(decision),
                    }
                )
        found.sort(key=lambda each: (each["on"], each["ase_id"]))
        with self._store.unit_of_work() as uow:
            uow.audit.append(
                AuditEvent(
                    at=self._services.clock.now(),
                    actor_kind="agent",
                    actor_id=agent.id,
                    channel="agent",
                    action="masters.listed",
                    after={"until": until.isoformat(), "people": len(found)},
                )
            )
            uow.commit()
        return {"from": today.isoformat(), "until": until.isoformat(), "people": found}
