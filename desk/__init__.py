"""What is done for people between their turns. It will also be where staff are told."""
