"""Where staff are told, and what is done for people between their turns."""
