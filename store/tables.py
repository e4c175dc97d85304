"""The tables. Times are seconds since 1970; lists and mappings are JSON text.

They are made and changed by the migrations beside this file (``store/migrations``); a test holds the two
together. Column types are the few that SQLite and PostgreSQL have in common. What people said and what tells
who they are is sealed (`store.sealed`), and reads as plain text here.
"""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, Table, Text, false, text

from store.sealed import Hashed, Number, Sealed, hash_of

metadata = MetaData()

# The key of the hashes (`store.sealed`), itself sealed.
secrets = Table(
    "secrets", metadata, Column("name", Text, primary_key=True), Column("sealed", Text, nullable=False)
)

# One row for each conversation. A person's newest row is the one that counts. `version` counts its turns:
# one that was decided on an older state is not kept. `flow_version` is the version of the flow that it is
# pinned to. `phone` is the number that a visitor of a kiosk gave, to be texted at.
sessions = Table(
    "sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", Number, nullable=False),
    Column("channel", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("last_at", Float, nullable=False),
    Column("state", Sealed, nullable=False),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("flow_version", Text, nullable=False, server_default=""),
    Column("site", Text, nullable=False, server_default=""),
    Column("kiosk", Text, nullable=False, server_default=""),
    Column("phone", Number),
)
Index("sessions_by_level", sessions.c.level, sessions.c.last_at)
Index("sessions_of_person", hash_of(sessions.c.person), sessions.c.id)

# One row for each event that was answered. `inbound` is the idempotency key of the message (Twilio's
# MessageSid, or a job's own): the second delivery finds it taken. `replies` is exactly what was sent.
# `cut_off`: a limit held the answer back.
turns = Table(
    "turns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("inbound", Text, unique=True),
    Column("session", ForeignKey("sessions.id"), nullable=False),
    Column("at", Float, nullable=False),
    Column("said", Sealed, nullable=False),
    Column("replies", Sealed, nullable=False),
    Column("trace", Sealed, nullable=False),
    Column("cut_off", Boolean, nullable=False, server_default=false()),
    Index("turns_of_session", "session", "id"),
    Index("turns_by_time", "at"),
)

# What staff must be told: at most one of a conversation that is not closed, into which the others merge.
# `turn` is the one that raised it last, at `raised_at`. `round` and `rung` say how far up the ladder it is.
# `told` is what the person was told about it last, `outcome` what came of it. `code` is what staff reply
# with; no two are alike among the alerts that are not closed.
alerts = Table(
    "alerts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("turn", ForeignKey("turns.id"), nullable=False),
    Column("session", ForeignKey("sessions.id"), nullable=False),
    Column("at", Float, nullable=False),
    Column("level", Text, nullable=False),
    Column("flags", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="closed"),  # open, acknowledged, closed
    Column("code", Text, nullable=False, server_default=""),
    Column("raised_at", Float, nullable=False, server_default="0"),
    Column("round", Integer, nullable=False, server_default="0"),
    Column("rung", Integer, nullable=False, server_default="0"),
    Column("told", Text, nullable=False, server_default=""),
    Column("acknowledged_by", Text),
    Column("acknowledged_at", Float),
    Column("closed_by", Text),
    Column("closed_at", Float),
    Column("outcome", Text, nullable=False, server_default=""),
    Column("updated", Float, nullable=False, server_default="0"),
    Index("alerts_of_session", "session"),
    Index("alerts_by_state", "state", "at"),
)
_LIVE = text("state <> 'closed'")
Index("alerts_live_code", alerts.c.code, unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)
Index("alerts_live_of_session", alerts.c.session, unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)

# Every text and call that is not the answer to a webhook, put down before it is sent. `key` keeps the same
# one from being put down twice. `sid` is Twilio's name for it, which its status callbacks carry.
sends = Table(
    "sends",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),  # what it is for: page, notice, check_in, summary, reply ...
    Column("channel", Text, nullable=False),  # sms, call
    Column("recipient", Number, nullable=False),
    Column("body", Sealed, nullable=False),
    Column("alert", ForeignKey("alerts.id")),
    Column("session", ForeignKey("sessions.id")),
    Column("contact", Text),
    # queued, sending, sent, delivered, failed, undelivered, unknown, unneeded
    Column("state", Text, nullable=False),
    Column("sid", Text, unique=True),
    Column("error", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("created_at", Float, nullable=False),
    Column("sent_at", Float),
    Column("updated_at", Float, nullable=False),
    Index("sends_of_alert", "alert"),
    Index("sends_of_session", "session"),
    Index("sends_by_state", "state", "updated_at"),
    Index("sends_by_time", "created_at", "state", "kind"),
)
Index("sends_to", hash_of(sends.c.recipient), sends.c.created_at)

# The offers to text a visitor of a kiosk that are open. `number` waits for their yes; with one it moves on to
# the column `phone` of the conversation, and without one it is gone.
offers = Table(
    "offers",
    metadata,
    Column("session", ForeignKey("sessions.id"), primary_key=True),
    Column("number", Sealed, nullable=False),
    Column("misses", Integer, nullable=False),
    Column("at", Float, nullable=False),
)

# Who must not be texted, by the hash of their number alone. `code`: Twilio refused it (21610), since they
# texted STOP where we did not see it; or STOP, from somebody who was forgotten. Otherwise our own STOP is
# part of the conversation's state.
refusals = Table(
    "refusals",
    metadata,
    Column("person", Hashed, primary_key=True),
    Column("at", Float, nullable=False),
    Column("code", Text, nullable=False),
)

# The kiosks that may connect from elsewhere. `token_hash` is SHA-256 in hexadecimal.
kiosks = Table(
    "kiosks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("token_hash", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("last_seen", Float),
    Column("revoked", Float),
)

# Messages of which nothing else is kept. They were handled, and are not to be taken for new ones when Twilio
# brings them again.
handled = Table(
    "handled",
    metadata,
    Column("inbound", Text, primary_key=True),
    Column("at", Float, nullable=False),
    Index("handled_by_time", "at"),
)

# Who asked for their data, or to be forgotten, and has yet to say yes. `inbound` is the message that said it.
requests = Table(
    "requests",
    metadata,
    Column("person", Hashed, primary_key=True),
    Column("kind", Text, nullable=False),  # export, delete
    Column("at", Float, nullable=False),
    Column("inbound", Text),
)

# How people are after some days. `state`: waiting, asked, answered, silent, cancelled.
check_ins = Table(
    "check_ins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session", ForeignKey("sessions.id"), nullable=False),
    Column("person", Number, nullable=False),
    Column("day", Integer, nullable=False),
    Column("due", Float, nullable=False),
    Column("state", Text, nullable=False),
    Column("answer", Text),
    Column("asked_at", Float),
    Column("answered_at", Float),
    Index("check_ins_of_session", "session"),
    Index("check_ins_by_due", "due", "state"),
)
Index("check_ins_of_person", hash_of(check_ins.c.person), check_ins.c.state)

# What is to be done later; `store/jobs.py` says how. `lease` names the worker's hold on it, and a job is
# free when the lease is over.
jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("person", Number),
    Column("session", ForeignKey("sessions.id")),
    Column("payload", Sealed, nullable=False),
    Column("due", Float, nullable=False),
    Column("leased_until", Float, nullable=False),
    Column("lease", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", Text, nullable=False),  # waiting, dead
    Column("error", Text),
    Index("jobs_by_due", "state", "urgent", "due"),
    Index("jobs_of_session", "session"),
)
Index("jobs_of_person", hash_of(jobs.c.person))

# Who may sign in at the desk. `password` is an argon2 hash, `totp` the secret of their second factor (``""``:
# none), `totp_used` the last step of it that opened the door. `misses` counts wrong passwords in a row.
users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),  # staff, lead, admin
    Column("password", Text, nullable=False),
    Column("totp", Sealed, nullable=False, server_default=""),
    Column("totp_used", Integer, nullable=False, server_default="0"),
    Column("misses", Integer, nullable=False, server_default="0"),
    Column("locked_until", Float, nullable=False, server_default="0"),
    Column("created_at", Float, nullable=False),
)

# Who is signed in. `token` is the hash of what their browser holds.
sign_ins = Table(
    "sign_ins",
    metadata,
    Column("token", Text, primary_key=True),
    Column("name", ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    Column("at", Float, nullable=False),
    Column("last_at", Float, nullable=False),
    Index("sign_ins_of_name", "name"),
)

# Who looked at what and did what; nothing in it is ever changed, which the database refuses as well. `hash`
# is over the line and the hash before it.
trail = Table(
    "trail",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("trail_about", "about"),
)
