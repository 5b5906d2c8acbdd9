"""Why a decision came out so: in two sentences, and the values with their sources for the asking."""

from __future__ import annotations

from bot.dialogue.outcome import Reply, in_zone
from bot.dialogue.state import ConversationState
from bot.rules.codec import decision_from_json
from bot.rules.time import zone


def say_explained(reply: Reply, state: ConversationState, *, whole: bool = False) -> None:
    """The rule and the facts of the decision told last; `whole`: of all of them, with every value and its source."""
    turn = reply.turn
    for kept in state.decisions if whole else state.decisions[:1]:
        decision = decision_from_json(kept.decision)
        if kept.what_if is not None and kept is state.decisions[0]:
            reply.phrase("explain_whatif")
        if kept.zone is not None:
            decision = in_zone(decision, zone(kept.zone))
        reply.say(turn.services.answers.explain(decision, day=turn.today, whole=whole))
