"""People of the desk sign in, and what they look at and do is kept in a trail that nobody can change."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0004"

_REFUSED = "the audit trail is only ever added to"
_POSTGRES = f"""
CREATE FUNCTION trail_is_kept() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER trail_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON trail
FOR EACH STATEMENT EXECUTE FUNCTION trail_is_kept();
"""


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("totp", sa.Text, nullable=False, server_default=""),
        sa.Column("totp_used", sa.Integer, nullable=False, server_default="0"),
        sa.Column("misses", sa.Integer, nullable=False, server_default="0"),
        sa.Column("locked_until", sa.Float, nullable=False, server_default="0"),
        sa.Column("created_at", sa.Float, nullable=False),
    )
    op.create_table(
        "sign_ins",
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, sa.ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("last_at", sa.Float, nullable=False),
    )
    op.create_index("sign_ins_of_name", "sign_ins", ["name"])
    op.create_table(
        "trail",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.create_index("trail_about", "trail", ["about"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRES)
        return
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER trail_is_kept_{event.lower()} BEFORE {event} ON trail "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
        )
