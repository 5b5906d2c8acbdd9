"""What the console keeps beside the conversations: who took over, what was suggested, what is to be learned."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, null, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from bot.contracts.conversation import Owner
from bot.store.console_values import Assignment, Events, Listed, ReviewItem, Suggestion
from bot.store.models import (
    AssignmentRow,
    CandidateRow,
    ConfirmationRow,
    ConversationRow,
    DecisionRow,
    FeedbackRow,
    HandoffRow,
    MessageRow,
    OpeningRow,
    ReviewItemRow,
    SuggestionRow,
    TurnRow,
)
from bot.store.values import Json


class ConsoleRepository:
    """Reads and writes for the agents' console."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- whose conversation it is ---------------------------------------------------------------

    def pass_on(
        self,
        conversation_id: str,
        *,
        was: tuple[Owner, str | None],
        now: tuple[Owner, str | None],
    ) -> bool:
        """Compare and set the owner; False where somebody else was quicker, or the conversation is over.

        The version moves on as well, so that a turn being served meanwhile is not stored.
        """
        statement = (
            update(ConversationRow)
            .where(
                ConversationRow.id == conversation_id,
                ConversationRow.owner == was[0],
                ConversationRow.owner_agent.is_not_distinct_from(was[1]),
                ConversationRow.ended_at.is_(None),
            )
            .values(owner=now[0], owner_agent=now[1], version=ConversationRow.version + 1)
        )
        return self._connection.execute(statement).rowcount == 1

    def listed(self, *, since: datetime, limit: int = 300) -> tuple[Listed, ...]:
        """Conversations of candidates that are open or were active since then, the longest waiting first."""
        c, h = ConversationRow, HandoffRow
        person = func.coalesce(c.ase_id, c.about)
        last = (
            select(MessageRow.author)
            .where(MessageRow.conversation_id == c.id, MessageRow.seq == c.last_seq)
            .scalar_subquery()
        )
        statement = (
            select(
                c.id,
                c.channel,
                c.owner,
                c.owner_agent,
                person.label("person"),
                (CandidateRow.first_name + " " + CandidateRow.last_name).label("name"),
                c.state,
                c.version,
                c.last_seq,
                c.created_at,
                c.last_active_at,
                c.ended_at,
                h.reason,
                h.requested_at,
                last.label("last_author"),
            )
            .select_from(c)
            .outerjoin(h, (h.conversation_id == c.id) & (h.status != "closed"))
            .outerjoin(CandidateRow, CandidateRow.ase_id == person)
            .where(c.channel != "agent", (c.owner != "assistant") | (c.last_active_at >= since))
            .order_by(h.requested_at.is_(None), h.requested_at, c.last_active_at.desc(), c.id)
            .limit(limit)
        )
        return tuple(Listed(**row._mapping) for row in self._connection.execute(statement))

    def open(self, agent_id: str, conversation_id: str, *, at: datetime) -> bool:
        """An agent opens a conversation; True the first time."""
        make = sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert
        statement = make(OpeningRow).values(agent_id=agent_id, conversation_id=conversation_id, opened_at=at)
        made = statement.on_conflict_do_nothing().returning(OpeningRow.agent_id)
        return self._connection.execute(made).one_or_none() is not None

    def opened(self, agent_id: str) -> frozenset[str]:
        """The conversations that an agent has opened."""
        statement = select(OpeningRow.conversation_id).where(OpeningRow.agent_id == agent_id)
        return frozenset(self._connection.execute(statement).scalars())

    # --- assignments ------------------------------------------------------------------------------

    def begin(
        self, assignment_id: str, conversation_id: str, agent_id: str, *, waiting_since: datetime | None, at: datetime
    ) -> None:
        """A person starts answering."""
        self._connection.execute(
            insert(AssignmentRow).values(
                id=assignment_id,
                conversation_id=conversation_id,
                agent_id=agent_id,
                waiting_since=waiting_since,
                started_at=at,
                first_answer_at=None,
                ended_at=None,
                ended_how=None,
                outcome=None,
                note=None,
                passed_to=None,
            )
        )

    def answered(self, conversation_id: str, *, at: datetime) -> None:
        """The first answer of the person in the assignment that goes on."""
        self._connection.execute(
            update(AssignmentRow)
            .where(
                AssignmentRow.conversation_id == conversation_id,
                AssignmentRow.ended_at.is_(None),
                AssignmentRow.first_answer_at.is_(None),
            )
            .values(first_answer_at=at)
        )

    def finish(
        self,
        conversation_id: str,
        *,
        how: str,
        at: datetime,
        note: str | None = None,
        outcome: str | None = None,
        to: str | None = None,
    ) -> bool:
        """The assignment that goes on is over; False where there is none."""
        statement = (
            update(AssignmentRow)
            .where(AssignmentRow.conversation_id == conversation_id, AssignmentRow.ended_at.is_(None))
            .values(ended_at=at, ended_how=how, note=note, outcome=outcome, passed_to=to)
        )
        return self._connection.execute(statement).rowcount == 1

    def assignments(self, conversation_id: str) -> tuple[Assignment, ...]:
        """All assignments of a conversation, oldest first."""
        statement = select(AssignmentRow).where(AssignmentRow.conversation_id == conversation_id)
        rows = self._connection.execute(statement.order_by(AssignmentRow.started_at, AssignmentRow.id))
        return tuple(Assignment(**row._mapping) for row in rows)

    # --- suggestions ------------------------------------------------------------------------------

    def suggest(self, suggestions: Iterable[Suggestion]) -> None:
        """Keep what is shown."""
        rows = [{name: getattr(s, name) for name in Suggestion.__slots__} for s in suggestions]
        if rows:
            self._connection.execute(insert(SuggestionRow), rows)

    def suggested(self, conversation_id: str, seq: int) -> tuple[Suggestion, ...]:
        """What was suggested for a message, the best first."""
        statement = select(SuggestionRow).where(
            SuggestionRow.conversation_id == conversation_id, SuggestionRow.seq == seq
        )
        rows = self._connection.execute(statement.order_by(SuggestionRow.confidence.desc(), SuggestionRow.id))
        return tuple(Suggestion(**row._mapping) for row in rows)

    def suggestion(self, suggestion_id: str) -> Suggestion | None:
        """One suggestion."""
        row = self._connection.execute(select(SuggestionRow).where(SuggestionRow.id == suggestion_id)).one_or_none()
        return None if row is None else Suggestion(**row._mapping)

    def mark(self, suggestion_id: str, state: str, *, at: datetime, reason: str | None = None) -> bool:
        """What became of a suggestion; what was sent or rejected stays so."""
        statement = (
            update(SuggestionRow)
            .where(SuggestionRow.id == suggestion_id, SuggestionRow.state.not_in(("sent", "rejected")))
            .values(state=state, reason=reason, changed_at=at)
        )
        return self._connection.execute(statement).rowcount == 1

    # --- review -----------------------------------------------------------------------------------

    def put_up(self, item: ReviewItem) -> bool:
        """Put a message up for review; False where it is there already (for the same reason)."""
        make = sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert
        values = {name: getattr(item, name) for name in ReviewItem.__slots__}
        statement = make(ReviewItemRow).values(**values).on_conflict_do_nothing().returning(ReviewItemRow.id)
        return self._connection.execute(statement).one_or_none() is not None

    def reviews(self, *, state: str | None = None, limit: int = 500) -> tuple[ReviewItem, ...]:
        """Items for review, newest first."""
        statement = select(ReviewItemRow).order_by(ReviewItemRow.at.desc(), ReviewItemRow.id).limit(limit)
        if state is not None:
            statement = statement.where(ReviewItemRow.state == state)
        return tuple(ReviewItem(**row._mapping) for row in self._connection.execute(statement))

    def review(self, item_id: str) -> ReviewItem | None:
        """One item."""
        row = self._connection.execute(select(ReviewItemRow).where(ReviewItemRow.id == item_id)).one_or_none()
        return None if row is None else ReviewItem(**row._mapping)

    def settle(self, item_id: str, *, state: str, label: str | None, text: str, by: str, at: datetime) -> bool:
        """A content owner decides; what went out in a patch stays as it is."""
        statement = (
            update(ReviewItemRow)
            .where(ReviewItemRow.id == item_id, ReviewItemRow.patch.is_(None))
            .values(state=state, label=label, text=text, decided_by=by, decided_at=at)
        )
        return self._connection.execute(statement).rowcount == 1

    def exported(self, item_ids: Iterable[str], patch: str) -> None:
        """These items went out in that patch."""
        self._connection.execute(update(ReviewItemRow).where(ReviewItemRow.id.in_(list(item_ids))).values(patch=patch))

    def to_review(self, *, limit: int = 500) -> tuple[Json, ...]:
        """Messages that were not understood, and those whose answer got a thumb down, not yet put up."""
        m, t, c, f = MessageRow, TurnRow, ConversationRow, FeedbackRow
        columns = (
            m.conversation_id,
            m.seq,
            m.text,
            t.intent,
            t.confidence,
            t.model,
            func.coalesce(c.ase_id, c.about).label("person"),
        )

        def rows(source: str, comment: Any, statement: Any) -> list[Json]:
            there = select(ReviewItemRow.id).where(
                ReviewItemRow.conversation_id == m.conversation_id,
                ReviewItemRow.seq == m.seq,
                ReviewItemRow.source == source,
            )
            wanted = statement.where(m.author == "candidate", ~there.exists()).order_by(m.at, m.seq).limit(limit)
            found = self._connection.execute(wanted.add_columns(comment.label("comment")))
            return [{**row._mapping, "source": source} for row in found]

        same_turn = (t.conversation_id == m.conversation_id) & (t.turn == m.turn)
        base = select(*columns).join(t, same_turn).join(c, c.id == m.conversation_id)
        missed = base.where(t.intent == "out_of_scope", c.channel != "agent")
        answered = aliased(MessageRow)
        disliked = (
            base.join(answered, (answered.conversation_id == m.conversation_id) & (answered.turn == m.turn))
            .join(f, (f.conversation_id == answered.conversation_id) & (f.seq == answered.seq))
            .where(f.rating == "down")
        )
        return (*rows("not_understood", null(), missed), *rows("thumb_down", f.comment, disliked))

    # --- raw events -------------------------------------------------------------------------------

    def events(self, *, since: datetime, until: datetime) -> Events:
        """The log of that time, without the words that were said (but for a rating's).

        Turns, messages and decisions are those of the time; of requests, assignments, ratings and confirmations, which
        go by real time, all are given: figures keep those of the conversations that were active.
        """

        def rows(statement: Any) -> tuple[Json, ...]:
            return tuple(dict(row._mapping) for row in self._connection.execute(statement))

        c, t, m = ConversationRow, TurnRow, MessageRow
        return Events(
            conversations=rows(
                select(c.id, c.channel, func.coalesce(c.ase_id, c.about).label("person"), c.created_at, c.ended_at)
                .where(c.channel != "agent", c.created_at < until)
                .order_by(c.created_at, c.id)
            ),
            turns=rows(
                select(
                    t.conversation_id,
                    t.turn,
                    t.client_message_id.label("client"),
                    t.intent,
                    t.confidence,
                    t.state,
                    t.started_at,
                )
                .where(t.started_at >= since, t.started_at < until)
                .order_by(t.conversation_id, t.turn)
            ),
            messages=rows(
                select(m.conversation_id, m.seq, m.turn, m.author, m.at)
                .where(m.at >= since, m.at < until)
                .order_by(m.conversation_id, m.seq)
            ),
            decisions=rows(
                select(DecisionRow.conversation_id, DecisionRow.rule, DecisionRow.decision, DecisionRow.at)
                .where(DecisionRow.at >= since, DecisionRow.at < until, DecisionRow.what_if.is_(False))
                .order_by(DecisionRow.id)
            ),
            assignments=rows(select(AssignmentRow).order_by(AssignmentRow.started_at, AssignmentRow.id)),
            handoffs=rows(
                select(
                    HandoffRow.conversation_id, HandoffRow.reason, HandoffRow.requested_at, HandoffRow.accepted_at
                ).order_by(HandoffRow.requested_at, HandoffRow.id)
            ),
            feedback=rows(select(FeedbackRow).order_by(FeedbackRow.conversation_id, FeedbackRow.seq)),
            suggestions=rows(
                select(
                    SuggestionRow.conversation_id, SuggestionRow.label, SuggestionRow.state, SuggestionRow.shown_at
                ).order_by(SuggestionRow.shown_at, SuggestionRow.id)
            ),
            confirmations=rows(
                select(
                    ConfirmationRow.id, ConfirmationRow.conversation_id, ConfirmationRow.task, ConfirmationRow.state
                ).order_by(ConfirmationRow.created_at, ConfirmationRow.id)
            ),
        )
