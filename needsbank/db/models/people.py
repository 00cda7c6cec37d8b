"""People, the roles they hold in organisations, and their signed-in sessions."""

from datetime import datetime
from uuid import UUID, uuid4

from flask_security.core import UserMixin
from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.organisations import Organisation
from needsbank.domain.languages import Language
from needsbank.domain.mail_levels import MailLevel
from needsbank.domain.roles import Actor, Role


class User(Model, UserMixin):
    """A person who can sign in. Flask-Security reads `email`, `password`, `fs_uniquifier`."""

    __tablename__ = "users"
    id: Mapped[uuid_key]  # type: ignore[assignment]  # Flask-Security's hint says int; any key works
    email: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: uuid4().hex)
    language: Mapped[Language] = mapped_column(default=Language.FI)
    mail_level: Mapped[MailLevel] = mapped_column(default=MailLevel.AT_ONCE)
    created: Mapped[moment_of_adding]
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def actor(self) -> Actor:
        """Return the person as services know them."""
        return Actor(self.id, frozenset((m.organisation_id, m.role) for m in self.memberships))


class Membership(Model):
    """One role of one person in one organisation."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("user_id", "organisation_id", "role"),)
    id: Mapped[uuid_key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[Role]
    created: Mapped[moment_of_adding]
    user: Mapped[User] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship()


class SignInSession(Model):
    """A browser's session, kept on the server: it can be listed and revoked."""

    __tablename__ = "sign_in_sessions"
    __table_args__ = (Index("ix_sign_in_sessions_expires", "expires"),)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    content: Mapped[str]
    browser: Mapped[str] = mapped_column(String(200))
    created: Mapped[moment_of_adding]
    last_used: Mapped[moment_of_adding]
    expires: Mapped[datetime]


class Attempt(Model):
    """A failed sign-in, counted per account and per address until it is old."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_key_at", "key", "at"),)
    id: Mapped[uuid_key]
    key: Mapped[str] = mapped_column(String(80))
    at: Mapped[moment_of_adding]
