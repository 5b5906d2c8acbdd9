"""How one test stands on an account, in a few lines: bought, booked, taken, certified."""

from __future__ import annotations

from bot.dialogue.outcome import Reply
from bot.dialogue.tasks.records import sat_unrecorded, say_appointment, say_nothing_recorded, waits_for_experience
from bot.dialogue.tasks.subjects import Option, base, booked, certified, matching, taken, unsat
from bot.dialogue.values import Person


def tell_standing(reply: Reply, person: Person, test: str) -> None:
    """Each thing the records hold of a test, one line each; or that they hold nothing."""
    turn = reply.turn
    today = turn.today
    before = len(reply.said)
    unrecorded = {each.key for each in sat_unrecorded(person, turn.now, today)}
    for option in matching(unsat(person, today), test):
        if option.key in unrecorded:
            say_nothing_recorded(reply, person, option)
            continue
        with reply.as_line():
            reply.tell("purchase_window", option.subject, brief=True)
            if option in booked(person, today):
                say_appointment(reply, person, option, "summary_appointment")
            else:
                reply.phrase("window_not_booked")
    for option in matching(taken(person, today), test)[:1]:
        _tell_taken(reply, option)
    held = [option for option in certified(person, today) if option.test == base(test)]
    for option in held:
        if not waits_for_experience(reply, option):
            reply.tell("certification_status", option.subject, brief=True)
    if len(reply.said) == before:
        reply.phrase("nothing_of_this_test", test=test)


def _tell_taken(reply: Reply, option: Option) -> None:
    reply.tell("results_availability", option.subject, brief=True)
    result = option.purchase.result if option.purchase else None
    outcome = None if result is None else result.outcome.value
    if outcome == "fail":
        reply.tell("retest", option.subject, brief=True)
    elif outcome == "no_show":
        reply.tell("repurchase_after_no_show", option.subject, brief=True)
