"""Exceptions with a life: asked for, granted, used once, withdrawn, turned down, expired. And longer kinds of mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: a database is never taken back to an older schema.

    What was allowed before had no end and may have been used: it is kept as expired, and a lead may allow it anew.
    """
    op.create_table('exceptions',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('ase_id', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('rule', sa.String(length=24), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('test', sa.Text(), nullable=False),
    sa.Column('purchase_id', sa.Text(), nullable=False),
    sa.Column('decision', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('asked_why', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('granted_by', sa.Text(), nullable=True),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('change_key', sa.Text(), nullable=True),
    sa.Column('ended_by', sa.Text(), nullable=True),
    sa.Column('ended_why', sa.Text(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('requested', 'pending', 'granted', 'used', 'withdrawn', 'declined', 'expired')", name=op.f('ck_exceptions_state')),
    sa.CheckConstraint('(granted_by IS NULL) = (granted_at IS NULL) AND (granted_by IS NULL) = (expires_at IS NULL)', name=op.f('ck_exceptions_granted')),
    sa.CheckConstraint("state NOT IN ('granted', 'used') OR granted_at IS NOT NULL", name=op.f('ck_exceptions_grant')),
    sa.CheckConstraint("(state = 'used') = (change_key IS NOT NULL)", name=op.f('ck_exceptions_used')),
    sa.ForeignKeyConstraint(['asked_by'], ['agents.id'], name='fk_exceptions_asked_by'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name='fk_exceptions_conversation_id'),
    sa.ForeignKeyConstraint(['granted_by'], ['agents.id'], name='fk_exceptions_granted_by'),
    sa.PrimaryKeyConstraint('id', name='pk_exceptions')
    )
    op.create_index('ix_exceptions_ase_id', 'exceptions', ['ase_id'], unique=False)
    op.create_index('ix_exceptions_conversation_id', 'exceptions', ['conversation_id'], unique=False)
    op.create_index('ix_exceptions_state', 'exceptions', ['state'], unique=False)
    _carry_over()
    op.drop_table('overrides')
    _longer_kinds_of_mail()


def _longer_kinds_of_mail() -> None:
    """ "duplicate_certificate_mail" has more than 24 letters: PostgreSQL refused the order with its mail."""
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('outbox', 'kind', type_=sa.Text(), existing_nullable=False)
        return
    op.execute("ALTER TABLE outbox ADD COLUMN any_kind TEXT NOT NULL DEFAULT ''")
    op.execute('UPDATE outbox SET any_kind = kind')
    op.execute('ALTER TABLE outbox DROP COLUMN kind')
    op.execute('ALTER TABLE outbox RENAME COLUMN any_kind TO kind')


def _carry_over() -> None:
    text, json, at = sa.Text(), sa.JSON(none_as_null=True), sa.DateTime(timezone=True)
    old = sa.table('overrides', *(sa.column(name, kind) for name, kind in (
        ('id', text), ('ase_id', text), ('conversation_id', text), ('agent_id', text), ('rule', text), ('subject', json),
        ('decision', json), ('reason', text), ('state', text), ('at', at), ('confirmed_at', at),
    )))
    new = sa.table('exceptions', *(sa.column(name, kind) for name, kind in (
        ('id', text), ('ase_id', text), ('conversation_id', text), ('rule', text), ('code', text), ('test', text),
        ('purchase_id', text), ('decision', json), ('state', text), ('asked_by', text), ('asked_why', text),
        ('asked_at', at), ('granted_by', text), ('granted_at', at), ('expires_at', at), ('ended_at', at),
    )))
    connection = op.get_bind()
    rows = connection.execute(sa.select(old)).mappings().all()
    for row in rows:
        allowed = row['state'] == 'allowed' and row['confirmed_at'] is not None
        reasons = row['decision'].get('reasons') or [{}]
        connection.execute(sa.insert(new).values(
            id=row['id'],
            ase_id=row['ase_id'],
            conversation_id=row['conversation_id'],
            rule=row['rule'],
            code=str(reasons[0].get('code', '')),
            test=str(row['subject'].get('test', '')),
            purchase_id=str(row['subject'].get('about', '')).partition('/')[2],
            decision=row['decision'],
            state='expired' if allowed else 'withdrawn',
            asked_by=row['agent_id'],
            asked_why=row['reason'],
            asked_at=row['at'],
            granted_by=row['agent_id'] if allowed else None,
            granted_at=row['confirmed_at'] if allowed else None,
            expires_at=row['confirmed_at'] if allowed else None,
            ended_at=row['confirmed_at'] if allowed else row['at'],
        ))
