"""Sends of a day and check-ins of a week are counted from an index alone, however many are stored."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.drop_index("sends_by_time", "sends")
    op.create_index("sends_by_time", "sends", ["created_at", "state", "kind"])
    op.create_index("check_ins_by_due", "check_ins", ["due", "state"])
