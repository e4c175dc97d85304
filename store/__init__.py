"""What is kept: conversations, turns, alerts and jobs, in one database; a journal while it cannot be used."""
