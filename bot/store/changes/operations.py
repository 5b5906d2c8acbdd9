"""The typed requests, each carried out by its operation: one order, one check of the rule, one set of mails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.contracts.changes import (
    AddressRequest,
    BookRequest,
    CancelAppointmentRequest,
    CancelTestRequest,
    DuplicatesRequest,
    RescheduleRequest,
)
from bot.store.changes.appointments import book, cancel_appointment, cancel_test, move
from bot.store.changes.orders import change_address, order_duplicates
from bot.store.changes.transaction import Change, ChangeMail, Check, Order, no_mail

if TYPE_CHECKING:
    from bot.store.store import Store


@dataclass(frozen=True, slots=True)
class Operations:
    """What the requests of `bot.contracts.changes` are executed with, on this store."""

    store: Store
    order: Order
    check: Check
    mail: ChangeMail = no_mail

    def book(self, request: BookRequest) -> Change:
        return book(
            self.store,
            self.order,
            purchase_id=request.purchase_id,
            site=request.site,
            starts_at=request.starts_at,
            check=self.check,
            mail=self.mail,
        )

    def reschedule(self, request: RescheduleRequest) -> Change:
        return move(
            self.store,
            self.order,
            appointment_id=request.appointment_id,
            was=request.was,
            site=request.site,
            starts_at=request.starts_at,
            check=self.check,
            mail=self.mail,
        )

    def cancel_appointment(self, request: CancelAppointmentRequest) -> Change:
        return cancel_appointment(
            self.store,
            self.order,
            appointment_id=request.appointment_id,
            was=request.was,
            check=self.check,
            mail=self.mail,
        )

    def cancel_test(self, request: CancelTestRequest) -> Change:
        return cancel_test(
            self.store,
            self.order,
            purchase_id=request.purchase_id,
            was=request.was,
            on=request.on,
            check=self.check,
            mail=self.mail,
        )

    def order_duplicates(self, request: DuplicatesRequest) -> Change:
        return order_duplicates(
            self.store,
            self.order,
            series=request.series,
            fee_per_series=request.fee_per_series,
            send_to=request.send_to,
            check=self.check,
            mail=self.mail,
        )

    def change_address(self, request: AddressRequest) -> Change:
        return change_address(
            self.store,
            self.order,
            address=request.address,
            was=request.was,
            on=request.on,
            check=self.check,
            mail=self.mail,
        )
