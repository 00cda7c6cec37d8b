"""Pages of needs: the list, one need, posting and leading one to its end."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching import Document, says_enough
from needsbank.db.models import Need, Subject
from needsbank.db.queries.merges import challenge_of, sources_to_read
from needsbank.db.queries.needs import NeedFilter, need_to_read
from needsbank.db.transaction import transaction
from needsbank.domain.errors import Invalid, NotAllowed, NotFound
from needsbank.domain.fields import Field
from needsbank.domain.languages import Language
from needsbank.domain.needs import PROBLEM_MAX, NeedState
from needsbank.domain.organisations import Region, Sector
from needsbank.domain.personal_data import screen
from needsbank.domain.supports import NO_VOICES
from needsbank.services import needs
from needsbank.services.adopting import adoptable
from needsbank.services.adoptions import adopters_of, adoption_of
from needsbank.services.answering import answer_text, is_long_enough
from needsbank.services.browsing import Wanted, browse_needs
from needsbank.services.comparing import SENTENCES, compare
from needsbank.services.currency import confirm_need
from needsbank.services.results import result_of_need
from needsbank.services.suggesting import competences_for, has_pairing
from needsbank.services.supporting import supported_by, voices_of
from needsbank.services.texts import document_of
from needsbank.web.database import db, retrieval
from needsbank.web.forms import query_code, show_errors
from needsbank.web.htmx import render
from needsbank.web.lists import wanted
from needsbank.web.matters.desk import way_of
from needsbank.web.needs.answer import answer_to
from needsbank.web.needs.forms import CloseForm, NeedForm
from needsbank.web.security import current_actor
from needsbank.web.supports.speaker import current_speaker
from needsbank.web.targets import found, found_own, is_own

bp = Blueprint("needs", __name__, url_prefix="/needs")

_COMPARABLE = f"{Subject.NEED.value}, {Subject.PRIOR_WORK.value}"


@bp.get("/")
def listed() -> Response:
    """Show the needs that the reader may see."""
    narrowed = NeedFilter(
        sector=query_code(Sector, request.args.get("sector")),
        region=query_code(Region, request.args.get("region")),
        field=query_code(Field, request.args.get("field")),
        language=query_code(Language, request.args.get("language")),
        ended=request.args.get("ended") == "1",
    )
    asked: Wanted = wanted()
    page = browse_needs(db.session, retrieval(), current_actor(), narrowed, asked)
    shown = [need.id for need in page.rows]
    return render(
        "needs/list.html",
        page=page,
        narrowed=narrowed,
        asked=asked,
        voices=voices_of(db.session, current_actor(), shown),
        no_voices=NO_VOICES,
        supported=supported_by(db.session, current_actor(), shown),
        speaker=current_speaker(),
    )


@bp.get("/<uuid:need_id>")
def show(need_id: UUID) -> ResponseReturnValue:
    """Show one need, whether it is known already, and to its author what was found for it.

    The address of a need that is part of a challenge leads there, unless asked for "as_sent".
    """
    actor = current_actor()
    need = found(need_to_read(actor, need_id))
    challenge_id = db.session.scalar(challenge_of(actor, need_id))
    if challenge_id is not None and "as_sent" not in request.args:
        return redirect(url_for("needs.show", need_id=challenge_id))
    mine = is_own(need)
    answer = answer_to(need)
    hits = answer.hits if answer else []
    has_ended = need.state is NeedState.CLOSED
    return render(
        "needs/show.html",
        need=need,
        mine=mine,
        answer=answer,
        adoptable=adoptable(db.session, actor, need, [hit.found for hit in hits]) if mine else (),
        voices=voices_of(db.session, actor, [need.id]).get(need.id, NO_VOICES),
        supported=need.id in supported_by(db.session, actor, [need.id]),
        speaker=current_speaker(),
        adopted=adoption_of(db.session, actor, need) if has_ended else None,
        adopters=adopters_of(db.session, actor, Subject.NEED, need.id) if has_ended else None,
        result=result_of_need(db.session, actor, need.id) if has_ended else None,
        challenge_id=challenge_id,
        sources=db.session.scalars(sources_to_read(actor, need_id)).all(),
        **(_progress(need) | way_of(need) if mine else {}),
    )


@bp.get("/<uuid:need_id>/status")
def status(need_id: UUID) -> Response:
    """Show how far the matching of the reader's own need is; asked again until it is done."""
    need = found(need_to_read(current_actor(), need_id))
    if not is_own(need):
        raise NotFound
    return render(
        "needs/status.html",
        fragment="needs/_status.html",
        need=need,
        **_progress(need),
    )


@bp.get("/new")
def new() -> Response:
    """Show an empty form."""
    return _form_page(_form(), status=200)


@bp.post("/")
def create() -> ResponseReturnValue:
    """Post a need, or keep it as a draft."""
    form = _form()
    if _is_left_to_us(form) or not form.validate_on_submit():
        return _form_page(form, status=422)
    draft_only = "draft" in request.form
    try:
        with transaction(db.session) as session:
            need = needs.draft_need(session, current_actor(), form.to_command())
            if not draft_only:
                needs.open_need(session, current_actor(), need.id)
    except Invalid as error:
        show_errors(form, error)
        return _form_page(form, status=422)
    flash(_("Saved as a draft.") if draft_only else _("Thank you! Your need is in the bank."))
    return redirect(url_for("needs.show", need_id=need.id), 303)


@bp.post("/similar")
def similar() -> Response:
    """Show whether the text being written is known already."""
    title, problem = request.form.get("title", ""), request.form.get("problem", "")
    besides = request.form.get("besides", type=UUID)
    return render(
        "needs/similar.html",
        fragment="needs/_live.html",
        answer=answer_text(db.session, retrieval(), current_actor(), title, problem, besides),
        asked=is_long_enough(title, problem),
        finds=screen(f"{title}\n{problem}"[:PROBLEM_MAX]).excerpts,
        keep_note="keep_note" in request.form or "keep_note_asked" not in request.form,
        speaker=current_speaker(),
    )


@bp.post(f"/similar/<any({_COMPARABLE}):subject>/<uuid:other_id>")
def compare_text(subject: str, other_id: UUID) -> Response:
    """Show which sentences of the text being written belong with those of a similar one."""
    title, problem = request.form.get("title", ""), request.form.get("problem", "")
    text = Document(id="", title=title, body=problem)
    return _compared(text, subject, other_id)


@bp.get(f"/<uuid:need_id>/similar/<any({_COMPARABLE}):subject>/<uuid:other_id>")
def compare_need(need_id: UUID, subject: str, other_id: UUID) -> Response:
    """Show which sentences of a need belong with those of a similar text."""
    need = found(need_to_read(current_actor(), need_id))
    return _compared(document_of(need), subject, other_id, need)


@bp.get("/<uuid:need_id>/edit")
def edit(need_id: UUID) -> Response:
    """Show the form with what the need says now."""
    need = _own(need_id)
    form = _form(need)
    return _form_page(form, status=200, need=need)


@bp.post("/<uuid:need_id>/edit")
def change(need_id: UUID) -> ResponseReturnValue:
    """Say a need anew."""
    need, form = _own(need_id), _form()
    if _is_left_to_us(form) or not form.validate_on_submit():
        return _form_page(form, status=422, need=need)
    try:
        with transaction(db.session) as session:
            needs.change_need(session, current_actor(), need_id, form.to_command())
    except Invalid as error:
        show_errors(form, error)
        return _form_page(form, status=422, need=need)
    flash(_("Your changes are saved."))
    return redirect(url_for("needs.show", need_id=need_id), 303)


@bp.post("/<uuid:need_id>/open")
def open_(need_id: UUID) -> ResponseReturnValue:
    """Publish a draft, or take an ended need up again."""
    with transaction(db.session) as session:
        needs.open_need(session, current_actor(), need_id)
    flash(_("The need is open."))
    return redirect(url_for("needs.show", need_id=need_id), 303)


@bp.post("/<uuid:need_id>/withdraw")
def withdraw(need_id: UUID) -> ResponseReturnValue:
    """Take a need back."""
    with transaction(db.session) as session:
        needs.withdraw_need(session, current_actor(), need_id)
    flash(_("The need is withdrawn; only you see it. You can still restore it."))
    return redirect(url_for("needs.show", need_id=need_id), 303)


@bp.post("/<uuid:need_id>/restore")
def restore(need_id: UUID) -> ResponseReturnValue:
    """Undo a withdrawal."""
    with transaction(db.session) as session:
        needs.restore_need(session, current_actor(), need_id)
    flash(_("The need is restored as a draft."))
    return redirect(url_for("needs.show", need_id=need_id), 303)


@bp.post("/<uuid:need_id>/confirm")
def confirm(need_id: UUID) -> ResponseReturnValue:
    """Say that a need is still current."""
    with transaction(db.session) as session:
        confirm_need(session, current_actor(), need_id)
    flash(_("Thank you. We ask again in half a year."))
    return redirect(url_for("needs.show", need_id=need_id), 303)


@bp.get("/<uuid:need_id>/close")
def closing(need_id: UUID) -> Response:
    """Ask why a need ends."""
    return render("needs/close.html", need=_own(need_id), form=CloseForm())


@bp.post("/<uuid:need_id>/close")
def close(need_id: UUID) -> ResponseReturnValue:
    """End a need with a reason."""
    need, form = _own(need_id), CloseForm()
    if not form.validate_on_submit():
        return render("needs/close.html", status=422, need=need, form=form)
    with transaction(db.session) as session:
        needs.close_need(session, current_actor(), form.to_command(need))
    flash(_("The need has ended. Thank you for telling how."))
    return redirect(url_for("needs.show", need_id=need_id), 303)


def _compared(text: Document, subject: str, other_id: UUID, need: Need | None = None) -> Response:
    # A list asks for the first pair of each by itself; where there is none, it says nothing.
    first = request.args.get("first") == "1"
    most = 1 if first else SENTENCES
    compared = compare(
        db.session, retrieval(), current_actor(), text, Subject(subject), other_id, most
    )
    return render(
        "needs/comparison.html",
        fragment="needs/_comparison.html",
        text=text,
        compared=compared,
        need=need,
        first=first,
    )


def _own(need_id: UUID) -> Need:
    return found_own(need_to_read(current_actor(), need_id))


def _progress(need: Need) -> dict[str, Any]:
    """Return what the need's author is told of the matching."""
    looking = need.state is NeedState.OPEN and need.matched_with is None
    shown = need.state is NeedState.OPEN and not looking
    bank, actor = retrieval(), current_actor()
    return {
        "looking": looking,
        "found": competences_for(db.session, bank, actor, need) if shown else [],
        "paired": has_pairing(db.session, need.id),
        "says_enough": says_enough(document_of(need)),
    }


def _form(need: Need | None = None) -> NeedForm:
    form = NeedForm(obj=need)
    if need is not None and request.method == "GET":
        for name in ("field", "scope", "language", "visibility"):
            value = getattr(need, name)
            form[name].data = value.value if value else ""
        form.unit_id.data = str(need.unit_id)
    units = needs.units_to_post_needs(db.session, current_actor())
    if need is not None and all(unit.id != need.unit_id for unit in units):
        units = [*units, need.unit]  # a catcher worded it for somebody else's unit
    if not units:
        raise NotAllowed("posting needs")
    form.offer(units)
    return form


def _is_left_to_us(form: NeedForm) -> bool:
    """Take personal data out of what was typed if its author wants that, to be read through."""
    if "rewrite" not in request.form:
        return False
    form.rewrite()
    flash(_("We took out what told of people. Read it through before you post it."), "info")
    return True


def _form_page(form: NeedForm, *, status: int, need: Need | None = None) -> Response:
    return render("needs/form.html", status=status, form=form, need=need)
