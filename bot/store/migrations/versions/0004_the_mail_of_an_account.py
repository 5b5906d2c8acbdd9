"""The e-mail of an account, by which a sign-in elsewhere finds it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: a database is never taken back to an older schema."""
    op.add_column('agents', sa.Column('email', sa.Text(), nullable=True))
    op.create_index('uq_agents_email', 'agents', ['email'], unique=True)
