"""The first schema, and an audit that the database itself keeps append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: a database is never taken back to an older schema."""
    op.create_table('audit',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_kind', sa.String(length=24), nullable=False),
    sa.Column('actor_id', sa.Text(), nullable=True),
    sa.Column('channel', sa.String(length=24), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.Text(), nullable=True),
    sa.Column('policy_digest', sa.Text(), nullable=True),
    sa.Column('model', sa.Text(), nullable=True),
    sa.Column('content_hash', sa.Text(), nullable=False),
    sa.Column('previous_hash', sa.Text(), nullable=False),
    sa.Column('hash', sa.Text(), nullable=False),
    sa.Column('salt', sa.Text(), nullable=True),
    sa.Column('subject', sa.Text(), nullable=True),
    sa.Column('before', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('after', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('decision', sa.JSON(none_as_null=True), nullable=True),
    sa.CheckConstraint("actor_kind IN ('candidate', 'agent', 'system', 'anonymous')", name=op.f('ck_audit_actor_kind')),
    sa.PrimaryKeyConstraint('seq', name='pk_audit'),
    sa.UniqueConstraint('hash', name='uq_audit_hash')
    )
    op.create_index('ix_audit_subject', 'audit', ['subject'], unique=False)
    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('hash', sa.Text(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_audit_head_single')),
    sa.PrimaryKeyConstraint('id', name='pk_audit_head')
    )
    op.create_table('candidates',
    sa.Column('ase_id', sa.Text(), nullable=False),
    sa.Column('first_name', sa.Text(), nullable=True),
    sa.Column('last_name', sa.Text(), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('time_zone', sa.Text(), nullable=True),
    sa.Column('address_line1', sa.Text(), nullable=True),
    sa.Column('address_line2', sa.Text(), nullable=True),
    sa.Column('address_city', sa.Text(), nullable=True),
    sa.Column('address_region', sa.Text(), nullable=True),
    sa.Column('address_postal_code', sa.Text(), nullable=True),
    sa.Column('address_country', sa.Text(), nullable=True),
    sa.Column('address_changed_on', sa.Date(), nullable=True),
    sa.Column('experience_status', sa.String(length=24), nullable=False),
    sa.Column('experience_submitted_on', sa.Date(), nullable=True),
    sa.Column('experience_decided_on', sa.Date(), nullable=True),
    sa.Column('accommodation_status', sa.String(length=24), nullable=False),
    sa.Column('accommodation_submitted_on', sa.Date(), nullable=True),
    sa.Column('accommodation_decided_on', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("accommodation_status IN ('none', 'in_review', 'approved', 'denied')", name=op.f('ck_candidates_accommodation_status')),
    sa.CheckConstraint("experience_status IN ('not_submitted', 'in_review', 'approved', 'returned')", name=op.f('ck_candidates_experience_status')),
    sa.CheckConstraint('(address_line1 IS NULL) = (address_city IS NULL) AND (address_line1 IS NULL) = (address_region IS NULL) AND (address_line1 IS NULL) = (address_postal_code IS NULL) AND (address_line1 IS NULL) = (address_country IS NULL)', name=op.f('ck_candidates_address_whole')),
    sa.CheckConstraint('(first_name IS NULL) = (last_name IS NULL)', name=op.f('ck_candidates_name_whole')),
    sa.CheckConstraint('address_line2 IS NULL OR address_line1 IS NOT NULL', name=op.f('ck_candidates_address_line2')),
    sa.PrimaryKeyConstraint('ase_id', name='pk_candidates')
    )
    op.create_table('conversations',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('channel', sa.String(length=24), nullable=False),
    sa.Column('locale', sa.String(length=24), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('ase_id', sa.Text(), nullable=True),
    sa.Column('signed_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('agent_id', sa.Text(), nullable=True),
    sa.Column('agent_role', sa.String(length=24), nullable=True),
    sa.Column('about', sa.Text(), nullable=True),
    sa.Column('owner', sa.String(length=24), nullable=False),
    sa.Column('owner_agent', sa.Text(), nullable=True),
    sa.Column('state', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('last_seq', sa.Integer(), nullable=False),
    sa.Column('last_turn', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_active_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(channel = 'agent') = (agent_id IS NOT NULL)", name=op.f('ck_conversations_agent_channel')),
    sa.CheckConstraint("(owner = 'agent') = (owner_agent IS NOT NULL)", name=op.f('ck_conversations_owner_agent')),
    sa.CheckConstraint("agent_role IN ('agent', 'lead')", name=op.f('ck_conversations_agent_role')),
    sa.CheckConstraint("channel IN ('web', 'phone', 'agent')", name=op.f('ck_conversations_channel')),
    sa.CheckConstraint("owner IN ('assistant', 'queue', 'agent')", name=op.f('ck_conversations_owner')),
    sa.CheckConstraint('(agent_id IS NULL) = (agent_role IS NULL)', name=op.f('ck_conversations_agent')),
    sa.CheckConstraint('(ase_id IS NULL) = (signed_in_at IS NULL)', name=op.f('ck_conversations_signed_in')),
    sa.CheckConstraint('agent_id IS NULL OR ase_id IS NULL', name=op.f('ck_conversations_one_identity')),
    sa.PrimaryKeyConstraint('id', name='pk_conversations'),
    sa.UniqueConstraint('token_hash', name='uq_conversations_token_hash')
    )
    op.create_index('ix_conversations_about', 'conversations', ['about'], unique=False)
    op.create_index('ix_conversations_ase_id', 'conversations', ['ase_id'], unique=False)
    op.create_index('ix_conversations_last_active_at', 'conversations', ['last_active_at'], unique=False)
    op.create_table('outbox',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('recipient', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('code', sa.String(length=24), nullable=True),
    sa.Column('attachments', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('ase_id', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('doubtful', sa.Boolean(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.CheckConstraint("(state = 'sending') = (claimed_at IS NOT NULL)", name=op.f('ck_outbox_claimed_at')),
    sa.CheckConstraint("(state IN ('sent', 'maybe_sent')) = (sent_at IS NOT NULL)", name=op.f('ck_outbox_sent_at')),
    sa.CheckConstraint("state IN ('pending', 'sending', 'sent', 'maybe_sent')", name=op.f('ck_outbox_state')),
    sa.PrimaryKeyConstraint('id', name='pk_outbox')
    )
    op.create_index('ix_outbox_ase_id', 'outbox', ['ase_id'], unique=False)
    op.create_index('ix_outbox_recipient', 'outbox', ['recipient'], unique=False)
    op.create_index('ix_outbox_state', 'outbox', ['state'], unique=False)
    op.create_table('policies',
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('content', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('first_used_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('digest', name='pk_policies')
    )
    op.create_table('sign_in_locks',
    sa.Column('ase_id', sa.Text(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('failures >= 0', name=op.f('ck_sign_in_locks_failures')),
    sa.PrimaryKeyConstraint('ase_id', name='pk_sign_in_locks')
    )
    op.create_table('sites',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('city', sa.Text(), nullable=False),
    sa.Column('region', sa.Text(), nullable=False),
    sa.Column('country', sa.Text(), nullable=False),
    sa.Column('time_zone', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_sites')
    )
    op.create_table('certifications',
    sa.Column('ase_id', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('test', sa.Text(), nullable=False),
    sa.Column('certified_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['ase_id'], ['candidates.ase_id'], name='fk_certifications_ase_id'),
    sa.PrimaryKeyConstraint('ase_id', 'position', name='pk_certifications')
    )
    op.create_table('changes',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('request_hash', sa.Text(), nullable=False),
    sa.Column('ase_id', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('outcome', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('undone_by', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['ase_id'], ['candidates.ase_id'], name='fk_changes_ase_id'),
    sa.PrimaryKeyConstraint('key', name='pk_changes')
    )
    op.create_index('ix_changes_ase_id', 'changes', ['ase_id'], unique=False)
    op.create_table('confirmations',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('ase_id', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('task', sa.Text(), nullable=False),
    sa.Column('preview', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('preview_hash', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.CheckConstraint("state IN ('pending', 'committed', 'refused', 'declined', 'expired', 'replaced')", name=op.f('ck_confirmations_state')),
    sa.CheckConstraint('expires_at > created_at', name=op.f('ck_confirmations_expires_at')),
    sa.ForeignKeyConstraint(['ase_id'], ['candidates.ase_id'], name='fk_confirmations_ase_id'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name='fk_confirmations_conversation_id'),
    sa.PrimaryKeyConstraint('id', name='pk_confirmations')
    )
    op.create_index('ix_confirmations_conversation_id', 'confirmations', ['conversation_id'], unique=False)
    op.create_index('uq_confirmations_pending', 'confirmations', ['ase_id'], unique=True, sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
    op.create_table('conversation_people',
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('ase_id', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name='fk_conversation_people_conversation_id'),
    sa.PrimaryKeyConstraint('conversation_id', 'ase_id', name='pk_conversation_people')
    )
    op.create_index('ix_conversation_people_ase_id', 'conversation_people', ['ase_id'], unique=False)
    op.create_table('decisions',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('ase_id', sa.Text(), nullable=True),
    sa.Column('conversation_id', sa.Text(), nullable=True),
    sa.Column('turn', sa.Integer(), nullable=True),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('subject', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('facts', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('decision', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('as_of', sa.DateTime(timezone=True), nullable=False),
    sa.Column('policy_digest', sa.Text(), nullable=False),
    sa.Column('what_if', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name='fk_decisions_conversation_id'),
    sa.PrimaryKeyConstraint('id', name='pk_decisions')
    )
    op.create_index('ix_decisions_ase_id', 'decisions', ['ase_id'], unique=False)
    op.create_index('ix_decisions_conversation_id', 'decisions', ['conversation_id'], unique=False)
    op.create_table('duplicate_orders',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('ase_id', sa.Text(), nullable=False),
    sa.Column('change_key', sa.Text(), nullable=False),
    sa.Column('series', sa.Text(), nullable=False),
    sa.Column('fee', sa.String(length=24), nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('ordered', 'withdrawn', 'sent')", name=op.f('ck_duplicate_orders_state')),
    sa.ForeignKeyConstraint(['ase_id'], ['candidates.ase_id'], name='fk_duplicate_orders_ase_id'),
    sa.PrimaryKeyConstraint('id', name='pk_duplicate_orders'),
    sa.UniqueConstraint('change_key', 'series', name='uq_duplicate_orders_change_key_series')
    )
    op.create_index('ix_duplicate_orders_ase_id', 'duplicate_orders', ['ase_id'], unique=False)
    op.create_table('handoffs',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('summary', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('status', sa.String(length=24), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('agent_id', sa.Text(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(status = 'requested') = (agent_id IS NULL) OR status = 'closed'", name=op.f('ck_handoffs_agent')),
    sa.CheckConstraint("status IN ('requested', 'accepted', 'closed')", name=op.f('ck_handoffs_status')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name='fk_handoffs_conversation_id'),
    sa.PrimaryKeyConstraint('id', name='pk_handoffs')
    )
    op.create_index('ix_handoffs_conversation_id', 'handoffs', ['conversation_id'], unique=False)
    op.create_index('ix_handoffs_status', 'handoffs', ['status'], unique=False)
    op.create_index('uq_handoffs_open', 'handoffs', ['conversation_id'], unique=True, sqlite_where=sa.text("status <> 'closed'"), postgresql_where=sa.text("status <> 'closed'"))
    op.create_table('messages',
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('author', sa.String(length=24), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('speech', sa.Text(), nullable=False),
    sa.Column('payload', sa.JSON(none_as_null=True), nullable=False),
    sa.CheckConstraint("author IN ('assistant', 'candidate', 'agent')", name=op.f('ck_messages_author')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name='fk_messages_conversation_id'),
    sa.PrimaryKeyConstraint('conversation_id', 'seq', name='pk_messages')
    )
    op.create_table('purchases',
    sa.Column('ase_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('test', sa.Text(), nullable=False),
    sa.Column('purchased_on', sa.Date(), nullable=False),
    sa.Column('paid_by', sa.String(length=24), nullable=False),
    sa.Column('cancelled_on', sa.Date(), nullable=True),
    sa.CheckConstraint("paid_by IN ('candidate', 'other')", name=op.f('ck_purchases_paid_by')),
    sa.ForeignKeyConstraint(['ase_id'], ['candidates.ase_id'], name='fk_purchases_ase_id'),
    sa.PrimaryKeyConstraint('ase_id', 'id', name='pk_purchases'),
    sa.UniqueConstraint('ase_id', 'position', name='uq_purchases_ase_id_position')
    )
    op.create_table('refunds_due',
    sa.Column('change_key', sa.Text(), nullable=False),
    sa.Column('ase_id', sa.Text(), nullable=False),
    sa.Column('purchase_id', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('due', 'paid', 'withdrawn')", name=op.f('ck_refunds_due_state')),
    sa.ForeignKeyConstraint(['ase_id'], ['candidates.ase_id'], name='fk_refunds_due_ase_id'),
    sa.PrimaryKeyConstraint('change_key', name='pk_refunds_due')
    )
    op.create_index('ix_refunds_due_ase_id', 'refunds_due', ['ase_id'], unique=False)
    op.create_index('uq_refunds_due_purchase', 'refunds_due', ['ase_id', 'purchase_id'], unique=True, sqlite_where=sa.text("state <> 'withdrawn'"), postgresql_where=sa.text("state <> 'withdrawn'"))
    op.create_table('seats',
    sa.Column('site_id', sa.Text(), nullable=False),
    sa.Column('starts_at', sa.Text(), nullable=False),
    sa.Column('starts_utc', sa.DateTime(timezone=True), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.CheckConstraint('capacity >= 0', name=op.f('ck_seats_capacity')),
    sa.ForeignKeyConstraint(['site_id'], ['sites.id'], name='fk_seats_site_id'),
    sa.PrimaryKeyConstraint('site_id', 'starts_at', name='pk_seats')
    )
    op.create_index('ix_seats_starts_utc', 'seats', ['starts_utc'], unique=False)
    op.create_table('sign_in_codes',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('ase_id', sa.Text(), nullable=False),
    sa.Column('code_hash', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('attempts >= 0', name=op.f('ck_sign_in_codes_attempts')),
    sa.CheckConstraint('used_at IS NULL OR replaced_at IS NULL', name=op.f('ck_sign_in_codes_ended_once')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name='fk_sign_in_codes_conversation_id'),
    sa.PrimaryKeyConstraint('id', name='pk_sign_in_codes')
    )
    op.create_index('ix_sign_in_codes_ase_id', 'sign_in_codes', ['ase_id'], unique=False)
    op.create_index('ix_sign_in_codes_conversation_id', 'sign_in_codes', ['conversation_id'], unique=False)
    op.create_index('uq_sign_in_codes_live', 'sign_in_codes', ['conversation_id'], unique=True, sqlite_where=sa.text('used_at IS NULL AND replaced_at IS NULL'), postgresql_where=sa.text('used_at IS NULL AND replaced_at IS NULL'))
    op.create_table('turns',
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('client_message_id', sa.Text(), nullable=False),
    sa.Column('body_hash', sa.Text(), nullable=False),
    sa.Column('intent', sa.Text(), nullable=True),
    sa.Column('confidence', sa.Float(), nullable=True),
    sa.Column('decisions', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('policy_digest', sa.Text(), nullable=True),
    sa.Column('model', sa.Text(), nullable=True),
    sa.Column('state', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('confidence IS NULL OR confidence BETWEEN 0 AND 1', name=op.f('ck_turns_confidence')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name='fk_turns_conversation_id'),
    sa.PrimaryKeyConstraint('conversation_id', 'turn', name='pk_turns'),
    sa.UniqueConstraint('conversation_id', 'client_message_id', name='uq_turns_conversation_id_client_message_id')
    )
    op.create_table('appointments',
    sa.Column('ase_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('purchase_id', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Text(), nullable=False),
    sa.Column('starts_at', sa.Text(), nullable=False),
    sa.Column('starts_utc', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.String(length=24), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("status IN ('booked', 'cancelled', 'kept', 'no_show')", name=op.f('ck_appointments_status')),
    sa.ForeignKeyConstraint(['ase_id', 'purchase_id'], ['purchases.ase_id', 'purchases.id'], name='fk_appointments_ase_id_purchase_id'),
    sa.ForeignKeyConstraint(['site_id'], ['sites.id'], name='fk_appointments_site_id'),
    sa.PrimaryKeyConstraint('ase_id', 'id', name='pk_appointments'),
    sa.UniqueConstraint('ase_id', 'purchase_id', 'number', name='uq_appointments_ase_id_purchase_id_number')
    )
    op.create_index('ix_appointments_site_id', 'appointments', ['site_id'], unique=False)
    op.create_index('ix_appointments_starts_utc', 'appointments', ['starts_utc'], unique=False)
    op.create_index('uq_appointments_live', 'appointments', ['ase_id', 'purchase_id'], unique=True, sqlite_where=sa.text("status <> 'cancelled'"), postgresql_where=sa.text("status <> 'cancelled'"))
    op.create_table('feedback',
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('rating', sa.String(length=24), nullable=False),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("rating IN ('up', 'down')", name=op.f('ck_feedback_rating')),
    sa.ForeignKeyConstraint(['conversation_id', 'seq'], ['messages.conversation_id', 'messages.seq'], name='fk_feedback_conversation_id_seq'),
    sa.PrimaryKeyConstraint('conversation_id', 'seq', name='pk_feedback')
    )
    op.create_table('holds',
    sa.Column('ase_id', sa.Text(), nullable=False),
    sa.Column('site_id', sa.Text(), nullable=False),
    sa.Column('starts_at', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('expires_at > created_at', name=op.f('ck_holds_expires_at')),
    sa.ForeignKeyConstraint(['ase_id'], ['candidates.ase_id'], name='fk_holds_ase_id'),
    sa.ForeignKeyConstraint(['site_id', 'starts_at'], ['seats.site_id', 'seats.starts_at'], name='fk_holds_site_id_starts_at'),
    sa.PrimaryKeyConstraint('ase_id', name='pk_holds')
    )
    op.create_index('ix_holds_seat', 'holds', ['site_id', 'starts_at'], unique=False)
    op.create_table('results',
    sa.Column('ase_id', sa.Text(), nullable=False),
    sa.Column('purchase_id', sa.Text(), nullable=False),
    sa.Column('outcome', sa.String(length=24), nullable=False),
    sa.Column('taken_on', sa.Date(), nullable=False),
    sa.Column('posted_on', sa.Date(), nullable=True),
    sa.CheckConstraint("outcome IN ('pass', 'fail', 'no_show')", name=op.f('ck_results_outcome')),
    sa.ForeignKeyConstraint(['ase_id', 'purchase_id'], ['purchases.ase_id', 'purchases.id'], name='fk_results_ase_id_purchase_id'),
    sa.PrimaryKeyConstraint('ase_id', 'purchase_id', name='pk_results')
    )
    op.execute(f"INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '{'0' * 64}')")
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()



_FIXED = (
    "seq",
    "at",
    "actor_kind",
    "actor_id",
    "channel",
    "action",
    "conversation_id",
    "policy_digest",
    "model",
    "content_hash",
    "previous_hash",
    "hash",
)
_CONTENT = ("salt", "subject", "before", "after", "decision")


def _guard_sqlite() -> None:
    altered = " OR ".join(
        [f"NEW.{name} IS NOT OLD.{name}" for name in _FIXED] + [f"NEW.{name} IS NOT NULL" for name in _CONTENT]
    )
    refuse = "SELECT RAISE(ABORT, 'the audit is append-only')"
    op.execute(f"CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN {refuse}; END")
    op.execute(f"CREATE TRIGGER audit_unaltered BEFORE UPDATE ON audit WHEN {altered} BEGIN {refuse}; END")


def _guard_postgresql() -> None:
    altered = " OR ".join(
        [f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _FIXED]
        + [f"NEW.{name} IS NOT NULL" for name in _CONTENT]
    )
    op.execute(
        f"""
        CREATE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF NOT ({altered}) THEN RETURN NEW; END IF;
            END IF;
            RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    op.execute("CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_guard()")
    op.execute("CREATE TRIGGER audit_whole BEFORE TRUNCATE ON audit EXECUTE FUNCTION audit_guard()")
