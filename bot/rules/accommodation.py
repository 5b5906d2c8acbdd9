"""Whether somebody with an accommodation request may register or book."""

from __future__ import annotations

from bot.rules.decision import Decision, Value
from bot.rules.facts import AccommodationStatus
from bot.rules.policy import TIME_ZONE
from bot.rules.question import About, Question, rule

CODES = {
    AccommodationStatus.NONE: "no_request",
    AccommodationStatus.IN_REVIEW: "accommodation_pending",
    AccommodationStatus.APPROVED: "accommodation_approved",
    AccommodationStatus.DENIED: "accommodation_denied",
}


@rule("accommodation", About.NOTHING, TIME_ZONE)
def accommodation(question: Question) -> Decision:
    """Refused while a request is in review; a denied one needs a person to judge what is possible."""
    request = question.case.candidate.accommodation
    values: dict[str, Value] = {"submitted_on": request.submitted_on, "decided_on": request.decided_on}
    return question.decision(question.reason(CODES[request.status], values))


def is_pending(question: Question) -> bool:
    """Whether a request waits for its decision."""
    return question.case.candidate.accommodation.status is AccommodationStatus.IN_REVIEW
