"""A real synthesiser and a real recogniser, both from packages that bring all they need: espeak-ng and pocketsphinx.

They are worse than what providers have, which is what they are good for here: the synthesiser tells how long a text is
listened to, the recogniser mishears in ways nobody would think of.
"""

from __future__ import annotations

import ctypes
import functools
from dataclasses import dataclass, field
from typing import Any

import espeakng_loader
import numpy as np
from pocketsphinx import Decoder

PACE = 165
"""Words a minute of an unhurried voice."""
LISTENING = 16_000
_SYNCHRONOUS, _RATE, _UTF8, _SSML = 2, 1, 1, 0x10
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


@functools.cache
def _voice() -> tuple[Any, int, bytearray, Any]:
    """The library, its sampling rate, where the sound goes, and the callback (kept, or it would be collected)."""
    library = ctypes.CDLL(str(espeakng_loader.get_library_path()))
    sound = bytearray()

    def collect(samples: Any, count: int, _events: Any) -> int:
        if samples and count:
            sound.extend(ctypes.string_at(samples, count * 2))
        return 0

    callback = _CALLBACK(collect)
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, str(espeakng_loader.get_data_path()).encode(), 0)
    assert rate > 0, "the synthesiser did not start"
    library.espeak_SetSynthCallback(callback)
    assert library.espeak_SetVoiceByName(b"en-us") == 0
    library.espeak_SetParameter(_RATE, PACE, 0)
    return library, rate, sound, callback


def spoken(text: str, *, ssml: bool = False) -> np.ndarray[Any, Any]:
    """Sound at the recogniser's rate."""
    library, rate, sound, _ = _voice()
    sound.clear()
    given = text.encode()
    flags = _UTF8 | (_SSML if ssml else 0)
    done = library.espeak_Synth(ctypes.c_char_p(given), ctypes.c_size_t(len(given) + 1), 0, 1, 0, flags, None, None)
    assert done == 0
    samples = np.frombuffer(bytes(sound), dtype=np.int16).astype(float)
    places = np.arange(int(len(samples) * LISTENING / rate)) * rate / LISTENING
    return np.interp(places, np.arange(len(samples)), samples)


def seconds(text: str, *, ssml: bool = False) -> float:
    """How long it takes to say."""
    return len(spoken(text, ssml=ssml)) / LISTENING


@dataclass
class Recogniser:
    """Hears one utterance after the other; the same ones in the same order always alike."""

    decoder: Any = field(default_factory=lambda: Decoder(samprate=LISTENING, loglevel="FATAL"))

    def hears(self, text: str, noise: float = 0.0) -> tuple[str, float]:
        """What is understood of a spoken text with so much hiss on the line (0 to 1), and how sure that is."""
        sound = spoken(text)
        hiss = np.random.default_rng(7).normal(0.0, 8_000.0 * noise, len(sound))
        samples = np.clip(sound + hiss, -32_768, 32_767).astype(np.int16).tobytes()
        self.decoder.start_utt()
        self.decoder.process_raw(samples, full_utt=True)
        self.decoder.end_utt()
        found = self.decoder.hyp()
        return (found.hypstr, min(1.0, float(self.decoder.get_prob()))) if found is not None else ("", 0.0)
