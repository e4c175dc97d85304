"""What Twilio answers by itself while this server cannot be reached: a file that lies somewhere else."""

from twilio.twiml.messaging_response import MessagingResponse

from flows.countries import crisis_line, emergency_number

# They stand here and not in the YAML because they go to everybody, whatever they wrote, in each language.
# Never that somebody has read it: it is answered hours later at best.
_TEXTS = {
    "en": (
        "Our line is down and I cannot read your text. Call {emergency} now if you cannot pee, are numb "
        "between the legs, a leg gets weak, your chest hurts, you cannot breathe well, or it feels like an "
        "emergency. Thoughts of ending your life: call {crisis}. If not: stop, rest, tell the staff."
    ),
    "es": (
        "No puedo leer tu mensaje: el servicio no funciona. Llama ya al {emergency} si no puedes orinar, no "
        "sientes la entrepierna, se debilita una pierna, te duele el pecho, te cuesta respirar o parece "
        "grave. Si piensas en quitarte la vida: {crisis}. Si no: para, descansa y avisa al personal."
    ),
}


def fallback_texts(country: str) -> list[str]:
    """What is sent to everybody in ``country`` (ISO 3166 code), one text for each language."""
    return [
        text.format(emergency=emergency_number(country, language), crisis=crisis_line(country, language))
        for language, text in _TEXTS.items()
    ]


def fallback_twiml(country: str) -> str:
    """The same as TwiML, for Twilio's "Primary handler fails"."""
    response = MessagingResponse()
    for text in fallback_texts(country):
        response.message(text)
    return str(response)
