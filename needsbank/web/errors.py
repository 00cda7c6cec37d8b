"""What the bank refuses, as HTTP: the only place that knows the numbers."""

from flask import Flask, Response, current_app, make_response, render_template
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from needsbank.domain.errors import BankError, Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.errors import TooManyAttempts as TooManyAttemptsError
from needsbank.web.security import forget_reader

STATUS: dict[type[BankError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Invalid: 422,
    TooManyAttemptsError: 429,
}
PAGES = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 500, 503})


def register(app: Flask) -> None:
    """Have every refusal and failure of the app answered by a page in the bank's design."""
    app.register_error_handler(BankError, _refused)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database_away)


def error_page(
    status: int, retry_after: int | None = None, *, expired_form: bool = False
) -> Response:
    """Return the page of a status, in the reader's language."""
    shown = status if status in PAGES else (500 if status >= 500 else 400)
    template = "error.html"
    if status >= 500:
        # The database may be what failed: neither reader nor session is asked for.
        template = "error_plain.html"
        forget_reader()
    title, text = _words_for_an_expired_form() if expired_form else _words(shown)
    response = make_response(
        render_template(template, title=title, text=text, status=shown), status
    )
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _refused(error: BankError) -> Response:
    for cls in type(error).__mro__:
        if cls in STATUS:
            return error_page(STATUS[cls], getattr(error, "retry_after", None))
    raise error


def _expired_form(_error: CSRFError) -> Response:
    return error_page(400, expired_form=True)


def _http(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):
        # The host is not ours, so no address of ours can be written into a page.
        return make_response(error.name, 400, {"Content-Type": "text/plain; charset=utf-8"})
    cause = getattr(error, "original_exception", None)
    if isinstance(cause, OperationalError):
        return _database_away(cause)
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    response = error_page(error.code)
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


def _database_away(error: OperationalError) -> Response:
    current_app.logger.error("database: %s", error.orig)
    return error_page(503, retry_after=5)


def _words_for_an_expired_form() -> tuple[str, str]:
    return (
        _("The form had expired"),
        _("Go back, reload the page and send it again. What you typed is still there."),
    )


def _words(status: int) -> tuple[str, str]:
    words = {
        400: (
            _("The request could not be understood"),
            _("The address or the form was not whole. Go back and try again, or use the search."),
        ),
        403: (
            _("This is not open to you"),
            _("Your role does not include this page. If it should, ask your coordinator."),
        ),
        404: (
            _("The page was not found"),
            _("It may have been moved or withdrawn, or it is not shown to you. Try the search."),
        ),
        405: (
            _("This page cannot be used that way"),
            _("Go back and use the links and buttons of the page."),
        ),
        409: (
            _("Somebody was faster"),
            _("This has changed since you opened it. Go back, reload and look at it again."),
        ),
        413: (
            _("That was too large"),
            _("Shorten the text, or send a smaller file."),
        ),
        422: (
            _("Something in the form was not right"),
            _("Go back, check the fields and send it again."),
        ),
        429: (
            _("Too many attempts"),
            _(
                "Wait a quarter of an hour and try again."
                " A forgotten password is reset by your coordinator."
            ),
        ),
        500: (
            _("Something went wrong here"),
            _(
                "The fault is ours, and it has been recorded. Nothing was left half done."
                " Try again in a moment."
            ),
        ),
        503: (
            _("The bank is resting for a moment"),
            _("Try again in a few seconds. What you had sent before is safe."),
        ),
    }
    return words[status]
