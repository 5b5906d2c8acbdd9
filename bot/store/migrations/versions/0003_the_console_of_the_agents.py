"""The console of the agents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: a database is never taken back to an older schema."""
    op.create_table('agents',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('display_name', sa.Text(), nullable=False),
    sa.Column('role', sa.String(length=24), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("role IN ('agent', 'lead', 'content_owner', 'admin')", name=op.f('ck_agents_role')),
    sa.CheckConstraint('failures >= 0', name=op.f('ck_agents_failures')),
    sa.PrimaryKeyConstraint('id', name='pk_agents')
    )
    op.create_table('agent_sessions',
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('agent_id', sa.Text(), nullable=False),
    sa.Column('csrf', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name='fk_agent_sessions_agent_id'),
    sa.PrimaryKeyConstraint('token_hash', name='pk_agent_sessions')
    )
    op.create_index('ix_agent_sessions_agent_id', 'agent_sessions', ['agent_id'], unique=False)
    op.create_table('console_openings',
    sa.Column('agent_id', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name='fk_console_openings_agent_id'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name='fk_console_openings_conversation_id'),
    sa.PrimaryKeyConstraint('agent_id', 'conversation_id', name='pk_console_openings')
    )
    op.create_table('human_stretches',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('agent_id', sa.Text(), nullable=False),
    sa.Column('waiting_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('first_answer_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_how', sa.String(length=24), nullable=True),
    sa.Column('outcome', sa.String(length=24), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('passed_to', sa.Text(), nullable=True),
    sa.CheckConstraint("ended_how IN ('handed_back', 'transferred', 'closed')", name=op.f('ck_human_stretches_ended_how')),
    sa.CheckConstraint("outcome IN ('solved', 'unsolved', 'follow_up', 'no_answer')", name=op.f('ck_human_stretches_outcome')),
    sa.CheckConstraint('(ended_at IS NULL) = (ended_how IS NULL)', name=op.f('ck_human_stretches_ended')),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name='fk_human_stretches_agent_id'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name='fk_human_stretches_conversation_id'),
    sa.PrimaryKeyConstraint('id', name='pk_human_stretches')
    )
    op.create_index('ix_human_stretches_conversation_id', 'human_stretches', ['conversation_id'], unique=False)
    op.create_index('uq_human_stretches_open', 'human_stretches', ['conversation_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('overrides',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('ase_id', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('agent_id', sa.Text(), nullable=False),
    sa.Column('rule', sa.String(length=24), nullable=False),
    sa.Column('subject', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('decision', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('pending', 'allowed', 'withdrawn')", name=op.f('ck_overrides_state')),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name='fk_overrides_agent_id'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name='fk_overrides_conversation_id'),
    sa.PrimaryKeyConstraint('id', name='pk_overrides')
    )
    op.create_index('ix_overrides_ase_id', 'overrides', ['ase_id'], unique=False)
    op.create_index('ix_overrides_conversation_id', 'overrides', ['conversation_id'], unique=False)
    op.create_table('review_items',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('source', sa.String(length=24), nullable=False),
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('heard_as', sa.Text(), nullable=True),
    sa.Column('confidence', sa.Float(), nullable=True),
    sa.Column('model', sa.Text(), nullable=True),
    sa.Column('remark', sa.Text(), nullable=True),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('label', sa.Text(), nullable=True),
    sa.Column('decided_by', sa.Text(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('patch', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(state = 'accepted') = (label IS NOT NULL)", name=op.f('ck_review_items_label')),
    sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f('ck_review_items_decided')),
    sa.CheckConstraint("source IN ('not_understood', 'thumb_down', 'rejected_suggestion', 'corrected_topic')", name=op.f('ck_review_items_source')),
    sa.CheckConstraint("state IN ('open', 'accepted', 'out_of_scope', 'dismissed')", name=op.f('ck_review_items_state')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name='fk_review_items_conversation_id'),
    sa.PrimaryKeyConstraint('id', name='pk_review_items'),
    sa.UniqueConstraint('source', 'conversation_id', 'seq', name='uq_review_items_source_conversation_id_seq')
    )
    op.create_index('ix_review_items_conversation_id', 'review_items', ['conversation_id'], unique=False)
    op.create_table('suggestions',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('confidence', sa.Float(), nullable=False),
    sa.Column('body', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('shown_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('faq', 'decision', 'conversation')", name=op.f('ck_suggestions_kind')),
    sa.CheckConstraint("state IN ('shown', 'inserted', 'edited', 'sent', 'rejected')", name=op.f('ck_suggestions_state')),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name='fk_suggestions_agent_id'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name='fk_suggestions_conversation_id'),
    sa.PrimaryKeyConstraint('id', name='pk_suggestions')
    )
    op.create_index('ix_suggestions_message', 'suggestions', ['conversation_id', 'seq'], unique=False)
