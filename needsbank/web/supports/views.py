"""Same here: joining a need that somebody else has posted, and leaving it."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.models import Need
from needsbank.db.queries.needs import need_to_read
from needsbank.db.transaction import transaction
from needsbank.domain.errors import Invalid, NotAllowed
from needsbank.domain.supports import NO_VOICES
from needsbank.services import supporting
from needsbank.web.database import db
from needsbank.web.forms import show_errors, without_nul
from needsbank.web.htmx import render, wants_fragment
from needsbank.web.security import current_actor
from needsbank.web.supports.forms import SupportForm
from needsbank.web.supports.speaker import current_speaker
from needsbank.web.targets import found

bp = Blueprint("supports", __name__, url_prefix="/needs/<uuid:need_id>/support")


@bp.get("")
def ask(need_id: UUID) -> Response:
    """Ask for whom the reader speaks, and what the coordinator should know."""
    need = _joinable(need_id)
    given = supporting.support_of(db.session, current_actor(), need.id)
    form = SupportForm(obj=given)
    if given is not None:
        form.unit_id.data = str(given.unit_id)
    return _page(need, form, status=200)


@bp.post("")
def give(need_id: UUID) -> ResponseReturnValue:
    """Count the reader's voice; what they were typing goes along as a note if they let it."""
    need, form = _joinable(need_id), SupportForm()
    if "keep_note_asked" in request.form:
        form.note.data = _typed()
    form.offer(supporting.units_to_speak_for(db.session, current_actor()))
    if not form.validate_on_submit():
        return _page(need, form, status=422)
    try:
        with transaction(db.session) as session:
            supporting.support(session, current_actor(), form.to_command(need_id))
    except Invalid as error:
        show_errors(form, error)
        return _page(need, form, status=422)
    return _back(need_id, _("Your voice is counted. You can take it back at any time."))


@bp.post("/withdraw")
def withdraw(need_id: UUID) -> ResponseReturnValue:
    """Take the reader's voice back."""
    with transaction(db.session) as session:
        supporting.withdraw_support(session, current_actor(), need_id)
    return _back(need_id, _("Your voice is taken back, and your note with it."))


def _joinable(need_id: UUID) -> Need:
    need = found(need_to_read(current_actor(), need_id))
    speaker = current_speaker()
    known = supporting.support_of(db.session, current_actor(), need.id) is not None
    if not speaker.may_join(need) and not known:
        raise NotAllowed(need_id)
    return need


def _typed() -> str | None:
    if "keep_note" not in request.form:
        return ""
    title, problem = request.form.get("title", ""), request.form.get("problem", "")
    return without_nul("\n\n".join(filter(None, (title.strip(), problem.strip()))))


def _back(need_id: UUID, words: str) -> ResponseReturnValue:
    """Return to the need, or show in the list how its voices stand now."""
    if not wants_fragment():
        flash(words)
        return redirect(url_for("needs.show", need_id=need_id), 303)
    need = found(need_to_read(current_actor(), need_id))
    voices = supporting.voices_of(db.session, current_actor(), [need.id]).get(need.id, NO_VOICES)
    given = supporting.support_of(db.session, current_actor(), need.id)
    return render(
        "supports/_voices.html",
        need=need,
        voices=voices,
        supported=given is not None,
        speaker=current_speaker(),
        said=words,
    )


def _page(need: Need, form: SupportForm, *, status: int) -> Response:
    form.offer(supporting.units_to_speak_for(db.session, current_actor()))
    return render("supports/ask.html", status=status, need=need, form=form)
