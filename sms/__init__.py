"""Text messages: Twilio's webhooks in, TwiML, texts and calls out."""
