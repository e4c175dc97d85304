"""Text messages: Twilio's webhooks in, TwiML and scheduled texts out."""
