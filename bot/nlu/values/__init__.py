"""Values in a message: test codes, series, dates, times, ASE IDs; and answers to prompts.

The readers keep the person's own words and offsets, and need neither Rasa nor a trained model.
"""

from __future__ import annotations

from bot.nlu.values.answers import read_choice, read_yes_no
from bot.nlu.values.dates import read_dates
from bot.nlu.values.identifiers import read_ase_id, read_code, read_digits
from bot.nlu.values.read import read_series, read_test_codes, read_values
from bot.nlu.values.times import read_times
from bot.nlu.values.vocabulary import Vocabulary
from bot.nlu.values.words import Value

__all__ = [
    "Value",
    "Vocabulary",
    "read_ase_id",
    "read_choice",
    "read_code",
    "read_dates",
    "read_digits",
    "read_series",
    "read_test_codes",
    "read_times",
    "read_values",
    "read_yes_no",
]
