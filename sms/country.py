"""The country of a sender, so that people are told the number that works where they are."""

import phonenumbers


def country_of(address: str, otherwise: str) -> str:
    """ISO 3166 code of the country of ``address``: ``+44…``, or ``whatsapp:+44…``.

    ``otherwise`` when it names none, as for short codes and names. A number too new for the list of
    number ranges still counts by its country calling code.
    """
    try:
        number = phonenumbers.parse(address.rpartition(":")[2], None)
    except phonenumbers.NumberParseException:
        return otherwise
    region = None
    if phonenumbers.is_valid_number(number):
        region = phonenumbers.region_code_for_number(number)
    elif phonenumbers.is_possible_number(number):
        region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    return region if region in phonenumbers.SUPPORTED_REGIONS else otherwise
