"""The reader's own pages: what they posted and were told, and where they are signed in."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from needsbank.db.models import Membership
from needsbank.db.queries.competences import own_competences
from needsbank.db.queries.needs import own_needs
from needsbank.db.queries.suggestions import pairings
from needsbank.db.transaction import transaction
from needsbank.domain.errors import NotFound
from needsbank.services import told
from needsbank.services.adoptions import adoptions_of
from needsbank.services.answers_back import answers_to_take_back
from needsbank.services.idea_queue import waiting_for
from needsbank.services.notices import put_away, unseen_notices
from needsbank.services.supporting import needs_supported
from needsbank.services.told import unseen_messages
from needsbank.web import sessions
from needsbank.web.database import db
from needsbank.web.htmx import render
from needsbank.web.message_words import subject_of
from needsbank.web.pairings.answers import sides_to_answer
from needsbank.web.security import current_actor

bp = Blueprint("account", __name__)


@bp.get("/my")
def my_page() -> Response:
    """Show what the reader has posted and what waits for them."""
    actor = current_actor()
    rows = db.session.scalars(pairings(actor)).all()
    needs = db.session.scalars(own_needs(actor)).all()
    unseen, how_many = unseen_messages(db.session, actor)
    return render(
        "account/my_page.html",
        needs=needs,
        competences=db.session.scalars(own_competences(actor)).all(),
        adoptions=adoptions_of(db.session, actor, needs),
        supported=needs_supported(db.session, actor),
        to_take_back=answers_to_take_back(db.session, actor),
        awaited=[pairing for pairing in rows if sides_to_answer(actor, pairing)],
        notices=unseen_notices(db.session, actor),
        ideas=waiting_for(db.session, actor),
        told=[(each, subject_of(each)) for each in unseen],
        unseen=how_many,
    )


@bp.post("/my/messages/<uuid:message_id>/put-away")
def put_message_away(message_id: UUID) -> ResponseReturnValue:
    """Put one of the messages to the reader away."""
    with transaction(db.session) as session:
        told.put_message_away(session, current_actor(), message_id)
    return redirect(url_for("account.my_page"), 303)


@bp.post("/my/messages/put-away")
def put_messages_away() -> ResponseReturnValue:
    """Put all messages to the reader away."""
    with transaction(db.session) as session:
        told.put_all_away(session, current_actor())
    return redirect(url_for("account.my_page"), 303)


@bp.post("/my/notices/<uuid:notice_id>/put-away")
def put_away_notice(notice_id: UUID) -> ResponseReturnValue:
    """Put a notice away."""
    with transaction(db.session) as session:
        put_away(session, current_actor(), notice_id)
    return redirect(url_for("account.my_page"), 303)


@bp.get("/account")
def show() -> Response:
    """Show the reader's roles and signed-in browsers."""
    memberships = db.session.scalars(
        select(Membership)
        .where(Membership.user_id == current_user.id)
        .options(joinedload(Membership.organisation))
    ).all()
    return render(
        "account/show.html",
        memberships=memberships,
        sessions=sessions.sessions_of(db.session, current_user.id),
        this_session=_this_key_hash(),
    )


@bp.post("/account/sessions/<key>/end")
def end_session(key: str) -> ResponseReturnValue:
    """Sign one browser out."""
    try:
        key_hash = bytes.fromhex(key)
    except ValueError as error:
        raise NotFound(key) from error
    user_id = current_user.id
    with transaction(db.session):
        sessions.end_session(db.session, user_id, key_hash)
    flash(_("That browser is signed out."))
    return redirect(url_for("account.show"), 303)


@bp.post("/account/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    """Sign all other browsers out."""
    user_id = current_user.id
    with transaction(db.session):
        sessions.end_sessions(db.session, user_id, besides=_this_key_hash())
    flash(_("All other browsers are signed out."))
    return redirect(url_for("account.show"), 303)


def _this_key_hash() -> bytes | None:
    # Flask's `session` is a proxy that passes isinstance on to what it stands for.
    return session.key_hash if isinstance(session, sessions.ServerSession) else None
