"""Demo data: people on every side of every rule, counted from the clock so that it never goes stale.

The same instant gives the same people. Names, addresses and telephone numbers are made up; e-mail goes to
example.org, which nobody reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.demo.days import Days, Json, held, review

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.store import Store

_SITES = (
    ("CHI-01", "Chicago North", "Chicago", "IL", "US", "America/Chicago", "60614"),
    ("CHI-02", "Chicago South", "Chicago", "IL", "US", "America/Chicago", "60620"),
    ("NYC-01", "New York Midtown", "New York", "NY", "US", "America/New_York", "10018"),
    ("LAX-01", "Los Angeles West", "Los Angeles", "CA", "US", "America/Los_Angeles", "90025"),
    ("HOU-01", "Houston Galleria", "Houston", "TX", "US", "America/Chicago", "77056"),
    ("DEN-01", "Denver Downtown", "Denver", "CO", "US", "America/Denver", "80202"),
    ("PHX-01", "Phoenix Central", "Phoenix", "AZ", "US", "America/Phoenix", "85012"),
    ("ATL-01", "Atlanta Midtown", "Atlanta", "GA", "US", "America/New_York", "30308"),
    ("SEA-01", "Seattle Northgate", "Seattle", "WA", "US", "America/Los_Angeles", "98125"),
    ("ANC-01", "Anchorage", "Anchorage", "AK", "US", "America/Anchorage", "99503"),
    ("HNL-01", "Honolulu", "Honolulu", "HI", "US", "Pacific/Honolulu", "96813"),
    ("SJU-01", "San Juan", "San Juan", "PR", "US", "America/Puerto_Rico", "00907"),
    ("YYZ-01", "Toronto Downtown", "Toronto", "ON", "CA", "America/Toronto", "M5H 2N2"),
)
_PLACES = {site[0]: site for site in _SITES}

AUTOMOBILE = ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8")
TRUCK = ("T2", "T3", "T4", "T5", "T6", "T7", "T8")


@dataclass(frozen=True, slots=True)
class _Who:
    first: str
    last: str
    site: str
    about: str
    records: Callable[[Days], Json]


def _approved(d: Days) -> Json:
    return {"work_experience": review("approved", d.ago(400), d.ago(380))}


_WHO = (
    _Who("Dana", "Reyes", "CHI-01", "Brakes booked in three weeks; A6 bought and not booked yet.", lambda d: {
        **_approved(d),
        "purchases": [d.booked(1, "A5", 20, d.slot(21)), d.bought(2, "A6", 12)],
        "certifications": held(d.years_ago(2), "A1")}),
    _Who("Marcus", "Webb", "NYC-01", "Appointment the day after tomorrow: too late to change it.", lambda d: {
        "purchases": [d.booked(1, "A4", 30, d.slot(2))]}),
    _Who("Priya", "Natarajan", "LAX-01", "The last half hour in which the appointment can be changed.", lambda d: {
        "purchases": [d.booked(1, "A8", 25, d.cutoff_slot(3))]}),
    _Who("Tom", "Okafor", "HOU-01", "Today is the last day of the purchase window; nothing is booked.", lambda d: {
        "purchases": [d.bought(1, "A2", 90)]}),
    _Who("Elena", "Petrova", "ATL-01", "The purchase window ended yesterday.", lambda d: {
        "purchases": [d.bought(1, "A3", 91)]}),
    _Who("Luis", "Ortega", "SJU-01", "The appointment was yesterday and nothing is recorded yet.", lambda d: {
        "purchases": [d.booked(1, "A5", 40, d.slot(-1))]}),
    _Who("Grace", "Kim", "SEA-01", "Sat the test yesterday; the results are on their way.", lambda d: {
        "purchases": [d.booked(1, "A6", 33, d.slot(-1), status="kept")]}),
    _Who("Ahmed", "Hassan", "DEN-01", "Sat the test six days ago and still has no results online.", lambda d: {
        "purchases": [d.sat(1, "A1", "pass", 6, posted=None)]}),
    _Who("Nora", "Lindqvist", "CHI-02", "Missed the test three days ago; that is not posted yet.", lambda d: {
        "purchases": [d.booked(1, "A7", 28, d.slot(-3), status="no_show")]}),
    _Who("Ben", "Carter", "PHX-01", "Missed the test, posted: may buy it again, with both fees.", lambda d: {
        "purchases": [d.sat(1, "A7", "no_show", 9, posted=5)]}),
    _Who("Sofia", "Rossi", "NYC-01", "Failed yesterday, posted today: the wait has just begun.", lambda d: {
        "purchases": [d.sat(1, "A8", "fail", 1, posted=0)]}),
    _Who("Jamal", "Brooks", "ATL-01", "Failed 29 days ago.", lambda d: {
        "purchases": [d.sat(1, "A6", "fail", 29, posted=27)]}),
    _Who("Hannah", "Weiss", "CHI-01", "Failed 30 days ago: today is the last day of waiting.", lambda d: {
        "purchases": [d.sat(1, "A6", "fail", 30, posted=28)]}),
    _Who("Diego", "Fernandez", "LAX-01", "Failed 31 days ago: may buy the test again from today.", lambda d: {
        "purchases": [d.sat(1, "A6", "fail", 31, posted=29)]}),
    _Who("Mei", "Chen", "SEA-01", "Failed, waited and bought the test again.", lambda d: {
        "purchases": [d.sat(1, "A3", "fail", 40, posted=38), d.bought(2, "A3", 2)]}),
    _Who("Olivia", "Grant", "DEN-01", "Passed, but has not sent in any work experience.", lambda d: {
        "purchases": [d.sat(1, "A5", "pass", 10, posted=8)],
        "certifications": held(d.ago(10), "A5")}),
    _Who("Samuel", "Adeyemi", "HOU-01", "Passed; the work experience is being reviewed.", lambda d: {
        "work_experience": review("in_review", d.ago(7)),
        "purchases": [d.sat(1, "A5", "pass", 10, posted=8)],
        "certifications": held(d.ago(10), "A5")}),
    _Who("Ruth", "Goldberg", "NYC-01", "Passed; the work experience form was returned.", lambda d: {
        "work_experience": review("returned", d.ago(20), d.ago(6)),
        "purchases": [d.sat(1, "A1", "pass", 25, posted=23)],
        "certifications": held(d.ago(25), "A1")}),
    _Who("Victor", "Dumont", "YYZ-01", "In Toronto; passed ten days ago, the certificate is on its way.", lambda d: {
        **_approved(d),
        "purchases": [d.sat(1, "A4", "pass", 10, posted=8)],
        "certifications": held(d.ago(10), "A4")}),
    _Who("Karen", "Whitehorse", "ANC-01", "Passed six weeks ago, then moved; no certificate has come.", lambda d: {
        **_approved(d),
        "address_changed_on": d.ago(12),
        "purchases": [d.sat(1, "A8", "pass", 42, posted=40)],
        "certifications": held(d.ago(42), "A8")}),
    _Who("Isaac", "Moore", "CHI-01", "Automobile Master: A1 to A8 current.", lambda d: {
        **_approved(d),
        "certifications": held(d.years_ago(3), *AUTOMOBILE[:4]) + held(d.years_ago(1), *AUTOMOBILE[4:])}),
    _Who("Linda", "Novak", "DEN-01", "Was automobile Master until A5 expired.", lambda d: {
        **_approved(d),
        "certifications": held(d.years_ago(2), "A1", "A2", "A3", "A4", "A6", "A7", "A8")
        + held(d.years_ago(5, -30), "A5")}),
    _Who("Pete", "Sorensen", "SEA-01", "Truck Master; may take L2 and has bought it.", lambda d: {
        **_approved(d),
        "purchases": [d.bought(1, "L2", 5)],
        "certifications": held(d.years_ago(2), *TRUCK)}),
    _Who("Wanda", "Jefferson", "ATL-01", "One test short of truck Master: T8 was never taken.", lambda d: {
        **_approved(d),
        "certifications": held(d.years_ago(4), *TRUCK[:-1])}),
    _Who("Roy", "Castillo", "HOU-01", "Truck Master lapsed with T4.", lambda d: {
        **_approved(d),
        "certifications": held(d.years_ago(1), "T2", "T3", "T5", "T6", "T7", "T8")
        + held(d.years_ago(6), "T4")}),
    _Who("Amy", "Tanaka", "HNL-01", "In Honolulu; A8 is current, so L1 is open to her, and booked.", lambda d: {
        **_approved(d),
        "purchases": [d.booked(1, "L1", 14, d.slot(15, "13:00"))],
        "certifications": held(d.years_ago(2), "A8")}),
    _Who("Frank", "DeLuca", "NYC-01", "Wants X1 and has A4 without A5.", lambda d: {
        **_approved(d),
        "certifications": held(d.years_ago(3), "A4")}),
    _Who("Keisha", "Brown", "CHI-02", "A request for accommodation is being reviewed.", lambda d: {
        "accommodation": review("in_review", d.ago(9)),
        "purchases": [d.bought(1, "A2", 30), d.booked(2, "A1", 30, d.slot(18))]}),
    _Who("Jonas", "Meyer", "PHX-01", "A request for accommodation was denied.", lambda d: {
        "accommodation": review("denied", d.ago(30), d.ago(8)),
        "purchases": [d.bought(1, "A7", 35)]}),
    _Who("Teresa", "Nguyen", "LAX-01", "Accommodation approved; G1 booked next week.", lambda d: {
        "accommodation": review("approved", d.ago(50), d.ago(35)),
        "purchases": [d.booked(1, "G1", 30, d.slot(8))]}),
    _Who("Carl", "Brandt", "DEN-01", "The employer paid: no refund through him.", lambda d: {
        "purchases": [d.bought(1, "A7", 15, paid_by="other"), d.booked(2, "A5", 15, d.slot(25), paid_by="other")]}),
    _Who("Yusuf", "Demir", "CHI-01", "Four tests bought, two appointments at two test centres.", lambda d: {
        "purchases": [
            d.booked(1, "A1", 22, d.slot(10)),
            d.booked(2, "A4", 22, d.slot(24, "13:00"), site="CHI-02"),
            d.booked(3, "A5", 22, d.slot(6), status="cancelled"),
            d.bought(4, "A8", 3)]}),
    _Who("Rachel", "Cohen", "ATL-01", "A1 expires in 100 days, C1 last month; A1R is booked.", lambda d: {
        **_approved(d),
        "purchases": [d.booked(1, "A1R", 10, d.slot(30)), d.bought(2, "C1R", 10)],
        "certifications": held(d.years_ago(5, 100), "A1") + held(d.years_ago(5, -30), "C1")
        + held(d.years_ago(1), "B2", "P2")}),
    _Who("Ines", "Alvarez", "SJU-01", "New: an account and nothing else.", lambda d: {}),
    _Who("Gus", "Papadakis", "CHI-02", "Cancelled one test; failed A4 once and passed it since.", lambda d: {
        **_approved(d),
        "purchases": [
            d.sat(1, "A4", "fail", 120, posted=118),
            d.sat(2, "A4", "pass", 60, posted=58),
            d.bought(3, "A2", 50, cancelled_on=d.ago(20))],
        "certifications": held(d.ago(60), "A4")}),
    _Who("Walt", "Briggs", "PHX-01", "Booked for a day after the purchase window ended.", lambda d: {
        "purchases": [d.booked(1, "A6", 95, d.slot(6))]}),
    _Who("Joan", "Park", "YYZ-01", "A5 expires today, X1 is open to her; no e-mail on file.", lambda d: {
        **_approved(d),
        "email": None,
        "time_zone": None,
        "purchases": [d.bought(1, "X1", 4)],
        "certifications": held(d.years_ago(5), "A5") + held(d.years_ago(2), "A4")}),
)  # fmt: skip

DEMO_PEOPLE: Mapping[str, str] = {f"ASE-1000-{number:04d}": who.about for number, who in enumerate(_WHO, start=1)}
"""One sentence on each demo person, by ASE ID, for whoever picks one."""


def demo_records(now: datetime) -> Json:
    """A records file, as plain data, that makes sense at the aware instant `now`."""
    if now.tzinfo is None:
        raise ValueError("the demo needs an instant with a zone")
    return {
        "now": now.isoformat(),
        "candidates": [_candidate(number, who, now) for number, who in enumerate(_WHO, start=1)],
        "sites": [
            dict(zip(("id", "name", "city", "region", "country", "time_zone"), site, strict=False)) for site in _SITES
        ],
        "seats": [seat for number, site in enumerate(_SITES) for seat in _seats(number, site, now)],
    }


def load_demo(store: Store, clock: Clock, *, only_if_empty: bool = False) -> bool:
    """Put the demo people, test centres and seats into the store; False if left alone because somebody is there."""
    from bot.records.codec import parse_records
    from bot.store.records_io import known_tests, put_records

    records = parse_records(demo_records(clock.now()), known_tests(), as_of=clock.now())
    with store.unit_of_work() as unit:
        if only_if_empty and unit.records.count() > 0:
            return False
        put_records(unit, records)
        unit.commit()
    return True


def _candidate(number: int, who: _Who, now: datetime) -> Json:
    _, _, city, region, country, zone, postal_code = _PLACES[who.site]
    return {
        "ase_id": f"ASE-1000-{number:04d}",
        "name": {"first": who.first, "last": who.last},
        "email": f"{who.first.lower()}@example.org",
        "phone": f"+1312555{100 + number:04d}",
        "time_zone": zone,
        "address": {
            "line1": f"{number} Main St",
            "city": city,
            "region": region,
            "postal_code": postal_code,
            "country": country,
        },
        "address_changed_on": None,
        "work_experience": review("not_submitted"),
        "accommodation": review("none"),
        "purchases": [],
        "certifications": [],
        **who.records(Days.at(now, zone, who.site, number)),
    }


def _seats(number: int, site: tuple[str, ...], now: datetime) -> list[Json]:
    """Free slots of one site over the next 90 days, none on Sundays; about one row in four is full."""
    days = Days.at(now, site[5], site[0], 0)
    seats: list[dict[str, Any]] = []
    for ahead in range(1, 91):
        if (ahead + number) % 3 or (days.today + timedelta(days=ahead)).isoweekday() == 7:
            continue
        time = ("09:00", "13:00", "15:30")[(ahead // 3 + number) % 3]
        seats.append({"site": site[0], "starts_at": days.slot(ahead, time), "capacity": (ahead * 5 + number) % 4})
    return seats
