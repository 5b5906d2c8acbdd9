"""What a turn needs to read less: seats by site and instant, the version of the sites, the client's message ids."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: a database is never taken back to an older schema."""
    op.create_table('sites_version',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('version', sa.Text(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_sites_version_single')),
    sa.PrimaryKeyConstraint('id', name='pk_sites_version')
    )
    op.execute("INSERT INTO sites_version (id, version) VALUES (1, 'first')")
    op.create_index('ix_seats_site_id_starts_utc', 'seats', ['site_id', 'starts_utc'], unique=False)
    op.add_column('messages', sa.Column('client_message_id', sa.Text(), nullable=True))
