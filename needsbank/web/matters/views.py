"""The coordination team's matters: what waits, the decision by route, the answer back."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.models import Journey
from needsbank.db.queries.needs import need_to_read
from needsbank.db.transaction import transaction
from needsbank.domain.errors import Conflict, Invalid
from needsbank.domain.journeys import Stage
from needsbank.domain.matters import Waiting
from needsbank.services import answers_back, routing
from needsbank.services.followers import languages_behind
from needsbank.services.journeys_of_needs import journey_of
from needsbank.services.matter_queue import matters_page
from needsbank.services.matters import check_coordinates, decision_on, matter_to_read, title_of
from needsbank.web.coordination.desk import need_desk
from needsbank.web.database import db
from needsbank.web.forms import query_code, show_errors
from needsbank.web.htmx import render
from needsbank.web.lists import wanted
from needsbank.web.matters.desk import desk_of, steps_of
from needsbank.web.matters.drafts import draft_answer
from needsbank.web.matters.forms import AnswerForm, ReconsiderForm, RouteForm
from needsbank.web.security import current_actor
from needsbank.web.targets import found

bp = Blueprint("matters", __name__, url_prefix="/coordination")


@bp.get("/matters/")
def listed() -> Response:
    """Show what waits for the team, a tab for each thing that it can wait for."""
    waiting = query_code(Waiting, request.args.get("waiting")) or Waiting.DECISION
    page = matters_page(db.session, current_actor(), waiting, wanted().page)
    return render("coordination/matters.html", queue=page)


@bp.get("/matters/<uuid:journey_id>")
def show(journey_id: UUID) -> ResponseReturnValue:
    """Show a matter; that of a need is at the need's own desk."""
    journey = matter_to_read(db.session, current_actor(), journey_id)
    if journey.need_id is not None:
        return redirect(url_for("coordination.need", need_id=journey.need_id))
    return _desk(journey)


@bp.post("/needs/<uuid:need_id>/route")
def decide_on_need(need_id: UUID) -> ResponseReturnValue:
    """Decide how a need goes on; its journey may begin with it."""
    form = RouteForm()
    form.offer((), ())
    if form.validate_on_submit():
        try:
            with transaction(db.session) as session:
                command = form.to_command()
                decision = routing.decide_on_need(session, current_actor(), need_id, command)
                journey_id = decision.journey_id
            return _decided(journey_id)
        except Invalid as error:
            form.show_errors(error)
        except Conflict:
            return _too_late(need_id, form)
    return need_desk(found(need_to_read(current_actor(), need_id)), form=form, status=422)


@bp.post("/matters/<uuid:journey_id>/route")
def decide(journey_id: UUID) -> ResponseReturnValue:
    """Decide how an idea goes on that is no need."""
    form = RouteForm()
    form.offer((), ())
    if form.validate_on_submit():
        try:
            with transaction(db.session) as session:
                routing.decide_route(session, current_actor(), journey_id, form.to_command())
            return _decided(journey_id)
        except Invalid as error:
            form.show_errors(error)
    return _desk(matter_to_read(db.session, current_actor(), journey_id), form=form, status=422)


@bp.post("/matters/<uuid:journey_id>/reconsider")
def reconsider(journey_id: UUID) -> ResponseReturnValue:
    """Take the decision back."""
    form = ReconsiderForm()
    journey = matter_to_read(db.session, current_actor(), journey_id)
    if not form.validate_on_submit():
        if journey.need is not None:
            return need_desk(journey.need, reconsidering=form, status=422)
        return _desk(journey, reconsidering=form, status=422)
    with transaction(db.session) as session:
        routing.reconsider(
            session, current_actor(), journey_id, form.why.data or "", form.stage_seen
        )
    flash(_("The decision is taken back. The matter waits for a new one."))
    return redirect(url_for("matters.show", journey_id=journey_id), 303)


@bp.get("/matters/<uuid:journey_id>/answer")
def answer(journey_id: UUID) -> ResponseReturnValue:
    """Show the draft of the answer to whoever takes it back, or what was sent."""
    journey = matter_to_read(db.session, current_actor(), journey_id)
    return _answer_page(journey, None, status=200)


@bp.post("/matters/<uuid:journey_id>/answer")
def send_answer(journey_id: UUID) -> ResponseReturnValue:
    """Keep the draft, or send the answer to every sender."""
    journey = matter_to_read(db.session, current_actor(), journey_id)
    form = AnswerForm()
    form.keep(languages_behind(db.session, journey))
    if not form.validate_on_submit():
        return _answer_page(journey, form, status=422)
    draft_only = "draft" in request.form
    act = answers_back.keep_drafts if draft_only else answers_back.send_answers
    try:
        with transaction(db.session) as session:
            act(session, current_actor(), journey_id, form.to_command())
    except Invalid as error:
        show_errors(form, error)
        journey = matter_to_read(db.session, current_actor(), journey_id)
        return _answer_page(journey, form, status=422)
    flash(_("The draft is kept.") if draft_only else _("The answer is on its way to the senders."))
    if draft_only or not current_actor().coordinates:
        return redirect(url_for("matters.answer", journey_id=journey_id), 303)
    return redirect(url_for("matters.show", journey_id=journey_id), 303)


def _decided(journey_id: UUID) -> ResponseReturnValue:
    flash(_("The route is chosen. Read the draft of the answer and send it."))
    return redirect(url_for("matters.answer", journey_id=journey_id), 303)


def _too_late(need_id: UUID, form: RouteForm) -> Response:
    """Show what somebody else decided meanwhile, and keep what this one had written."""
    need = found(need_to_read(current_actor(), need_id))
    journey = journey_of(db.session, need)
    if journey is None or journey.stage is Stage.IN_COORDINATION:
        raise Conflict("it does not wait for a decision")
    return need_desk(need, missed=form.reason.data or "", status=409)


def _desk(
    journey: Journey,
    form: RouteForm | None = None,
    reconsidering: ReconsiderForm | None = None,
    status: int = 200,
) -> Response:
    check_coordinates(current_actor())
    title, language_of_title = title_of(db.session, journey)
    return render(
        "coordination/matter.html",
        status=status,
        title=title,
        language_of_title=language_of_title,
        **desk_of(journey, form=form, reconsidering=reconsidering),
    )


def _answer_page(journey: Journey, form: AnswerForm | None, *, status: int) -> Response:
    decision = decision_on(db.session, journey)
    if decision is None:
        raise Conflict("nothing has been decided")
    kept = answers_back.answers_of(db.session, decision)
    to_send = journey.stage is Stage.DECIDED
    if to_send and form is None:
        languages = languages_behind(db.session, journey)
        form = AnswerForm(formdata=None, seen=journey.stage.value)
        form.keep(languages)
        for language, field in form.text_fields:
            row = kept.get(language)
            field.data = row.text if row else draft_answer(journey, decision, language)
    title, language_of_title = title_of(db.session, journey)
    return render(
        "coordination/answer.html",
        status=status,
        journey=journey,
        decision=decision,
        form=form if to_send else None,
        sent=[row for row in kept.values() if row.sent],
        steps=steps_of(journey),
        title=title,
        language_of_title=language_of_title,
    )
