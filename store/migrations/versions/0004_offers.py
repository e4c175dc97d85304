"""Visitors of a kiosk may give a number: what is open between two of their turns."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "offers",
        sa.Column("session", sa.Integer, sa.ForeignKey("sessions.id"), primary_key=True),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("misses", sa.Integer, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
