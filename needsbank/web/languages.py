"""The interface's language: chosen by the reader, remembered, else what the browser asks for."""

from datetime import date, datetime

from flask import Flask, Response, has_request_context, request
from flask_babel import Babel, format_date, format_datetime, format_decimal, get_locale
from flask_login import current_user

from needsbank.domain.languages import INTERFACE_LANGUAGES, Language

COOKIE = "language"
_ONE_YEAR = 365 * 24 * 3600
_CODES = [language.value for language in INTERFACE_LANGUAGES]
# As written in Finland, and in Britain: its readers of English are used to Europe's order.
_DAY = {"fi": "d.M.yyyy", "sv": "d MMM yyyy", "en": "d MMM yyyy"}
_MOMENT = {"fi": "d.M.yyyy 'klo' H.mm", "sv": "d MMM yyyy 'kl.' H.mm", "en": "d MMM yyyy, HH:mm"}

babel = Babel()


def configure(app: Flask) -> None:
    """Set the languages and the time zone of the app's pages."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", f"{app.root_path}/translations")
    babel.init_app(app, locale_selector=_select, timezone_selector=lambda: "Europe/Helsinki")
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["moment"] = moment
    app.jinja_env.filters["number"] = number


def _select() -> str:
    if not has_request_context():
        return Language.FI.value
    chosen = request.cookies.get(COOKIE)
    if chosen in _CODES:
        return str(chosen)
    if current_user and current_user.is_authenticated:
        return str(current_user.language.value)
    return request.accept_languages.best_match(_CODES) or Language.FI.value


def remember(response: Response, language: Language) -> Response:
    """Have the browser remember the reader's language for a year."""
    response.set_cookie(
        COOKIE,
        language.value,
        max_age=_ONE_YEAR,
        samesite="Lax",
        httponly=True,
        secure=request.is_secure,
    )
    return response


def current_language() -> str:
    """Return the code of the language that this page is in."""
    return str(get_locale())


def day(value: date) -> str:
    """Return a date in the reader's form, in Finnish time."""
    return str(format_date(value, _DAY[current_language()]))


def moment(value: datetime) -> str:
    """Return a date and time in the reader's form, in Finnish time."""
    return str(format_datetime(value, _MOMENT[current_language()]))


def number(value: float, decimals: int = 0) -> str:
    """Return a number in the reader's form, rounded to so many decimals."""
    return str(format_decimal(value, f"#,##0.{'0' * decimals}" if decimals else "#,##0"))
