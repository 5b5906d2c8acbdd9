"""Candidates and what they bought, test centres and their free slots."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.rules.facts import (
    AccommodationStatus,
    AppointmentStatus,
    ExperienceStatus,
    PaidBy,
    ResultOutcome,
)
from bot.store.models.base import AseId, At, Base, Key, Label, Local, Word, one_of, together


class SiteRow(Base):
    """A test centre. Local times of its seats and appointments are in `time_zone`."""

    __tablename__ = "sites"

    id: Mapped[Key] = mapped_column(primary_key=True)
    name: Mapped[Label]
    city: Mapped[Label]
    region: Mapped[Label]
    country: Mapped[Label]
    time_zone: Mapped[Key]


class SitesVersionRow(Base):
    """Which test centres there are: one row, whose `version` is made up afresh whenever any of them changes."""

    __tablename__ = "sites_version"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[Key]


class SeatRow(Base):
    """Free slots of one site and start: `capacity` is what is left, `starts_utc` the same start as an
    instant."""

    __tablename__ = "seats"
    __table_args__ = (
        CheckConstraint("capacity >= 0", name="capacity"),
        Index("ix_seats_site_id_starts_utc", "site_id", "starts_utc"),
    )

    site_id: Mapped[Key] = mapped_column(ForeignKey("sites.id"), primary_key=True)
    starts_at: Mapped[Local] = mapped_column(primary_key=True)
    starts_utc: Mapped[At] = mapped_column(index=True)
    capacity: Mapped[int]


class CandidateRow(Base):
    """One person. `version` grows with every change to the person or anything of theirs."""

    __tablename__ = "candidates"
    __table_args__ = (
        one_of("experience_status", ExperienceStatus),
        one_of("accommodation_status", AccommodationStatus),
        together(
            "address_whole", "address_line1", "address_city", "address_region", "address_postal_code",
            "address_country",
        ),
        together("name_whole", "first_name", "last_name"),
        CheckConstraint("address_line2 IS NULL OR address_line1 IS NOT NULL", name="address_line2"),
    )  # fmt: skip

    ase_id: Mapped[AseId] = mapped_column(primary_key=True)
    first_name: Mapped[Label | None]
    last_name: Mapped[Label | None]
    email: Mapped[Label | None]
    phone: Mapped[Key | None]
    time_zone: Mapped[Key | None]
    address_line1: Mapped[Label | None]
    address_line2: Mapped[Label | None]
    address_city: Mapped[Label | None]
    address_region: Mapped[Label | None]
    address_postal_code: Mapped[Key | None]
    address_country: Mapped[Label | None]
    address_changed_on: Mapped[date | None]
    experience_status: Mapped[Word]
    experience_submitted_on: Mapped[date | None]
    experience_decided_on: Mapped[date | None]
    accommodation_status: Mapped[Word]
    accommodation_submitted_on: Mapped[date | None]
    accommodation_decided_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class PurchaseRow(Base):
    """A bought test. `position` keeps the order of the file, which breaks ties between purchases of one
    day."""

    __tablename__ = "purchases"
    __table_args__ = (one_of("paid_by", PaidBy), UniqueConstraint("ase_id", "position"))

    ase_id: Mapped[AseId] = mapped_column(ForeignKey("candidates.ase_id"), primary_key=True)
    id: Mapped[Key] = mapped_column(primary_key=True)
    position: Mapped[int]
    test: Mapped[Key]
    purchased_on: Mapped[date]
    paid_by: Mapped[Word]
    cancelled_on: Mapped[date | None]


class AppointmentRow(Base):
    """An appointment of a purchase; given-up ones stay. At most one of a purchase is not cancelled.

    `starts_at` is local at the site, `starts_utc` the same start as an instant; `number` counts the
    appointments of one purchase; `version` grows with every change of the row.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        ForeignKeyConstraint(["ase_id", "purchase_id"], ["purchases.ase_id", "purchases.id"]),
        UniqueConstraint("ase_id", "purchase_id", "number"),
        one_of("status", AppointmentStatus),
        Index(
            "uq_appointments_live",
            "ase_id",
            "purchase_id",
            unique=True,
            sqlite_where=text("status <> 'cancelled'"),
            postgresql_where=text("status <> 'cancelled'"),
        ),
    )

    ase_id: Mapped[AseId] = mapped_column(primary_key=True)
    id: Mapped[Key] = mapped_column(primary_key=True)
    purchase_id: Mapped[Key]
    number: Mapped[int]
    site_id: Mapped[Key] = mapped_column(ForeignKey("sites.id"), index=True)
    starts_at: Mapped[Local]
    starts_utc: Mapped[At] = mapped_column(index=True)
    status: Mapped[Word]
    version: Mapped[int] = mapped_column(default=1)


class ResultRow(Base):
    """What came of a purchase, at most one."""

    __tablename__ = "results"
    __table_args__ = (
        ForeignKeyConstraint(["ase_id", "purchase_id"], ["purchases.ase_id", "purchases.id"]),
        one_of("outcome", ResultOutcome),
    )

    ase_id: Mapped[AseId] = mapped_column(primary_key=True)
    purchase_id: Mapped[Key] = mapped_column(primary_key=True)
    outcome: Mapped[Word]
    taken_on: Mapped[date]
    posted_on: Mapped[date | None]


class CertificationRow(Base):
    """A certification ever earned, in the order of the file."""

    __tablename__ = "certifications"

    ase_id: Mapped[AseId] = mapped_column(ForeignKey("candidates.ase_id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    test: Mapped[Key]
    certified_on: Mapped[date]
