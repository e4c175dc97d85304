"""The tables. Times are seconds since 1970; lists and mappings are JSON text."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, MetaData, Table, Text

metadata = MetaData()

# One row for each conversation. A person's newest row is the one that counts.
sessions = Table(
    "sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("last_at", Float, nullable=False),
    Column("state", Text, nullable=False),
    Index("sessions_of_person", "person", "id"),
)

# One row for each event that was answered. `inbound` is the idempotency key of the message (Twilio's
# MessageSid, or a job's own): the second delivery finds it taken. `replies` is exactly what was sent.
turns = Table(
    "turns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("inbound", Text, unique=True),
    Column("session", ForeignKey("sessions.id"), nullable=False),
    Column("at", Float, nullable=False),
    Column("said", Text, nullable=False),
    Column("replies", Text, nullable=False),
    Column("trace", Text, nullable=False),
)

# What staff must be told.
alerts = Table(
    "alerts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("turn", ForeignKey("turns.id"), nullable=False),
    Column("session", ForeignKey("sessions.id"), nullable=False),
    Column("at", Float, nullable=False),
    Column("level", Text, nullable=False),
    Column("flags", Text, nullable=False),
)

# What is to be done later. `key` keeps a turn from asking for the same thing twice. A job is free when
# its lease is over; ids are never used again, because they are part of an idempotency key.
jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("session", ForeignKey("sessions.id"), nullable=False),
    Column("due", Float, nullable=False),
    Column("leased_until", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Index("jobs_by_due", "due"),
    Index("jobs_of_session", "session"),
    sqlite_autoincrement=True,
)
