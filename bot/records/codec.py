"""The records file: an object as YAML or JSON gives it, read into facts and written back in the same shape.

Reading is strict and tells every fault at once. Two degrees of it: a whole file (`parse_records`) must describe
people completely and consistently; one candidate with a question (`parse_candidate` with `whole=False`) needs no
more than the question, and its facts are taken as they are said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.records.checks import Checks, check_day, check_people, check_purchase, check_request
from bot.records.faults import Fault, RecordsError
from bot.records.fields import Fields, Object, shown
from bot.records.mail import mail_fault
from bot.records.quick import quick_candidate
from bot.records.shape import (
    ACCOMMODATION_WORDS,
    ADDRESS,
    APPOINTMENT,
    APPOINTMENT_WORDS,
    ASE_ID,
    CANDIDATE,
    CERTIFICATION,
    EXPERIENCE_WORDS,
    FILE,
    NAME,
    OUTCOME_WORDS,
    PAID_WORDS,
    PHONE,
    PURCHASE,
    REQUEST,
    RESULT,
    SEAT,
    SITE,
)
from bot.records.write import (
    candidate_to_dict,
    person_to_dict,
    records_to_dict,
    seat_to_dict,
    site_to_dict,
)
from bot.rules.catalogue import TestCatalogue
from bot.rules.facts import (
    Accommodation,
    AccommodationStatus,
    Address,
    Appointment,
    Candidate,
    Certification,
    ExperienceStatus,
    Name,
    PaidBy,
    Purchase,
    Result,
    Seat,
    Site,
    WorkExperience,
)
from bot.rules.time import instant_of, zone

__all__ = [
    "Fault",
    "RecordsError",
    "RecordsFile",
    "candidate_to_dict",
    "parse_candidate",
    "parse_records",
    "parse_seats",
    "parse_sites",
    "person_to_dict",
    "records_to_dict",
    "seat_to_dict",
    "site_to_dict",
]

_MOST_SEATS = 100_000
_NO_EXPERIENCE = WorkExperience()
_NO_REQUEST = Accommodation()


@dataclass(frozen=True, slots=True)
class RecordsFile:
    """What a records file holds. `now` is only a note of when the file makes sense."""

    now: datetime | None = None
    candidates: tuple[Candidate, ...] = ()
    sites: tuple[Site, ...] = ()
    seats: tuple[Seat, ...] = ()


def parse_records(
    document: object,
    catalogue: TestCatalogue,
    *,
    known_sites: Mapping[str, Site] | None = None,
    as_of: datetime | None = None,
    default_zone: str = "America/New_York",
) -> RecordsFile:
    """Read a whole records file.

    `known_sites` are test centres that need not be in the file again. With `as_of` (aware), facts dated after that
    day, in each candidate's zone (`default_zone` where they have none), are faults. Raises RecordsError.
    """
    fields = Fields()
    if not fields.is_object(document, "", FILE):
        raise RecordsError(tuple(fields.faults))
    now = fields.time(document, "now", "")
    if now is not None and now.utcoffset() is None:
        fields.fault("now", "needs an offset from UTC")
    sites = parse_sites(fields.items(document, "sites", ""), "sites", fields)
    known = {**(known_sites or {}), **{site.id: site for site in sites}}
    checks = Checks(as_of, default_zone)
    candidates = []
    for at, item in enumerate(fields.items(document, "candidates", "")):
        path = f"candidates[{at}]"
        candidate = _candidate(fields, item, path, known, catalogue, checks)
        if candidate is not None:
            candidates.append((path, candidate))
    check_people(fields, candidates)
    seats = parse_seats(fields.items(document, "seats", ""), "seats", fields, known, whole=True)
    fields.refuse()
    return RecordsFile(now, tuple(candidate for _, candidate in candidates), sites, seats)


def parse_candidate(
    obj: object,
    path: str = "candidate",
    *,
    sites: Mapping[str, Site],
    catalogue: TestCatalogue,
    whole: bool = True,
) -> Candidate:
    """Read one candidate. Raises RecordsError with every fault.

    `whole=False` asks for no more than a question needs: no ASE ID, and facts are not checked against each other.
    """
    if not whole:
        quick = quick_candidate(obj, sites, catalogue)
        if quick is not None:
            return quick
    fields = Fields()
    candidate = _candidate(fields, obj, path, sites, catalogue, Checks() if whole else None)
    fields.refuse()
    if candidate is None:
        raise AssertionError("what is not a candidate has a fault")
    return candidate


def parse_sites(items: list[object], path: str, fields: Fields, *, whole: bool = True) -> tuple[Site, ...]:
    """Read test centres; faults go to `fields`. `whole=False` needs no more than id and zone."""
    sites = []
    seen: set[str] = set()
    for at, item in enumerate(items):
        here = f"{path}[{at}]"
        if not fields.is_object(item, here, SITE):
            continue
        name = fields.text(item, "id", here, required=True)
        time_zone = fields.zone(item, "time_zone", here, required=True)
        title = fields.text(item, "name", here, required=whole)
        city = fields.text(item, "city", here, required=whole)
        region = fields.text(item, "region", here)
        country = fields.text(item, "country", here)
        if name is None or time_zone is None:
            continue
        if name in seen:
            fields.fault(f"{here}.id", f"the site {name} is here twice")
        seen.add(name)
        sites.append(Site(name, title or name, city or "", region or "", country or "", time_zone))
    return tuple(sites)


def parse_seats(
    items: list[object], path: str, fields: Fields, sites: Mapping[str, Site], *, whole: bool = False
) -> tuple[Seat, ...]:
    """Read free appointment slots; faults go to `fields`. `whole=True` refuses two rows for one start."""
    seats = []
    starts: set[tuple[str, datetime]] = set()
    for at, item in enumerate(items):
        here = f"{path}[{at}]"
        if not fields.is_object(item, here, SEAT):
            continue
        site = _site(fields, item, here, sites)
        start = fields.time(item, "starts_at", here, required=True)
        capacity = fields.count(item, "capacity", here, _MOST_SEATS)
        if site is None or start is None or capacity is None:
            continue
        seat = Seat(site.id, _local(start, site), capacity)
        if whole:
            row = (site.id, instant_of(seat.starts_at, zone(site.time_zone)).astimezone(UTC))
            if row in starts:
                fields.fault(here, f"{site.id} has this start in an earlier row")
            starts.add(row)
        seats.append(seat)
    return tuple(seats)


def _candidate(
    fields: Fields,
    obj: object,
    path: str,
    sites: Mapping[str, Site],
    catalogue: TestCatalogue,
    checks: Checks | None,
) -> Candidate | None:
    """One candidate; without `checks` no more than a question needs, and nothing is held against anything."""
    if not fields.is_object(obj, path, CANDIDATE):
        return None
    whole = checks is not None
    time_zone = fields.zone(obj, "time_zone", path)
    today = checks.today(time_zone) if checks is not None else None
    ase_id = fields.text(obj, "ase_id", path, required=whole)
    if whole and ase_id is not None and not ASE_ID.fullmatch(ase_id):
        fields.fault(f"{path}.ase_id", f"must be like ASE-1234-5678, not {shown(ase_id)}")
    email = fields.text(obj, "email", path)
    wrong = mail_fault(email) if email is not None else None
    if wrong is not None:
        fields.fault(f"{path}.email", f"is not an e-mail address that mail can be sent to: {shown(email)}. {wrong}")
    phone = fields.text(obj, "phone", path)
    if phone is not None and not PHONE.fullmatch(phone):
        fields.fault(f"{path}.phone", f"is not a telephone number: {shown(phone)}")
    items = fields.items(obj, "purchases", path)
    purchases = []
    purchase_ids: set[str] = set()
    appointment_ids: set[str] = set()
    for at, item in enumerate(items):
        here = f"{path}.purchases[{at}]"
        purchase = _purchase(fields, item, here, sites, catalogue)
        if purchase is None:
            continue
        if whole:
            check_purchase(fields, purchase, here, today)
        if purchase.id in purchase_ids:
            fields.fault(f"{here}.id", f"the purchase {purchase.id} is here twice")
        purchase_ids.add(purchase.id)
        if purchase.appointment is not None:
            if purchase.appointment.id in appointment_ids:
                fields.fault(f"{here}.appointment.id", f"the appointment {purchase.appointment.id} is here twice")
            appointment_ids.add(purchase.appointment.id)
        purchases.append(purchase)
    certifications = []
    for at, item in enumerate(fields.items(obj, "certifications", path)):
        here = f"{path}.certifications[{at}]"
        if not fields.is_object(item, here, CERTIFICATION):
            continue
        test = _test(fields, item, here, catalogue)
        day = fields.day(item, "certified_on", here, required=True)
        check_day(fields, day, f"{here}.certified_on", today)
        if test is not None and day is not None:
            certifications.append(Certification(test, day))
    moved = fields.day(obj, "address_changed_on", path)
    experience = _experience(fields, obj, path)
    accommodation = _accommodation(fields, obj, path)
    if whole:
        check_day(fields, moved, f"{path}.address_changed_on", today)
        check_request(fields, experience, f"{path}.work_experience", today)
        check_request(fields, accommodation, f"{path}.accommodation", today)
    return Candidate(
        ase_id or "",
        _name(fields, obj, path),
        email,
        phone,
        time_zone,
        _address(fields, obj, path),
        moved,
        experience,
        accommodation,
        tuple(purchases),
        tuple(certifications),
    )


def _name(fields: Fields, within: Object, path: str) -> Name | None:
    value = within.get("name")
    here = f"{path}.name"
    if value is None or not fields.is_object(value, here, NAME):
        return None
    first = fields.text(value, "first", here, required=True)
    last = fields.text(value, "last", here, required=True)
    return Name(first or "", last or "")


def _address(fields: Fields, within: Object, path: str) -> Address | None:
    value = within.get("address")
    here = f"{path}.address"
    if value is None or not fields.is_object(value, here, ADDRESS):
        return None
    return Address(
        fields.text(value, "line1", here, required=True) or "",
        fields.text(value, "city", here, required=True) or "",
        fields.text(value, "region", here) or "",
        fields.text(value, "postal_code", here) or "",
        fields.text(value, "country", here, required=True) or "",
        fields.text(value, "line2", here),
    )


def _experience(fields: Fields, within: Object, path: str) -> WorkExperience:
    value = within.get("work_experience")
    here = f"{path}.work_experience"
    if value is None or not fields.is_object(value, here, REQUEST):
        return _NO_EXPERIENCE
    return WorkExperience(
        fields.word(value, "status", here, EXPERIENCE_WORDS) or ExperienceStatus.NOT_SUBMITTED,
        fields.day(value, "submitted_on", here),
        fields.day(value, "decided_on", here),
    )


def _accommodation(fields: Fields, within: Object, path: str) -> Accommodation:
    value = within.get("accommodation")
    here = f"{path}.accommodation"
    if value is None or not fields.is_object(value, here, REQUEST):
        return _NO_REQUEST
    return Accommodation(
        fields.word(value, "status", here, ACCOMMODATION_WORDS) or AccommodationStatus.NONE,
        fields.day(value, "submitted_on", here),
        fields.day(value, "decided_on", here),
    )


def _purchase(
    fields: Fields, item: object, path: str, sites: Mapping[str, Site], catalogue: TestCatalogue
) -> Purchase | None:
    if not fields.is_object(item, path, PURCHASE):
        return None
    name = fields.text(item, "id", path, required=True)
    test = _test(fields, item, path, catalogue)
    bought = fields.day(item, "purchased_on", path, required=True)
    paid_by = fields.word(item, "paid_by", path, PAID_WORDS, absent=PaidBy.CANDIDATE)
    cancelled = fields.day(item, "cancelled_on", path)
    appointment = _appointment(fields, item, path, sites)
    result = _result(fields, item, path)
    if name is None or test is None or bought is None or paid_by is None:
        return None
    return Purchase(name, test, bought, paid_by, cancelled, appointment, result)


def _appointment(fields: Fields, within: Object, path: str, sites: Mapping[str, Site]) -> Appointment | None:
    value = within.get("appointment")
    if value is None:
        return None
    here = f"{path}.appointment"
    if not fields.is_object(value, here, APPOINTMENT):
        return None
    name = fields.text(value, "id", here, required=True)
    start = fields.time(value, "starts_at", here, required=True)
    site = _site(fields, value, here, sites)
    status = fields.word(value, "status", here, APPOINTMENT_WORDS)
    if name is None or start is None or site is None or status is None:
        return None
    return Appointment(name, _local(start, site), site.id, status)


def _result(fields: Fields, within: Object, path: str) -> Result | None:
    value = within.get("result")
    if value is None:
        return None
    here = f"{path}.result"
    if not fields.is_object(value, here, RESULT):
        return None
    outcome = fields.word(value, "outcome", here, OUTCOME_WORDS)
    taken = fields.day(value, "taken_on", here, required=True)
    posted = fields.day(value, "posted_on", here)
    if outcome is None or taken is None:
        return None
    return Result(outcome, taken, posted)


def _test(fields: Fields, within: Object, path: str, catalogue: TestCatalogue) -> str | None:
    code = fields.text(within, "test", path, required=True)
    if code is not None and catalogue.find(code) is None:
        fields.fault(f"{path}.test", catalogue.unknown(code))
        return None
    return code


def _site(fields: Fields, within: Object, path: str, sites: Mapping[str, Site]) -> Site | None:
    name = fields.text(within, "site", path, required=True)
    if name is None:
        return None
    site = sites.get(name)
    if site is None:
        fields.fault(f"{path}.site", f"unknown site {shown(name)}")
    return site


def _local(start: datetime, site: Site) -> datetime:
    """A start as a naive local time at its site; `fold` keeps the later of two when an offset said so."""
    if start.utcoffset() is None:
        return start.replace(tzinfo=None)
    return start.astimezone(UTC).astimezone(zone(site.time_zone)).replace(tzinfo=None)
