"""What is kept: conversations, turns, alerts and jobs, in one database."""
