"""The tables. Rows stay inside this package: repositories hand out frozen values."""

from __future__ import annotations

from bot.store.models.base import Base
from bot.store.models.calls import CallRow
from bot.store.models.changes import ChangeRow, ConfirmationRow, DuplicateOrderRow, HoldRow, RefundDueRow
from bot.store.models.console import (
    AgentRow,
    AgentSessionRow,
    AssignmentRow,
    ExceptionRow,
    OpeningRow,
    ReviewItemRow,
    SuggestionRow,
)
from bot.store.models.conversations import (
    ConversationPersonRow,
    ConversationRow,
    FeedbackRow,
    HandoffRow,
    MessageRow,
    SignInCodeRow,
    SignInCountRow,
    SignInLockRow,
    SignInPlaceRow,
    TurnRow,
)
from bot.store.models.ledger import AuditHeadRow, AuditRow, DecisionRow, OutboxRow, PolicyRow
from bot.store.models.people import (
    AppointmentRow,
    CandidateRow,
    CertificationRow,
    PurchaseRow,
    ResultRow,
    SeatRow,
    SiteRow,
    SitesVersionRow,
)

__all__ = [
    "AgentRow",
    "AgentSessionRow",
    "AppointmentRow",
    "AssignmentRow",
    "AuditHeadRow",
    "AuditRow",
    "Base",
    "CallRow",
    "CandidateRow",
    "CertificationRow",
    "ChangeRow",
    "ConfirmationRow",
    "ConversationPersonRow",
    "ConversationRow",
    "DecisionRow",
    "DuplicateOrderRow",
    "ExceptionRow",
    "FeedbackRow",
    "HandoffRow",
    "HoldRow",
    "MessageRow",
    "OpeningRow",
    "OutboxRow",
    "PolicyRow",
    "PurchaseRow",
    "RefundDueRow",
    "ResultRow",
    "ReviewItemRow",
    "SeatRow",
    "SignInCodeRow",
    "SignInCountRow",
    "SignInLockRow",
    "SignInPlaceRow",
    "SiteRow",
    "SitesVersionRow",
    "SuggestionRow",
    "TurnRow",
]
