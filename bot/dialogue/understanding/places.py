"""Places as people name them: sites, cities and their short names, regions, and cities where there is no center."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.dialogue.regions import REGIONS
from bot.rules.facts import Site

HOME = "home"
"""The place of somebody who wants to stay near home."""
ANY = "any"

_SHORT = {
    "l.a.": "los angeles", "la": "los angeles", "nyc": "new york", "n.y.c.": "new york", "new york city": "new york",
    "manhattan": "new york", "philly": "philadelphia", "vegas": "las vegas", "frisco": "san francisco",
    "d.c.": "washington", "dc": "washington", "chi-town": "chicago", "chitown": "chicago", "chi": "chicago",
    "st. louis": "st louis", "saint louis": "st louis", "st. paul": "st paul", "saint paul": "st paul",
    "ft worth": "fort worth", "ft. worth": "fort worth", "slc": "salt lake city", "atl": "atlanta", "phx": "phoenix",
}  # fmt: skip
_AFTER_A_PREPOSITION = {"la", "dc", "chi", "atl"}
"""Short names that are words of their own too: only after "in", "to", "try" and the like."""

_CITIES = """
    albany, albuquerque, allentown, amarillo, anaheim, ann arbor, arlington, asheville, austin, bakersfield,
    baltimore, baton rouge, billings, birmingham, bismarck, boise, boston, boulder, bridgeport, brooklyn,
    buffalo, burlington, calgary, cedar rapids, charleston, charlotte, chattanooga, cheyenne, cincinnati,
    cleveland, colorado springs, columbia, columbus, corpus christi, dallas, davenport, dayton, daytona beach,
    denver, des moines, detroit, duluth, durham, edmonton, el paso, erie, eugene, evansville, fairbanks, fargo,
    flagstaff, flint, fort collins, fort lauderdale, fort myers, fort wayne, fort worth, fresno, grand rapids,
    green bay, greensboro, greenville, halifax, harrisburg, hartford, houston, huntsville, indianapolis,
    jackson, jacksonville, jersey city, kansas city, knoxville, lansing, laredo, las vegas, lexington, lincoln,
    little rock, london, long beach, los angeles, louisville, lubbock, macon, madison, manchester, memphis,
    mesa, miami, milwaukee, minneapolis, mobile, modesto, montgomery, montreal, nashville, new haven, new
    orleans, new york, newark, norfolk, oakland, oklahoma city, omaha, orlando, ottawa, pensacola, peoria,
    philadelphia, phoenix, pittsburgh, portland, providence, provo, queens, raleigh, rapid city, reading, reno,
    richmond, riverside, rochester, rockford, sacramento, salem, salt lake city, san antonio, san bernardino,
    san diego, san francisco, san jose, santa fe, savannah, scranton, shreveport, sioux falls, south bend,
    spokane, springfield, st louis, st paul, stockton, syracuse, tacoma, tallahassee, tampa, toledo, topeka,
    toronto, tucson, tulsa, vancouver, virginia beach, waco, washington, wichita, wilmington, winnipeg,
    worcester, yuma
"""
"""Larger cities, so that a place without a center can be told from any other word."""

_CITY = re.compile(rf"\b({'|'.join(re.escape(city) for city in ' '.join(_CITIES.split()).split(', '))})\b")
_HOMELY = re.compile(
    r"\b(?:(?:closest|nearest|close|near|nearby|next|closer|nearer|around)(?: to)? "
    r"(?:home|me|my (?:house|home|place)|here|where i live|us)"
    r"|nearby|close by|in my (?:area|town|city)|(?:the )?(?:closest|nearest) (?:one|place|site|center|centre|"
    r"location)"
    r"|(?:at|near|around) home|local(?:ly)?|back home)\b"
)
_ANYWHERE = re.compile(
    r"\b(?:anywhere|everywhere|wherever|any(?: \w+)? (?:place|site|center|centre|location|city|state)"
    r"|(?:doesn'?t|does not|don'?t|do not) (?:matter|care) where)\b"
)
_SITE_WORDS = r"(?: ?side| one| ones| location| center| centre| site| seat| branch)"
_DIRECTIONS = {"north", "south", "east", "west", "central", "downtown", "midtown"}
_BEFORE_PLACE = re.compile(
    r"(?:^|\b(?:in|at|to|near|around|try|for|have|about|not|from|go|over|instead of|and|or|,))\s*$"
)


@dataclass(frozen=True, slots=True)
class PlaceSaid:
    """A place named at [start, end): a site id, "city:…", "region:…", "word:…", "home" or "any"; or none we have."""

    place: str | None
    start: int
    end: int
    unknown: str | None = None


def places_in(text: str, sites: Mapping[str, Site]) -> list[PlaceSaid]:
    """Every place named in words that are in lower case, in order; the longest where several begin together."""
    found = [*_ours(text, sites), *_shortened(text, sites), *_elsewhere(text, sites), *_by_words(text, sites)]
    found += [PlaceSaid(HOME, *match.span()) for match in _HOMELY.finditer(text)]
    found += [PlaceSaid(ANY, *match.span()) for match in _ANYWHERE.finditer(text)]
    kept: list[PlaceSaid] = []
    for said in sorted(found, key=lambda each: (each.start, -each.end)):
        if all(said.start >= other.end for other in kept):
            kept.append(said)
    return kept


def at_place(site: Site, place: str) -> bool:
    """Whether a site is the one named (its id), or in a `city:` or `region:`; every site is at `any`."""
    kind, _, name = place.partition(":")
    if kind in {ANY, HOME}:
        return True
    if kind == "city":
        return site.city.lower() == name.lower()
    if kind == "region":
        return site.region.lower() == name.lower()
    if kind == "word":
        return name in site.name.lower().replace(site.city.lower(), "").split()
    return site.id == place


def _ours(text: str, sites: Mapping[str, Site]) -> Iterator[PlaceSaid]:
    """Sites, their cities and their regions."""
    for site in sites.values():
        for name, place in ((site.name, site.id), (site.id, site.id), (site.city, f"city:{site.city}")):
            if name.lower() == site.city.lower() and place == site.id:
                continue
            for match in re.finditer(rf"\b{re.escape(name.lower())}\b", text):
                yield PlaceSaid(place, *match.span())
        region = REGIONS.get(site.region, site.region).lower()
        for match in re.finditer(rf"\b{re.escape(region)}\b", text):
            if region != site.city.lower():
                yield PlaceSaid(f"region:{site.region}", *match.span())


def _shortened(text: str, sites: Mapping[str, Site]) -> Iterator[PlaceSaid]:
    cities = {site.city.lower(): site.city for site in sites.values()}
    for short, city in _SHORT.items():
        for match in re.finditer(rf"(?<![\w.]){re.escape(short)}(?![\w'])", text):
            if short in _AFTER_A_PREPOSITION and not _BEFORE_PLACE.search(text[: match.start()]):
                continue
            ours = cities.get(city)
            yield PlaceSaid(f"city:{ours}" if ours else None, *match.span(), None if ours else city.title())


def _elsewhere(text: str, sites: Mapping[str, Site]) -> Iterator[PlaceSaid]:
    """Cities and regions in which there is no center."""
    cities = {site.city.lower() for site in sites.values()}
    for match in _CITY.finditer(text):
        if match[1] not in cities and _BEFORE_PLACE.search(text[: match.start()]):
            yield PlaceSaid(None, *match.span(), match[1].title())
    ours = {site.region for site in sites.values()}
    for code, name in REGIONS.items():
        if code not in ours:
            for match in re.finditer(rf"\b{re.escape(name.lower())}\b", text):
                if _BEFORE_PLACE.search(text[: match.start()]) and name.lower() not in cities:
                    yield PlaceSaid(None, *match.span(), name)


def _by_words(text: str, sites: Mapping[str, Site]) -> Iterator[PlaceSaid]:
    """A word that tells one site of a city from another: "the north side", "the galleria one"."""
    words = {
        word
        for site in sites.values()
        for word in re.findall(r"[a-z]{4,}", site.name.lower().replace(site.city.lower(), ""))
    }
    for word in words:
        suffix = _SITE_WORDS + ("" if word in _DIRECTIONS else "?")
        for match in re.finditer(rf"\b{word}(?:{suffix})\b|(?<=\bat )(?:the )?{word}\b", text):
            yield PlaceSaid(f"word:{word}", *match.span())


class Abroad(StrEnum):
    """Where a place lies that is not in one of the states."""

    CANADA = "canada"
    TERRITORY = "territory"
    BASE = "base"
    """A military base overseas."""
    COUNTRY = "country"


_ABROAD: tuple[tuple[Abroad, str], ...] = (
    (
        Abroad.BASE,
        """ramstein, kadena, yokosuka, yokota, misawa, iwakuni, sasebo, atsugi, camp zama, camp humphreys,
        humphreys, osan,
        kunsan, camp casey, grafenwoehr, grafenwohr, baumholder, vilseck, spangdahlem, landstuhl, kaiserslautern,
        wiesbaden, stuttgart army, hohenfels, aviano, vicenza, sigonella, incirlik, lakenheath, mildenhall, rota,
        guantanamo, gitmo, diego garcia, camp foster, camp hansen, camp butler, bagram, al udeid, camp arifjan""",
    ),
    (
        Abroad.TERRITORY,
        """puerto rico, guam, saipan, american samoa, virgin islands, usvi, northern mariana islands,
        northern marianas,
        san juan, ponce, bayamon, mayaguez, st thomas, st. thomas, saint thomas, st croix, st. croix, saint croix,
        hagatna, pago pago, tinian, u.s. territories, us territories""",
    ),
    (
        Abroad.CANADA,
        """canada, ontario, quebec, alberta, british columbia, manitoba, saskatchewan, nova scotia, new brunswick,
        newfoundland, prince edward island, yukon, northwest territories, nunavut, toronto, montreal, calgary,
        edmonton,
        ottawa, winnipeg, vancouver, halifax, hamilton ontario, windsor ontario, mississauga, brampton, saskatoon,
        regina, kitchener, sudbury, thunder bay, moncton, fredericton, kelowna, kamloops, red deer, lethbridge, laval,
        gatineau, quebec city, st catharines, niagara falls ontario, sarnia, oshawa, whitehorse, yellowknife,
        medicine hat, barrie""",
    ),
    (
        Abroad.COUNTRY,
        """mexico, tijuana, juarez, ciudad juarez, monterrey, guadalajara, mexicali, nuevo laredo, matamoros,
        reynosa, cancun,
        mexico city, nogales sonora, england, the uk, uk, united kingdom, scotland, ireland, germany, france,
        italy, spain,
        poland, japan, tokyo, okinawa, korea, south korea, seoul, china, india, pakistan, philippines,
        the philippines,
        manila, australia, new zealand, brazil, colombia, jamaica, dominican republic, haiti, cuba, honduras,
        guatemala,
        el salvador, nicaragua, costa rica, panama, venezuela, peru, argentina, chile, nigeria, ghana, kenya, egypt,
        south africa, saudi arabia, dubai, qatar, kuwait, bahrain, israel, turkey, ukraine, russia, iraq, afghanistan,
        vietnam, thailand, singapore, trinidad, bahamas, bermuda, europe, asia, africa, south america,
        central america""",
    ),
)
_ABROAD_NAMED = tuple(
    (kind, re.compile(rf"\b(?:{'|'.join(re.escape(name) for name in ' '.join(names.split()).split(', '))})\b"))
    for kind, names in _ABROAD
)
_HERE = re.compile(
    r"\bnew mexico\b|\bontario,? (?:ca\b|calif\w*|oregon)|\bvancouver,? wa(?:shington)?\b|\bpanama city(?: beach)?\b|"
    r"\bparis,? (?:texas|tx)\b|\btest(?:ed|ing)? for\b.*\bturkey\b"
)
"""Places of these names in the states."""


def abroad(text: str) -> Abroad | None:
    """Where a place named in words in lower case lies, if it is in none of the states; None where none is named.

    >>> abroad("what about tijuana").value
    'country'
    """
    text = _HERE.sub(" ", text.replace("á", "a").replace("é", "e").replace("ú", "u").replace("ó", "o"))
    return next((kind for kind, pattern in _ABROAD_NAMED if pattern.search(text)), None)
