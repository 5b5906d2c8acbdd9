"""The store and its unit of work: everything inside one `with` block is stored together or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection, RootTransaction, exc, text

from bot.store.engine import BUSY_SECONDS, WRITES, build_engine
from bot.store.errors import ConstraintRefused, OutcomeUnknown, ReadOnlyWork, StoreError, StoreUnavailable
from bot.store.fair_lock import FairLock
from bot.store.migrate import migrate
from bot.store.patience import without_limit
from bot.store.repositories.agents import AgentRepository
from bot.store.repositories.audit import ERASED, AuditRepository
from bot.store.repositories.bookings import BookingRepository
from bot.store.repositories.calls import CallRepository
from bot.store.repositories.confirmations import ConfirmationRepository
from bot.store.repositories.console import ConsoleRepository
from bot.store.repositories.conversations import ConversationRepository
from bot.store.repositories.decisions import DecisionRepository
from bot.store.repositories.done import DoneRepository
from bot.store.repositories.erasure import erase_person
from bot.store.repositories.exceptions import ExceptionRepository
from bot.store.repositories.export import kept_about
from bot.store.repositories.handoffs import HandoffRepository
from bot.store.repositories.one_time_codes import OneTimeCodeRepository
from bot.store.repositories.outbox import OutboxRepository
from bot.store.repositories.records import KnownSites, RecordsRepository
from bot.store.repositories.seats import SeatRepository
from bot.store.values import AuditEvent, Erased, Json


class UnitOfWork:
    """One transaction. The repositories read and write in it; only `commit` keeps what was written.

    A repository is built when it is first used.
    """

    def __init__(
        self,
        connection: Connection,
        transaction: RootTransaction,
        known_sites: KnownSites,
        *,
        write: bool,
        audit_key: str | None = None,
    ) -> None:
        self._connection = connection
        self._known_sites = known_sites
        self._transaction = transaction
        self._write = write
        self._audit_key = audit_key
        self._finished = False

    @cached_property
    def records(self) -> RecordsRepository:
        """Candidates and test centres."""
        return RecordsRepository(self._connection, self._known_sites)

    @cached_property
    def seats(self) -> SeatRepository:
        """Free seats and holds."""
        return SeatRepository(self._connection)

    @cached_property
    def conversations(self) -> ConversationRepository:
        """Everything said."""
        return ConversationRepository(self._connection)

    @cached_property
    def calls(self) -> CallRepository:
        """Telephone calls."""
        return CallRepository(self._connection)

    @cached_property
    def handoffs(self) -> HandoffRepository:
        """Requests for a person."""
        return HandoffRepository(self._connection)

    @cached_property
    def sign_in(self) -> OneTimeCodeRepository:
        """One-time codes."""
        return OneTimeCodeRepository(self._connection)

    @cached_property
    def outbox(self) -> OutboxRepository:
        """Mails to be sent."""
        return OutboxRepository(self._connection)

    @cached_property
    def decisions(self) -> DecisionRepository:
        """Decisions as told."""
        return DecisionRepository(self._connection)

    @cached_property
    def audit(self) -> AuditRepository:
        """The chain of what was done."""
        return AuditRepository(self._connection, self._audit_key)

    @cached_property
    def confirmations(self) -> ConfirmationRepository:
        """Changes that wait for a yes."""
        return ConfirmationRepository(self._connection)

    @cached_property
    def bookings(self) -> BookingRepository:
        """Changes to what a person has."""
        return BookingRepository(self._connection)

    @cached_property
    def done(self) -> DoneRepository:
        """Answers by idempotency key."""
        return DoneRepository(self._connection)

    @cached_property
    def agents(self) -> AgentRepository:
        """Accounts of the console."""
        return AgentRepository(self._connection)

    @cached_property
    def console(self) -> ConsoleRepository:
        """What the console keeps."""
        return ConsoleRepository(self._connection)

    @cached_property
    def exceptions(self) -> ExceptionRepository:
        """Exceptions that leads make."""
        return ExceptionRepository(self._connection)

    def erase(
        self,
        ase_id: str,
        *,
        at: datetime,
        actor_kind: str = "system",
        actor_id: str | None = None,
        channel: str = "terminal",
    ) -> Erased | None:
        """Remove a person and everything said by, to or about them; None if nothing was kept of them.

        Lines of the audit stay without their content, and a line of its own says which. Conversations of the
        person stay as empty, ended ones; those of others go on without the mentions of the person. Call
        `Store.scrub` after the commit.
        """
        found = erase_person(self._connection, self.audit, ase_id)
        if found is None:
            return None
        erased, lines = found
        self.audit.append(AuditEvent(at, actor_kind, channel, ERASED, actor_id=actor_id, after={"lines": lines}))
        return erased

    def export(self, ase_id: str) -> Json:
        """Everything that is kept about a person, by table; empty lists where there is nothing."""
        return kept_about(self._connection, ase_id)

    def commit(self) -> None:
        """Keep everything. Audit lines are written here, last, so that writers wait for each other briefly.

        Raises ReadOnlyWork for a unit opened with write=False, StoreError when already finished, OutcomeUnknown
        where the database went away in the very act.
        """
        if self._finished:
            raise StoreError("this unit of work is over")
        if not self._write:
            raise ReadOnlyWork("this unit of work was opened for reading")
        self.audit.flush()
        try:
            self._transaction.commit()
        except (exc.OperationalError, exc.InterfaceError) as error:
            self._connection.invalidate()
            raise OutcomeUnknown(str(error.orig)) from error
        except BaseException:
            self._connection.invalidate()
            raise
        self._finished = True

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is written inside is taken back when an exception leaves the block; the unit itself goes on."""
        with self._connection.begin_nested():
            yield

    def rollback(self) -> None:
        """Forget everything written so far; the unit is over."""
        self.audit.forget()
        self._transaction.rollback()
        self._finished = True


class Store:
    """A database by its URL: `sqlite:///file`, `postgresql://…`. Connects when first used.

    Raises ValueError for a URL it cannot use. Safe to share between threads; each takes its own unit of work. With
    `audit_key` the end of the audit is signed.
    """

    def __init__(self, url: str, *, pool_size: int = 10, audit_key: str | None = None) -> None:
        self._audit_key = audit_key
        self.engine = build_engine(url, pool_size=pool_size)
        self._writers = FairLock()
        self._known_sites = KnownSites()

    @property
    def backend(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self.engine.dialect.name

    @contextmanager
    def unit_of_work(self, write: bool = True) -> Iterator[UnitOfWork]:
        """One transaction; rolled back unless committed.

        With write=False all reads see one moment and nothing can be kept. Raises StoreUnavailable when the
        database is away or too busy and ConstraintRefused when it refuses a state; in both cases nothing
        was stored.
        """
        with translated(), self._in_line(write), self._connection(write) as connection:
            transaction = connection.begin()
            try:
                yield UnitOfWork(connection, transaction, self._known_sites, write=write, audit_key=self._audit_key)
            finally:
                if transaction.is_active:
                    transaction.rollback()

    @contextmanager
    def _in_line(self, write: bool) -> Iterator[None]:
        """SQLite's writers of one process come one after the other; PostgreSQL keeps its own order."""
        if not write or self.backend != "sqlite":
            yield
            return
        with self._writers.held(BUSY_SECONDS) as held:
            if not held:
                raise StoreUnavailable(f"other writers held the database for {BUSY_SECONDS} s")
            yield

    @contextmanager
    def _connection(self, write: bool) -> Iterator[Connection]:
        options: dict[str, object] = {WRITES: write}
        if self.backend == "postgresql" and not write:
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.engine.connect() as connection:
            yield connection.execution_options(**options)

    def migrate(self) -> bool:
        """Bring the database to the newest schema; True if there was anything to do. Safe from many
        processes."""
        with translated(), without_limit():
            return migrate(self.engine)

    def ping(self) -> None:
        """Return if the database answers, else raise StoreUnavailable."""
        with translated(), self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def probe(self) -> None:
        """Return if something can be written (nothing is changed by it), else raise StoreUnavailable."""
        with translated(), self._in_line(True), self._connection(True) as connection, connection.begin():
            if self.backend == "sqlite":
                kept = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
                connection.exec_driver_sql(f"PRAGMA user_version = {int(kept)}")  # a page is written all the same
            else:
                connection.exec_driver_sql("SELECT pg_current_xact_id()")  # the commit is written to the log

    def scrub(self) -> None:
        """Remove what erased rows leave behind in the files of the database."""
        with (
            translated(),
            without_limit(),
            self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
        ):
            if self.backend == "sqlite":
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                connection.exec_driver_sql("VACUUM")

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the database library as errors of the store."""
    try:
        yield
    except exc.IntegrityError as error:
        raise ConstraintRefused(str(error.orig)) from error
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
        raise StoreUnavailable(str(getattr(error, "orig", None) or error)) from error
    except exc.StatementError as error:
        if isinstance(error.orig, ValueError) and not isinstance(error, exc.DBAPIError):
            raise error.orig from error
        if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
            raise StoreUnavailable(str(error.orig)) from error
        raise
