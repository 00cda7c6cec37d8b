"""Sessions kept in the database: a stolen old cookie is worth nothing, and any can be ended.

The cookie holds a random key, the database its hash. The key changes whenever who is signed in
changes (OWASP ASVS 5.0, 7.2.4), and the row goes when the session ends (7.4.1).
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask, Request, Response, request
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from needsbank.db.models import SignInSession, User
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.web.database import db

_TOUCH_AFTER = timedelta(minutes=5)
_serializer = TaggedJSONSerializer()


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What a browser's session holds while a request runs."""

    def __init__(self, content: dict[str, Any] | None = None, key: str | None = None) -> None:
        super().__init__(content or {}, on_update=ServerSession._changed)
        self.key = key
        self.user_at_start = self.get("_user_id")
        self.modified = False
        self.stale = False

    def _changed(self) -> None:
        self.modified = True

    @property
    def key_hash(self) -> bytes | None:
        """Return the database key of the session, or None for one that is not stored."""
        return None if self.key is None else hash_key(self.key)


class DatabaseSessions(SessionInterface):
    """Flask sessions as rows of `sign_in_sessions`."""

    def __init__(self, lifetime: timedelta) -> None:
        self.lifetime = lifetime

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """Return the session that the cookie names, or an empty one."""
        key = request.cookies.get(self.get_cookie_name(app))
        if not key:
            return ServerSession()
        row = db.session.get(SignInSession, hash_key(key))
        if row is None or row.expires <= now():
            return ServerSession()
        session = ServerSession(_serializer.loads(row.content), key)
        session.stale = row.last_used + _TOUCH_AFTER < now()
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store what changed; a new sign-in or sign-out gets a new key."""
        if not isinstance(session, ServerSession):
            raise TypeError("not a session of this interface")
        if not session:
            self._forget(app, session, response)
        elif session.modified or session.stale:
            self._store(app, session, response)

    def _store(self, app: Flask, session: ServerSession, response: Response) -> None:
        old_hash = session.key_hash
        if session.key is None or session.get("_user_id") != session.user_at_start:
            session.key = secrets.token_urlsafe(32)
        with transaction(db.session):
            db.session.execute(delete(SignInSession).where(SignInSession.expires < now()))
            if old_hash is not None and old_hash != session.key_hash:
                db.session.execute(delete(SignInSession).where(SignInSession.key_hash == old_hash))
            user_id = _user_id(db.session, session.get("_user_id"))
            row = db.session.get(SignInSession, session.key_hash)
            if row is None and session.key_hash == old_hash:
                return  # ended elsewhere while this request ran; it stays ended
            if row is None:
                row = SignInSession(key_hash=session.key_hash, browser=_browser())
            row.user_id, row.content = user_id, _serializer.dumps(dict(session))
            row.last_used, row.expires = now(), now() + self.lifetime
            db.session.add(row)
        self._set_cookie(app, session.key, response)

    def _forget(self, app: Flask, session: ServerSession, response: Response) -> None:
        if session.key_hash is None:
            return
        with transaction(db.session):
            db.session.execute(
                delete(SignInSession).where(SignInSession.key_hash == session.key_hash)
            )
        response.delete_cookie(self.get_cookie_name(app), path=self.get_cookie_path(app))

    def _set_cookie(self, app: Flask, key: str, response: Response) -> None:
        response.set_cookie(
            self.get_cookie_name(app),
            key,
            max_age=self.lifetime,
            httponly=True,
            secure=self.get_cookie_secure(app),
            samesite=self.get_cookie_samesite(app),
            path=self.get_cookie_path(app),
        )


def hash_key(key: str) -> bytes:
    """Return what the database knows a session key by."""
    return hashlib.sha256(key.encode()).digest()


def sessions_of(session: Session, user_id: UUID) -> list[SignInSession]:
    """Return a person's live sessions, last used first."""
    return list(
        session.scalars(
            select(SignInSession)
            .where(SignInSession.user_id == user_id, SignInSession.expires > now())
            .order_by(SignInSession.last_used.desc())
        )
    )


def end_sessions(session: Session, user_id: UUID, *, besides: bytes | None = None) -> None:
    """End a person's sessions, all or all but one."""
    ending = delete(SignInSession).where(SignInSession.user_id == user_id)
    if besides is not None:
        ending = ending.where(SignInSession.key_hash != besides)
    session.execute(ending)


def end_session(session: Session, user_id: UUID, key_hash: bytes) -> None:
    """End one of a person's sessions."""
    session.execute(
        delete(SignInSession).where(
            SignInSession.user_id == user_id, SignInSession.key_hash == key_hash
        )
    )


def _user_id(session: Session, uniquifier: str | None) -> UUID | None:
    if uniquifier is None:
        return None
    return session.scalar(select(User.id).where(User.fs_uniquifier == uniquifier))


_BROWSERS = {
    "Edg/": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


def browser_name(agent: str) -> str:
    """Return what a person would call a browser and its system; empty when neither is known."""
    named = (
        next((name for mark, name in kinds.items() if mark in agent), "")
        for kinds in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(filter(None, named))


def _browser() -> str:
    return request.headers.get("User-Agent", "")[:200]
