"""Mails that expire, signed ends of the audit, sign-in counted by place, sessions that end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: a database is never taken back to an older schema."""
    op.add_column('outbox', sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('audit_head', sa.Column('signature', sa.Text(), nullable=True))
    op.add_column('sign_in_codes', sa.Column('scope', sa.Text(), server_default='', nullable=False))
    op.drop_table('sign_in_locks')  # locks of minutes: nothing is lost
    op.create_table('sign_in_locks',
    sa.Column('who', sa.Text(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('failures >= 0', name=op.f('ck_sign_in_locks_failures')),
    sa.PrimaryKeyConstraint('who', 'scope', name='pk_sign_in_locks')
    )
    op.create_index('ix_sign_in_locks_changed_at', 'sign_in_locks', ['changed_at'], unique=False)
    op.create_table('sign_in_places',
    sa.Column('who', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('who', 'place', name='pk_sign_in_places')
    )
    op.create_table('sign_in_counts',
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('window_start', sa.DateTime(timezone=True), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.CheckConstraint('count >= 0', name=op.f('ck_sign_in_counts_count')),
    sa.PrimaryKeyConstraint('kind', 'key', 'window_start', name='pk_sign_in_counts')
    )
    for name in ('from_address', 'from_network', 'sealed_for'):
        op.add_column('conversations', sa.Column(name, sa.Text(), nullable=True))
    for name in ('shown_at', 'used_at'):
        op.add_column('conversations', sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column('conversations', sa.Column('sealed_seq', sa.Integer(), nullable=True))
    op.create_index('ix_conversations_sealed_for', 'conversations', ['sealed_for'], unique=False)
    op.execute(
        'UPDATE conversations SET shown_at = coalesce(signed_in_at, created_at), used_at = last_active_at '
        'WHERE ase_id IS NOT NULL OR agent_id IS NOT NULL'
    )
