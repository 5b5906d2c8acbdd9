"""Web addresses are not spoken: a caller is offered them by e-mail, to the address on file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.answers.answer import Answer
from bot.answers.format import Said
from bot.dialogue.outcome import Reply, SendMail, Step
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.values import MailDraft

_ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s)>\]]*[^\s.,;:!?)>\]]")
AT_MOST = 5


def addresses(answers: Iterable[Answer]) -> tuple[str, ...]:
    """The web addresses in some answers, each once, five at most."""
    return tuple(dict.fromkeys(link for answer in answers for link in _ADDRESS.findall(answer.text)))[:AT_MOST]


def send(turn: TurnContext, links: Sequence[str]) -> Step:
    """E-mail the addresses: stored with the turn, so that they go out once."""
    reply, person = Reply(turn), turn.person
    if person is None:
        reply.phrase("links_need_sign_in")
        return reply.done()
    if person.candidate.email is None:
        reply.phrase("links_no_email")
        return reply.done()
    phrase = turn.services.answers.phrase
    text = phrase("links_mail", links=Said.same("\n".join(links))).text
    subject = phrase("links_mail_subject").text
    reply.effect(SendMail(MailDraft("links", person.candidate.email, person.candidate.ase_id, subject, text)))
    reply.phrase("links_sent")
    return reply.done()
