"""Days on which Finland does not work."""

from datetime import date

from needsbank.domain.languages import Language

_CODES = {Language.FI: "fi", Language.SV: "sv_FI"}


def holiday_on(day: date, language: Language) -> str:
    """Return what the public holiday of a day is called in Finland, or nothing."""
    from holidays import country_holidays  # noqa: PLC0415 -- takes a while to load

    known = country_holidays("FI", language=_CODES.get(language, "en_US"), years=day.year)
    return str(known.get(day, ""))
