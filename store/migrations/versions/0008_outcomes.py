"""What came of an alert, in the words of whoever closed it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("alerts", sa.Column("outcome", sa.Text, nullable=False, server_default=""))
