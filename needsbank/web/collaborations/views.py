"""The workspace of a collaboration: its page, its parties, and what they do together."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.models import Collaboration
from needsbank.db.transaction import transaction
from needsbank.domain.collaborations import OPEN, Use
from needsbank.domain.errors import Invalid
from needsbank.services import (
    agreements,
    collaborations,
    handing_over,
    parties,
    results,
    working_together,
)
from needsbank.web.collaborations.forms import (
    AnswerForm,
    DeclineForm,
    GoalForm,
    InviteForm,
    MilestoneForm,
    NoteForm,
    SharedFileForm,
    UnclearForm,
)
from needsbank.web.collaborations.pages import back_to, form_page
from needsbank.web.database import db
from needsbank.web.forms import BankForm, show_errors
from needsbank.web.htmx import render
from needsbank.web.security import current_actor

bp = Blueprint("collaborations", __name__, url_prefix="/collaborations")


@bp.get("/")
def listed() -> Response:
    """Show the collaborations that the reader takes part in; to coordinators, all of them."""
    found = collaborations.collaborations_of(db.session, current_actor())
    work = collaborations.counts_of_work(db.session, found)
    return render("collaborations/list.html", collaborations=found, work=work)


@bp.get("/<uuid:collaboration_id>")
def show(collaboration_id: UUID) -> Response:
    """Show the workspace."""
    return workspace_page(collaboration_id)


@bp.post("/<uuid:collaboration_id>/role")
def take_role(collaboration_id: UUID) -> ResponseReturnValue:
    """Take or decline the role that the reader was asked to take."""
    accepts = request.form.get("answer") == "accept"
    form = DeclineForm()
    if not accepts and not form.validate_on_submit():
        return workspace_page(collaboration_id, declining=form, status=422)
    with transaction(db.session) as session:
        parties.answer_invitation(
            session,
            current_actor(),
            collaboration_id,
            accepts=accepts,
            reason="" if accepts else form.reason.data or "",
        )
    if not accepts:
        flash(_("You have declined. Thank you for saying why."))
        return redirect(url_for("collaborations.listed"), 303)
    flash(_("Welcome! You take part now."))
    return back_to(collaboration_id)


@bp.get("/<uuid:collaboration_id>/goal")
def goal(collaboration_id: UUID) -> Response:
    """Show the form of the goal and its measure."""
    collaboration = _to_use(collaboration_id, Use.SET_GOAL)
    return _goal_page(collaboration, GoalForm(formdata=None, obj=collaboration), status=200)


@bp.post("/<uuid:collaboration_id>/goal")
def set_goal(collaboration_id: UUID) -> ResponseReturnValue:
    """Store the goal and its measure."""
    form = GoalForm()
    if not form.validate_on_submit():
        return _goal_page(_to_use(collaboration_id, Use.SET_GOAL), form, status=422)
    with transaction(db.session) as session:
        working_together.set_goal(session, current_actor(), collaboration_id, form.to_command())
    flash(_("The goal is written down."))
    return back_to(collaboration_id)


@bp.get("/<uuid:collaboration_id>/invite")
def inviting(collaboration_id: UUID) -> Response:
    """Show the form that asks somebody to take part."""
    collaboration = _to_use(collaboration_id, Use.INVITE)
    return _invite_page(collaboration, InviteForm(formdata=None), status=200)


@bp.post("/<uuid:collaboration_id>/invite")
def invite(collaboration_id: UUID) -> ResponseReturnValue:
    """Ask somebody to take part."""
    form = InviteForm()
    if form.validate_on_submit():
        try:
            with transaction(db.session) as session:
                parties.invite(session, current_actor(), collaboration_id, form.to_command())
        except Invalid as error:
            show_errors(form, error)
        else:
            flash(_("The invitation is on its way."))
            return back_to(collaboration_id)
    return _invite_page(_to_use(collaboration_id, Use.INVITE), form, status=422)


@bp.post("/<uuid:collaboration_id>/milestones")
def add_milestone(collaboration_id: UUID) -> ResponseReturnValue:
    """Add a milestone."""
    form = MilestoneForm(prefix="milestone-")
    if not form.validate_on_submit():
        return workspace_page(collaboration_id, milestone=form, status=422)
    with transaction(db.session) as session:
        working_together.add_milestone(
            session, current_actor(), collaboration_id, form.to_command()
        )
    return back_to(collaboration_id, "milestones")


@bp.post("/<uuid:collaboration_id>/milestones/<uuid:milestone_id>")
def tick(collaboration_id: UUID, milestone_id: UUID) -> ResponseReturnValue:
    """Mark a milestone as done, or as not done after all."""
    with transaction(db.session) as session:
        done = request.form.get("done") == "1"
        working_together.tick(session, current_actor(), collaboration_id, milestone_id, done=done)
    return back_to(collaboration_id, "milestones")


@bp.post("/<uuid:collaboration_id>/thread")
def write_note(collaboration_id: UUID) -> ResponseReturnValue:
    """Write to the other parties."""
    form = NoteForm(prefix="note-")
    if not form.validate_on_submit():
        return workspace_page(collaboration_id, note=form, status=422)
    with transaction(db.session) as session:
        working_together.write_note(
            session, current_actor(), collaboration_id, form.text.data or ""
        )
    flash(_("Written. The others are told that there is something to read."))
    return back_to(collaboration_id, "thread")


@bp.get("/<uuid:collaboration_id>/unclear")
def asking(collaboration_id: UUID) -> Response:
    """Show the form for what is unclear."""
    collaboration = _to_read(collaboration_id)
    about = request.args.get("about", "")
    form = UnclearForm(formdata=None, data={"about": about})
    return _unclear_page(collaboration, form, status=200)


@bp.post("/<uuid:collaboration_id>/unclear")
def ask(collaboration_id: UUID) -> ResponseReturnValue:
    """Tell the coordinators that something is unclear."""
    form = UnclearForm()
    if not form.validate_on_submit():
        return _unclear_page(_to_read(collaboration_id), form, status=422)
    with transaction(db.session) as session:
        working_together.ask_about(session, current_actor(), collaboration_id, form.to_command())
    flash(_("The coordinators have your question. The answer comes here."))
    return back_to(collaboration_id, "unclear")


@bp.get("/questions/")
def questions() -> Response:
    """Show coordinators what waits for an answer."""
    waiting = working_together.open_questions(db.session, current_actor())
    return render("collaborations/questions.html", waiting=waiting)


@bp.get("/questions/<uuid:unclear_id>")
def answering(unclear_id: UUID) -> Response:
    """Show a question and the form of its answer."""
    return _answer_page(unclear_id, AnswerForm(formdata=None), status=200)


@bp.post("/questions/<uuid:unclear_id>")
def answer(unclear_id: UUID) -> ResponseReturnValue:
    """Answer a question."""
    form = AnswerForm()
    if not form.validate_on_submit():
        return _answer_page(unclear_id, form, status=422)
    with transaction(db.session) as session:
        working_together.answer_unclear(
            session, current_actor(), unclear_id, form.answer.data or ""
        )
    flash(_("The answer is sent."))
    return redirect(url_for("collaborations.questions"), 303)


def workspace_page(
    collaboration_id: UUID,
    *,
    declining: DeclineForm | None = None,
    milestone: MilestoneForm | None = None,
    note: NoteForm | None = None,
    file: SharedFileForm | None = None,
    status: int = 200,
) -> Response:
    """Show the workspace, with the forms as they were sent."""
    actor = current_actor()
    collaboration = collaborations.workspace(db.session, actor, collaboration_id)
    result = handing_over.result_of(db.session, collaboration)
    return render(
        "collaborations/show.html",
        status=status,
        collaboration=collaboration,
        invitation=parties.invitation_of(actor, collaboration),
        is_open=collaboration.state in OPEN,
        uses={use.value for use in Use if collaborations.may(actor, collaboration, use)},
        current=agreements.current(collaboration),
        result=result,
        feedbacks=handing_over.feedback_for(db.session, actor, collaboration),
        may_give_feedback=handing_over.may_give_feedback(db.session, actor, collaboration),
        showcase=result and results.readable_ids(db.session, actor, [result.id]),
        declining=declining or DeclineForm(formdata=None),
        milestone=milestone or MilestoneForm(formdata=None, prefix="milestone-"),
        note=note or NoteForm(formdata=None, prefix="note-"),
        file=file or SharedFileForm(formdata=None, prefix="file-"),
    )


def _to_read(collaboration_id: UUID) -> Collaboration:
    return collaborations.collaboration_to_read(db.session, current_actor(), collaboration_id)


def _to_use(collaboration_id: UUID, use: Use) -> Collaboration:
    collaboration = _to_read(collaboration_id)
    collaborations.check_may(current_actor(), collaboration, use)
    return collaboration


def _goal_page(collaboration: Collaboration, form: BankForm, *, status: int) -> Response:
    return form_page(
        collaboration,
        form,
        title=_("Goal and measure"),
        lead=_("Agree early on how you will see that it worked. You can change this later."),
        send=_("Save the goal"),
        address=url_for("collaborations.set_goal", collaboration_id=collaboration.id),
        status=status,
    )


def _invite_page(collaboration: Collaboration, form: BankForm, *, status: int) -> Response:
    return form_page(
        collaboration,
        form,
        title=_("Invite somebody"),
        lead=_("They get a message, see the workspace, and take part once they accept the role."),
        send=_("Send the invitation"),
        address=url_for("collaborations.invite", collaboration_id=collaboration.id),
        status=status,
    )


def _unclear_page(collaboration: Collaboration, form: BankForm, *, status: int) -> Response:
    return form_page(
        collaboration,
        form,
        title=_("This is unclear"),
        lead=_("There are no silly questions. All parties see the question and the answer."),
        send=_("Ask the coordinators"),
        address=url_for("collaborations.ask", collaboration_id=collaboration.id),
        status=status,
    )


def _answer_page(unclear_id: UUID, form: BankForm, *, status: int) -> Response:
    unclear = working_together.unclear_to_answer(db.session, current_actor(), unclear_id)
    return form_page(
        unclear.collaboration,
        form,
        title=_("Answer a question"),
        quoted=unclear.question,
        lead=_("%(name)s asks:", name=unclear.asked_by.name),
        send=_("Send the answer"),
        address=url_for("collaborations.answer", unclear_id=unclear_id),
        status=status,
    )
