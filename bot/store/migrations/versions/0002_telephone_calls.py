"""Telephone calls and the conversations they belong to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: a database is never taken back to an older schema."""
    op.create_table('calls',
    sa.Column('provider', sa.String(length=24), nullable=False),
    sa.Column('call_id', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('caller', sa.Text(), nullable=True),
    sa.Column('pending', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('ended_at IS NULL OR pending IS NULL', name=op.f('ck_calls_nothing_pending')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name='fk_calls_conversation_id'),
    sa.PrimaryKeyConstraint('provider', 'call_id', name='pk_calls')
    )
    op.create_index('ix_calls_conversation_id', 'calls', ['conversation_id'], unique=False)
