"""Web addresses are not spoken: a caller is offered them by e-mail, to the address on file."""

from __future__ import annotations

import re

from bot.answers.format import Said
from bot.dialogue.turn_context import Desk, Letter

_ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s)>\]]*[^\s.,;:!?)>\]]")
_WANTED = re.compile(
    r"\b(e-?mail (me|it|that|this|them|the)\b"
    r"|(mail|send) me (it|that|this|them|the (link|links|address|page|web ?page|web ?site|form))\b"
    r"|(mail|send) (it|that|this|them|the (link|links|address|page|form)) (to me|by e-?mail|in an e-?mail)\b)"
)
AT_MOST = 5


def keep(desk: Desk) -> None:
    """Remember the addresses of what has just been said to a caller, and offer them where nothing is being asked."""
    if desk.visitor.channel != "phone" or desk.handoff is not None:
        return
    found = list(dict.fromkeys(link for said in desk.said for link in _ADDRESS.findall(said.text)))[:AT_MOST]
    if not found:
        return
    desk.state.links = found
    question = desk.state.question
    if question is None or question.soft:
        desk.phrase("offer_links")


def wanted(desk: Desk) -> bool:
    """Whether a caller asks for the addresses of an answer."""
    return bool(desk.state.links) and _WANTED.search(desk.heard.text.lower()) is not None


def send(desk: Desk) -> None:
    """E-mail the addresses: stored with the turn, so that they go out once."""
    person = desk.person
    if person is None:
        desk.phrase("links_need_sign_in")
        return
    if person.candidate.email is None:
        desk.phrase("links_no_email")
        return
    phrase = desk.services.answers.phrase
    text = phrase("links_mail", links=Said.same("\n".join(desk.state.links))).text
    subject = phrase("links_mail_subject").text
    desk.letters.append(Letter("links", person.candidate.email, person.candidate.ase_id, subject, text))
    desk.state.links = []
    desk.phrase("links_sent")
