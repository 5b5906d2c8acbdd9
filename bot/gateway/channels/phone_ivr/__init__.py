"""Callers: the telephone through text, by Twilio's webhooks or its relay, and by AudioCodes VoiceAI Connect."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from bot.contracts.calls import CallBook, LineWords, Vocabulary
from bot.gateway.channels.phone_ivr.audiocodes import setup_audiocodes
from bot.gateway.channels.phone_ivr.line import PATIENCE, PhoneLine
from bot.gateway.channels.phone_ivr.relay import PACE, setup_relay
from bot.gateway.channels.phone_ivr.twilio import setup_twilio
from bot.gateway.keys import SETTINGS

__all__ = ["CallBook", "LineWords", "Vocabulary", "phone_channel"]


def phone_channel(
    calls: CallBook,
    lines: LineWords,
    words: Vocabulary | None = None,
    *,
    patience: float = PATIENCE,
    pace: float = PACE,
) -> Callable[[web.Application], None]:
    """The doors for callers, to be given to `create_app`.

    `lines` is what the line itself says; `patience`: seconds before a caller hears a filler;
    `pace`: words a second of a voice that does not tell when it has ended.
    """

    def setup(app: web.Application) -> None:
        line = PhoneLine(app, calls, lines, words, patience=patience)
        webhooks = setup_twilio(app, line, app[SETTINGS])
        setup_relay(app, line, app[SETTINGS], webhooks, pace=pace)
        setup_audiocodes(app, line, app[SETTINGS])

    return setup
