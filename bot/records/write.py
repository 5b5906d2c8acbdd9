"""Facts written in the shape of a records file, with plain values that YAML and JSON both hold.

Days are ISO dates, starts local times at their site. What a person does not have is null, or absent for the
appointment and the result of a purchase.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from bot.rules.facts import Address, Appointment, Candidate, Purchase, Result, Seat, Site
from bot.rules.time import instant_of, zone

Written = dict[str, object]


def records_to_dict(
    candidates: Iterable[Candidate] = (),
    sites: Iterable[Site] = (),
    seats: Iterable[Seat] = (),
    now: datetime | None = None,
) -> Written:
    """A whole records file."""
    places = {site.id: site for site in sites}
    told: Written = {}
    if now is not None:
        told["now"] = now.isoformat()
    told["candidates"] = [candidate_to_dict(candidate, places) for candidate in candidates]
    told["sites"] = [site_to_dict(site) for site in places.values()]
    told["seats"] = [seat_to_dict(seat, places) for seat in seats]
    return told


def person_to_dict(candidate: Candidate, sites: Mapping[str, Site]) -> Written:
    """A records file with one person and the test centres their appointments mention."""
    mentioned = {bought.appointment.site for bought in candidate.purchases if bought.appointment is not None}
    return {
        "candidates": [candidate_to_dict(candidate, sites)],
        "sites": [site_to_dict(site) for name, site in sites.items() if name in mentioned],
    }


def candidate_to_dict(candidate: Candidate, sites: Mapping[str, Site] | None = None) -> Written:
    """One candidate. With `sites`, a start that only an offset can tell from its double keeps the offset."""
    name, experience, request = candidate.name, candidate.work_experience, candidate.accommodation
    return {
        "ase_id": candidate.ase_id,
        "name": None if name is None else {"first": name.first, "last": name.last},
        "email": candidate.email,
        "phone": candidate.phone,
        "time_zone": candidate.time_zone,
        "address": None if candidate.address is None else _address(candidate.address),
        "address_changed_on": _day(candidate.address_changed_on),
        "work_experience": {
            "status": experience.status.value,
            "submitted_on": _day(experience.submitted_on),
            "decided_on": _day(experience.decided_on),
        },
        "accommodation": {
            "status": request.status.value,
            "submitted_on": _day(request.submitted_on),
            "decided_on": _day(request.decided_on),
        },
        "purchases": [_purchase(purchase, sites or {}) for purchase in candidate.purchases],
        "certifications": [
            {"test": held.test, "certified_on": held.certified_on.isoformat()} for held in candidate.certifications
        ],
    }


def site_to_dict(site: Site) -> Written:
    """One test centre."""
    return {
        "id": site.id,
        "name": site.name,
        "city": site.city or None,
        "region": site.region or None,
        "country": site.country or None,
        "time_zone": site.time_zone,
    }


def seat_to_dict(seat: Seat, sites: Mapping[str, Site] | None = None) -> Written:
    """One row of free appointment slots."""
    return {
        "site": seat.site,
        "starts_at": _start(seat.starts_at, (sites or {}).get(seat.site)),
        "capacity": seat.capacity,
    }


def _purchase(purchase: Purchase, sites: Mapping[str, Site]) -> Written:
    told: Written = {
        "id": purchase.id,
        "test": purchase.test,
        "purchased_on": purchase.purchased_on.isoformat(),
        "paid_by": purchase.paid_by.value,
        "cancelled_on": _day(purchase.cancelled_on),
    }
    if purchase.appointment is not None:
        told["appointment"] = _appointment(purchase.appointment, sites.get(purchase.appointment.site))
    if purchase.result is not None:
        told["result"] = _result(purchase.result)
    return told


def _appointment(appointment: Appointment, site: Site | None) -> Written:
    return {
        "id": appointment.id,
        "starts_at": _start(appointment.starts_at, site),
        "site": appointment.site,
        "status": appointment.status.value,
    }


def _result(result: Result) -> Written:
    return {
        "outcome": result.outcome.value,
        "taken_on": result.taken_on.isoformat(),
        "posted_on": _day(result.posted_on),
    }


def _address(address: Address) -> Written:
    told: Written = {"line1": address.line1}
    if address.line2 is not None:
        told["line2"] = address.line2
    told["city"] = address.city
    told["region"] = address.region or None
    told["postal_code"] = address.postal_code or None
    told["country"] = address.country
    return told


def _start(start: datetime, site: Site | None) -> str:
    if start.fold and site is not None:
        return instant_of(start, zone(site.time_zone)).isoformat()
    if start.second or start.microsecond:
        return start.isoformat()
    return start.isoformat(timespec="minutes")


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
