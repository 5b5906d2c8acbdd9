"""Mails that expire."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: a database is never taken back to an older schema."""
    op.add_column('outbox', sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('audit_head', sa.Column('signature', sa.Text(), nullable=True))
