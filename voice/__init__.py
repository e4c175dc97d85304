"""The voice: hearing what somebody said, saying what the conversation answers, and the kiosk."""
