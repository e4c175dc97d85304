"""Alerts that are followed up, what was sent, check-ins, and jobs that anybody can put down."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# Alerts of a database from before anybody was paged: those of the last day still matter.
_RECENT_SECONDS = 24 * 3600.0


def upgrade() -> None:
    _sessions_and_turns()
    _alerts()
    _jobs()
    _new_tables()
    _take_over()


def _sessions_and_turns() -> None:
    op.add_column("sessions", sa.Column("version", sa.Integer, nullable=False, server_default="0"))
    for name in ("flow_version", "site", "kiosk"):
        op.add_column("sessions", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("phone", sa.Text))
    op.create_index("turns_of_session", "turns", ["session", "id"])
    op.create_index("turns_by_time", "turns", ["at"])


def _alerts() -> None:
    for column in (
        sa.Column("state", sa.Text, nullable=False, server_default="closed"),
        sa.Column("code", sa.Text, nullable=False, server_default=""),
        sa.Column("raised_at", sa.Float, nullable=False, server_default="0"),
        sa.Column("round", sa.Integer, nullable=False, server_default="0"),
        sa.Column("rung", sa.Integer, nullable=False, server_default="0"),
        sa.Column("told", sa.Text, nullable=False, server_default=""),
        sa.Column("acknowledged_by", sa.Text),
        sa.Column("acknowledged_at", sa.Float),
        sa.Column("closed_by", sa.Text),
        sa.Column("closed_at", sa.Float),
        sa.Column("updated", sa.Float, nullable=False, server_default="0"),
    ):
        op.add_column("alerts", column)
    op.create_index("alerts_of_session", "alerts", ["session"])
    op.create_index("alerts_by_state", "alerts", ["state", "at"])
    live = sa.text("state <> 'closed'")
    for name, of in (("alerts_live_code", "code"), ("alerts_live_of_session", "session")):
        op.create_index(name, "alerts", [of], unique=True, sqlite_where=live, postgresql_where=live)


def _jobs() -> None:
    # SQLite cannot make a column nullable, so the table is made anew.
    op.drop_index("jobs_by_due", "jobs")
    op.drop_index("jobs_of_session", "jobs")
    op.rename_table("jobs", "jobs_before")
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("person", sa.Text),
        sa.Column("session", sa.Integer, sa.ForeignKey("sessions.id")),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("due", sa.Float, nullable=False),
        sa.Column("leased_until", sa.Float, nullable=False),
        sa.Column("lease", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
    )
    op.create_index("jobs_by_due", "jobs", ["state", "urgent", "due"])
    op.create_index("jobs_of_session", "jobs", ["session"])
    op.create_index("jobs_of_person", "jobs", ["person"])
    op.execute(
        "INSERT INTO jobs (key, kind, urgent, person, session, payload, due, leased_until, lease, attempts,"
        " state) SELECT key, 'time_out:' || kind, false, person, session, '{}', due, 0, '', attempts,"
        " 'waiting' FROM jobs_before"
    )
    op.drop_table("jobs_before")


def _new_tables() -> None:
    op.create_table(
        "sends",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("alert", sa.Integer, sa.ForeignKey("alerts.id")),
        sa.Column("session", sa.Integer, sa.ForeignKey("sessions.id")),
        sa.Column("contact", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("sid", sa.Text, unique=True),
        sa.Column("error", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("sent_at", sa.Float),
        sa.Column("updated_at", sa.Float, nullable=False),
    )
    op.create_index("sends_of_alert", "sends", ["alert"])
    op.create_index("sends_of_session", "sends", ["session"])
    op.create_index("sends_to", "sends", ["recipient", "created_at"])
    op.create_index("sends_by_state", "sends", ["state", "updated_at"])
    op.create_index("sends_by_time", "sends", ["created_at", "state"])
    op.create_table(
        "refusals",
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
    )
    op.create_table(
        "check_ins",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("session", sa.Integer, sa.ForeignKey("sessions.id"), nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("due", sa.Float, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("asked_at", sa.Float),
        sa.Column("answered_at", sa.Float),
    )
    op.create_index("check_ins_of_session", "check_ins", ["session"])
    op.create_index("check_ins_of_person", "check_ins", ["person", "state"])


def _take_over() -> None:
    """What was there before is worth as much as what comes."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return  # only SQLite was there before
    pinned = "json_extract(state, '$.version')"
    op.execute(f"UPDATE sessions SET flow_version = coalesce({pinned}, '') WHERE json_valid(state)")
    op.execute("UPDATE alerts SET raised_at = at, updated = at")
    since = time.time() - _RECENT_SECONDS
    newest = "SELECT max(id) FROM alerts GROUP BY session"
    connection.execute(
        sa.text(
            "UPDATE alerts SET state = 'open', code = printf('%04d', id) WHERE at > :since"
            f" AND level IN ('urgent', 'emergency') AND id IN ({newest})"
        ),
        {"since": since},
    )
    op.execute(
        "INSERT INTO jobs (key, kind, urgent, payload, due, leased_until, lease, attempts, state)"
        " SELECT 'escalate:' || id || ':' || turn, 'escalate', true, json_object('alert', id), at, 0, '', 0,"
        " 'waiting' FROM alerts WHERE state = 'open'"
    )
