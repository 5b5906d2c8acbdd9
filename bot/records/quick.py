"""One candidate read without looking for the names of faults, for many of them in a row.

Whatever is out of the ordinary makes the whole reading give up with None; the careful reading in the codec then
finds out whether and what is wrong. Both give the same facts, which a test holds them to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from bot.records.mail import PLAIN
from bot.records.shape import (
    ACCOMMODATION_WORDS,
    ADDRESS,
    APPOINTMENT,
    APPOINTMENT_WORDS,
    CANDIDATE,
    CERTIFICATION,
    EXPERIENCE_WORDS,
    LONGEST_TEXT,
    NAME,
    OUTCOME_WORDS,
    PAID_WORDS,
    PHONE,
    PURCHASE,
    REQUEST,
    RESULT,
    day_of,
    time_of,
)
from bot.rules.catalogue import TestCatalogue
from bot.rules.facts import (
    Accommodation,
    Address,
    Appointment,
    Candidate,
    Certification,
    Name,
    PaidBy,
    Purchase,
    Result,
    Site,
    WorkExperience,
)
from bot.rules.time import UnknownZone, zone

_DAYS: dict[str, date] = {}
_TIMES: dict[str, datetime] = {}
_MOST_KEPT = 50_000
_NO_EXPERIENCE = WorkExperience()
_NO_REQUEST = Accommodation()


class _OddError(Exception):
    """Something the quick reading leaves to the careful one."""


def quick_candidate(obj: object, sites: Mapping[str, Site], catalogue: TestCatalogue) -> Candidate | None:
    """The facts of a candidate who comes with a question; None where only the careful reading can tell."""
    try:
        return _candidate(obj, sites, catalogue)
    except (_OddError, LookupError, TypeError, AttributeError, UnknownZone):
        return None


def _candidate(obj: object, sites: Mapping[str, Site], catalogue: TestCatalogue) -> Candidate:
    if type(obj) is not dict or not obj.keys() <= CANDIDATE:
        raise _OddError
    get = obj.get
    purchases = [_purchase(item, sites, catalogue) for item in _items(get("purchases"))]
    if len(purchases) > 1:
        if len({purchase.id for purchase in purchases}) != len(purchases):
            raise _OddError
        booked = [purchase.appointment.id for purchase in purchases if purchase.appointment is not None]
        if len(set(booked)) != len(booked):
            raise _OddError
    certifications = []
    for item in _items(get("certifications")):
        if type(item) is not dict or not item.keys() <= CERTIFICATION:
            raise _OddError
        test = item["test"]
        certified = _day(item["certified_on"])
        if certified is None or catalogue.find(test) is None:
            raise _OddError
        certifications.append(Certification(test, certified))
    email = _text(get("email"))
    phone = _text(get("phone"))
    time_zone = _text(get("time_zone"))
    if time_zone is not None:
        zone(time_zone)
    if (email is not None and not PLAIN.fullmatch(email)) or (phone is not None and not PHONE.fullmatch(phone)):
        raise _OddError
    experience, request = get("work_experience"), get("accommodation")
    return Candidate(
        _text(get("ase_id")) or "",
        _name(get("name")),
        email,
        phone,
        time_zone,
        _address(get("address")),
        _day(get("address_changed_on")),
        _NO_EXPERIENCE
        if experience is None
        else WorkExperience(EXPERIENCE_WORDS[_request(experience)["status"]], *_days(experience)),
        _NO_REQUEST
        if request is None
        else Accommodation(ACCOMMODATION_WORDS[_request(request)["status"]], *_days(request)),
        tuple(purchases),
        tuple(certifications),
    )


def _purchase(item: object, sites: Mapping[str, Site], catalogue: TestCatalogue) -> Purchase:
    if type(item) is not dict or not item.keys() <= PURCHASE:
        raise _OddError
    get = item.get
    name, test = _text(item["id"]), item["test"]
    bought = _day(item["purchased_on"])
    if name is None or bought is None or catalogue.find(test) is None:
        raise _OddError
    paid_by, told, result = get("paid_by"), get("appointment"), get("result")
    appointment = None
    if told is not None:
        if type(told) is not dict or not told.keys() <= APPOINTMENT:
            raise _OddError
        number = _text(told["id"])
        site = sites[told["site"]].id
        if number is None:
            raise _OddError
        appointment = Appointment(number, _start(told["starts_at"]), site, APPOINTMENT_WORDS[told["status"]])
    return Purchase(
        name,
        test,
        bought,
        PaidBy.CANDIDATE if paid_by is None else PAID_WORDS[paid_by],
        _day(get("cancelled_on")),
        appointment,
        None if result is None else _result(result),
    )


def _result(told: object) -> Result:
    if type(told) is not dict or not told.keys() <= RESULT:
        raise _OddError
    taken = _day(told["taken_on"])
    if taken is None:
        raise _OddError
    return Result(OUTCOME_WORDS[told["outcome"]], taken, _day(told.get("posted_on")))


def _request(told: object) -> dict[str, str]:
    if type(told) is not dict or not told.keys() <= REQUEST:
        raise _OddError
    return told


def _days(told: Mapping[str, object]) -> tuple[date | None, date | None]:
    return _day(told.get("submitted_on")), _day(told.get("decided_on"))


def _name(told: object) -> Name | None:
    if told is None:
        return None
    if type(told) is not dict or not told.keys() <= NAME:
        raise _OddError
    first, last = _text(told["first"]), _text(told["last"])
    if first is None or last is None:
        raise _OddError
    return Name(first, last)


def _address(told: object) -> Address | None:
    if told is None:
        return None
    if type(told) is not dict or not told.keys() <= ADDRESS:
        raise _OddError
    get = told.get
    line1, city, country = _text(told["line1"]), _text(told["city"]), _text(told["country"])
    if line1 is None or city is None or country is None:
        raise _OddError
    region, postal_code = _text(get("region")) or "", _text(get("postal_code")) or ""
    return Address(line1, city, region, postal_code, country, _text(get("line2")))


def _items(value: object) -> list[object]:
    if value is None:
        return []
    if type(value) is not list:
        raise _OddError
    return value


def _text(value: object) -> str | None:
    if value is None:
        return None
    if type(value) is str and value.isprintable() and 0 < len(value) <= LONGEST_TEXT and not value.isspace():
        return value
    raise _OddError


def _day(value: object) -> date | None:
    if value is None:
        return None
    if type(value) is not str:
        raise _OddError
    day = _DAYS.get(value)
    if day is None:
        day = day_of(value)
        if day is None:
            raise _OddError
        if len(_DAYS) < _MOST_KEPT:
            _DAYS[value] = day
    return day


def _start(value: object) -> datetime:
    """A local time; what has an offset is left to the careful reading."""
    if type(value) is not str:
        raise _OddError
    start = _TIMES.get(value)
    if start is None:
        start = time_of(value)
        if start is None or start.tzinfo is not None:
            raise _OddError
        if len(_TIMES) < _MOST_KEPT:
            _TIMES[value] = start
    return start
