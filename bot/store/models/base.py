"""What every table shares: names of constraints, the types behind the annotations, words a column may
hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, CheckConstraint, Date, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column

from bot.store.types import Instant, LocalTime

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

AseId = Annotated[str, mapped_column(Text)]
Key = Annotated[str, mapped_column(Text)]
Word = Annotated[str, mapped_column(String(24))]
Label = Annotated[str, mapped_column(Text)]
Long = Annotated[str, mapped_column(Text)]
At = Annotated[datetime, mapped_column(Instant)]
Local = Annotated[datetime, mapped_column(LocalTime)]


class Base(DeclarativeBase):
    """The root of all tables. JSON null and SQL NULL are one thing here: NULL."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 (the class attribute SQLAlchemy asks for)
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
        date: Date,
    }


def one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """A constraint that lets only these words into the column (NULL passes where the column allows it)."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def together(name: str, *columns: str) -> CheckConstraint:
    """A constraint that wants all of these columns filled or none."""
    first, *others = columns
    return CheckConstraint(" AND ".join(f"({first} IS NULL) = ({other} IS NULL)" for other in others), name=name)
