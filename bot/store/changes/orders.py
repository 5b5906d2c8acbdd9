"""Ordering duplicate certificates and changing an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.rules.facts import Address, Candidate, Site
from bot.store.changes.data import address_data
from bot.store.changes.transaction import Change, ChangeMail, Check, Order, Refused, Work, carry_out, no_mail
from bot.store.values import Json

if TYPE_CHECKING:
    from bot.store.store import Store, UnitOfWork


def order_duplicates(
    store: Store,
    order: Order,
    *,
    series: Sequence[str],
    fee_per_series: Decimal,
    send_to: Address | None,
    check: Check,
    mail: ChangeMail = no_mail,
) -> Change:
    """Order duplicates of the certificates in some series, to the address that was shown. Raises ValueError for none or
    one named twice.

    Refusal of its own: `changed_since_preview` (they would go to another address).
    """
    if not series or len(set(series)) != len(series):
        raise ValueError("an order names at least one series, each once")
    fee = f"{fee_per_series:.2f}"
    total = f"{fee_per_series * len(series):.2f}"

    def perform(unit: UnitOfWork, candidate: Candidate, _sites: Mapping[str, Site]) -> tuple[Json, Json]:
        if candidate.address != send_to:
            raise Refused("changed_since_preview", address_state(candidate.address, candidate.address_changed_on))
        unit.done.order_duplicates(order.key, order.ase_id, [(one, fee) for one in series], at=order.now)
        ordered = {"series": list(series), "fee_per_series": fee, "total": total, "send_to": address_data(send_to)}
        return {}, ordered

    request: Json = {"series": list(series), "fee_per_series": fee, "send_to": address_data(send_to)}
    work = Work("duplicate_certificate", request, check, perform)
    return carry_out(store, order, work, mail, kind=work.kind, request=request)


def change_address(
    store: Store,
    order: Order,
    *,
    address: Address,
    was: Address | None,
    on: date,
    check: Check,
    mail: ChangeMail = no_mail,
) -> Change:
    """Change an address that still is what the preview showed; `on` is the candidate's calendar day.

    Refusal of its own: `changed_since_preview`.
    """

    def perform(unit: UnitOfWork, candidate: Candidate, _sites: Mapping[str, Site]) -> tuple[Json, Json]:
        before = address_state(candidate.address, candidate.address_changed_on)
        if not unit.bookings.change_address(order.ase_id, was, address, on):
            raise Refused("changed_since_preview", before)
        return before, address_state(address, on)

    request: Json = {"address": address_data(address), "was": address_data(was), "on": on.isoformat()}
    work = Work("change_address", request, check, perform)
    return carry_out(store, order, work, mail, kind=work.kind, request=request)


def address_state(address: Address | None, changed_on: date | None) -> Json:
    """An address and the day it was last changed, as plain data."""
    return {
        "address": address_data(address),
        "address_changed_on": None if changed_on is None else changed_on.isoformat(),
    }
