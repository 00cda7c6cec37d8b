"""Signing in by Flask-Security, who the actor of a request is, and the headers of every page."""

from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, g, redirect, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import AnonymousUserMixin, current_user
from flask_security import FSQLALiteUserDatastore, RoleMixin, Security
from flask_security.forms import ChangePasswordForm, EqualToLocalize, LoginForm
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response as AnyResponse
from wtforms import BooleanField, EmailField, PasswordField, SubmitField

from needsbank.db.models import User
from needsbank.db.transaction import transaction
from needsbank.domain.people import PASSWORD_MIN
from needsbank.domain.roles import ANONYMOUS, Actor
from needsbank.web import throttle
from needsbank.web.addresses import is_own_path
from needsbank.web.database import db
from needsbank.web.forms import Required
from needsbank.web.texts import mark

csrf = CSRFProtect()

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the design system's icons are data: masks
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


class SignInForm(LoginForm):
    """E-mail and password; too many failures are refused for a while."""

    email = EmailField(
        _l("E-mail"),
        validators=[Required(_l("Type your e-mail address."))],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password"),
        validators=[Required(_l("Type your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField(default=False)
    submit = SubmitField(_l("Sign in"))
    unfilled: Sequence[str] = ()
    """What the form asks for and was sent without."""

    def validate(self, **kwargs: Any) -> bool:
        """Check the password within the account's and the address's budgets."""
        account, address = self.email.data or "", request.remote_addr or ""
        throttle.check_budget(db.session, account=account, address=address)
        valid = bool(super().validate(**kwargs))
        # Flask-Security makes every error one and the same; what is only empty may be told.
        asked = (self.email, self.password)
        self.unfilled = [str(each.errors[0]) for each in asked if each.errors and not each.data]
        with transaction(db.session):
            if valid:
                throttle.forget_failures(db.session, account=account)
            elif account and self.password.data:
                throttle.record_failure(db.session, account=account, address=address)
        return valid


class PasswordForm(ChangePasswordForm):
    """The present password and, twice, the new one."""

    password = PasswordField(
        _l("Present password"),
        validators=[Required(_l("Type your present password."))],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = PasswordField(
        _l("New password"),
        description=_l(
            "At least %(count)d characters; several words are easy to remember.",
            count=PASSWORD_MIN,
        ),
        validators=[Required(_l("Type a new password."))],
        render_kw={"autocomplete": "new-password"},
    )
    new_password_confirm = PasswordField(
        _l("New password again"),
        validators=[
            Required(_l("Type the new password again.")),
            EqualToLocalize("new_password", message="RETYPE_PASSWORD_MISMATCH"),
        ],
        render_kw={"autocomplete": "new-password"},
    )


def configure(app: Flask, *, secret_key: str, secure_cookies: bool) -> None:
    """Set Flask-Security, cookies and headers up for the app."""
    app.config.update(
        SECRET_KEY=secret_key,
        SESSION_COOKIE_NAME="__Host-session" if secure_cookies else "session",
        SESSION_COOKIE_SECURE=secure_cookies,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 -- the name of a hash
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_SALT=secret_key,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_LOGIN_USER_TEMPLATE="account/sign_in.html",
        SECURITY_POST_LOGIN_VIEW="/my",
        SECURITY_POST_LOGOUT_VIEW="/",
        SECURITY_CHANGEABLE=True,
        SECURITY_CHANGE_URL="/account/password",
        SECURITY_CHANGE_PASSWORD_TEMPLATE="account/password.html",  # noqa: S106 -- a file
        SECURITY_POST_CHANGE_VIEW="/account",
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        SECURITY_PASSWORD_LENGTH_MIN=PASSWORD_MIN,
        SECURITY_PASSWORD_CHECK_BREACHED=None,
        SECURITY_I18N_DOMAIN="messages",
        SECURITY_I18N_DIRNAME=[app.config["BABEL_TRANSLATION_DIRECTORIES"]],
        SECURITY_MSG_GENERIC_AUTHN_FAILED=(
            mark("The e-mail address or the password is not right."),
            "error",
        ),
        SECURITY_MSG_PASSWORD_CHANGE=(mark("Your password has been changed."), "success"),
        SECURITY_MSG_LOGIN=(mark("Please sign in first."), "info"),
        SECURITY_MSG_UNAUTHENTICATED=(mark("Please sign in first."), "info"),
        SECURITY_MSG_INVALID_PASSWORD=(mark("That is not your present password."), "error"),
        SECURITY_MSG_RETYPE_PASSWORD_MISMATCH=(mark("The two new passwords differ."), "error"),
        SECURITY_MSG_PASSWORD_INVALID_LENGTH=(
            mark("Use at least %(length)s characters."),
            "error",
        ),
        SECURITY_MSG_PASSWORD_IS_THE_SAME=(
            mark("The new password must differ from the present one."),
            "error",
        ),
        SECURITY_FLASH_MESSAGES=True,
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
    )
    csrf.init_app(app)
    datastore = FSQLALiteUserDatastore(db, User, RoleMixin)
    Security(app, datastore, login_form=SignInForm, change_password_form=PasswordForm)
    # Sessions alone sign a reader in: Flask-Security's tokens could not be ended one by one.
    app.login_manager.request_loader(_nobody)  # type: ignore[attr-defined]  # set by Flask-Login
    app.before_request(_stay_here_after_sign_in)
    app.after_request(_add_headers)


def current_actor() -> Actor:
    """Return the one on whose behalf this request acts."""
    if "actor" not in g:
        known = current_user.is_authenticated
        g.actor = current_user.actor if known else ANONYMOUS
    actor: Actor = g.actor
    return actor


def _stay_here_after_sign_in() -> None:
    """Have a `next` that leads elsewhere lead to the front page.

    Flask-Security would refuse the whole sign-in for it, or fail on what is no address at all.
    """
    if request.endpoint != "security.login":
        return
    for name in ("args", "form"):
        sent = getattr(request, name)
        if any(each and not is_own_path(each) for each in sent.getlist("next")):
            kept = sent.copy()
            kept["next"] = url_for("front.home")
            setattr(request, name, kept)


def _nobody(_request: object) -> None:
    return None


def forget_reader() -> None:
    """Have the rest of the request go on as for anybody, without asking the database."""
    g.actor = ANONYMOUS
    g._login_user = AnonymousUserMixin()  # where Flask-Login keeps who is signed in


def to_sign_in() -> AnyResponse:
    """Send the reader to sign in, and back here afterwards."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=wanted), 303)


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = _POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "static":
        response.vary.add("Cookie")
        headers["Cache-Control"] = "no-store"
    return response
