"""Pages of the agreement, the hand-over, the receipt, feedback, and breaking off."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.models import Collaboration
from needsbank.db.transaction import transaction
from needsbank.domain.collaborations import AcceptAgreement, Use
from needsbank.domain.errors import NotFound
from needsbank.domain.handing_over import SignReceipt
from needsbank.domain.languages import INTERFACE_LANGUAGES, Language
from needsbank.services import agreements, collaborations, handing_over
from needsbank.web.collaborations.forms import BreakOffForm, FeedbackForm, ResultForm
from needsbank.web.collaborations.pages import back_to, form_page
from needsbank.web.database import db
from needsbank.web.forms import query_code
from needsbank.web.htmx import render
from needsbank.web.languages import current_language
from needsbank.web.security import current_actor

bp = Blueprint("handing_over", __name__, url_prefix="/collaborations/<uuid:collaboration_id>")


@bp.get("/agreement")
def agreement(collaboration_id: UUID) -> Response:
    """Show the agreement's text, to be read, printed and accepted."""
    collaboration = collaborations.workspace(db.session, current_actor(), collaboration_id)
    language = query_code(Language, request.args.get("text")) or Language(current_language())
    text = agreements.agreement_of(collaboration, language)
    mine = [
        each
        for each in collaboration.acceptances
        if each.user_id == current_actor().user_id and each.text_hash == text.text_hash
    ]
    return render(
        "collaborations/agreement.html",
        collaboration=collaboration,
        agreement=text,
        languages=INTERFACE_LANGUAGES,
        accepted=mine,
        current=agreements.current(collaboration),
        may_accept=_may_work(collaboration) and not mine,
    )


@bp.post("/agreement")
def accept_agreement(collaboration_id: UUID) -> ResponseReturnValue:
    """Accept the text that was shown."""
    language = query_code(Language, request.form.get("text"))
    if language not in INTERFACE_LANGUAGES:
        raise NotFound(collaboration_id)
    command = AcceptAgreement(
        collaboration_id=collaboration_id,
        language=language.value,
        text_hash=request.form.get("text_hash", ""),
    )
    with transaction(db.session) as session:
        agreements.accept_agreement(session, current_actor(), command)
    flash(_("You have accepted the agreement."))
    return redirect(
        url_for("handing_over.agreement", collaboration_id=collaboration_id, text=language.value),
        303,
    )


@bp.get("/result")
def offering(collaboration_id: UUID) -> Response:
    """Show the form of the hand-over, with what was offered before."""
    collaboration = _to_use(collaboration_id, Use.OFFER)
    before = handing_over.result_of(db.session, collaboration)
    data: dict[str, object] = {"language": current_language(), "title": collaboration.title}
    if before is not None:
        chosen = [str(each.id) for each in collaboration.files if each.in_result]
        data = {
            "title": before.title,
            "summary": before.summary,
            "handed_over": before.handed_over,
            "links": "\n".join(before.links),
            "licence": before.licence.value,
            "language": before.language.value,
            "file_ids": chosen,
        }
    return _result_page(collaboration, ResultForm(formdata=None, data=data), status=200)


@bp.post("/result")
def offer(collaboration_id: UUID) -> ResponseReturnValue:
    """Offer the result to the partner."""
    collaboration = _to_use(collaboration_id, Use.OFFER)
    form = ResultForm()
    form.offer(collaboration.files)
    if not form.validate_on_submit():
        return _result_page(collaboration, form, status=422)
    with transaction(db.session) as session:
        handing_over.offer(session, current_actor(), collaboration_id, form.to_command())
    flash(_("Offered. The partner is asked to sign for it."))
    return back_to(collaboration_id, "hand-over")


@bp.post("/result/take-back")
def take_back(collaboration_id: UUID) -> ResponseReturnValue:
    """Go on working instead of handing over."""
    with transaction(db.session) as session:
        handing_over.take_back_offer(session, current_actor(), collaboration_id)
    flash(_("The work goes on. The result can be offered again later."))
    return back_to(collaboration_id, "hand-over")


@bp.get("/receipt")
def receipt(collaboration_id: UUID) -> Response:
    """Show the partner what they are about to sign for."""
    collaboration, result = handing_over.offer_to_sign(
        db.session, current_actor(), collaboration_id
    )
    return render(
        "collaborations/receipt.html",
        collaboration=collaboration,
        result=result,
        files=[each for each in collaboration.files if each.in_result],
        content_hash=handing_over.hash_of(result, collaboration.files),
    )


@bp.post("/receipt")
def sign(collaboration_id: UUID) -> ResponseReturnValue:
    """Sign the receipt: the result is handed over."""
    command = SignReceipt(
        collaboration_id=collaboration_id, content_hash=request.form.get("content_hash", "")
    )
    with transaction(db.session) as session:
        result_id = handing_over.sign(session, current_actor(), command).result_id
    flash(_("Signed. The result is yours, and its page is open."))
    return redirect(url_for("results.show", result_id=result_id), 303)


@bp.get("/break-off")
def breaking_off(collaboration_id: UUID) -> Response:
    """Ask why the work ends."""
    collaboration = _to_use(collaboration_id, Use.BREAK_OFF)
    return _break_off_page(collaboration, BreakOffForm(formdata=None), status=200)


@bp.post("/break-off")
def break_off(collaboration_id: UUID) -> ResponseReturnValue:
    """End the work without a result."""
    form = BreakOffForm()
    if not form.validate_on_submit():
        return _break_off_page(_to_use(collaboration_id, Use.BREAK_OFF), form, status=422)
    with transaction(db.session) as session:
        handing_over.break_off(session, current_actor(), collaboration_id, form.reason.data or "")
    flash(_("The work has ended. What you learnt is kept for others."))
    return back_to(collaboration_id)


@bp.get("/feedback")
def thinking(collaboration_id: UUID) -> Response:
    """Ask how it went."""
    return _feedback_page(collaboration_id, FeedbackForm(formdata=None), status=200)


@bp.post("/feedback")
def give_feedback(collaboration_id: UUID) -> ResponseReturnValue:
    """Store how it went."""
    form = FeedbackForm()
    if not form.validate_on_submit():
        return _feedback_page(collaboration_id, form, status=422)
    with transaction(db.session) as session:
        handing_over.give_feedback(session, current_actor(), collaboration_id, form.to_command())
    flash(_("Thank you for the feedback."))
    return back_to(collaboration_id, "feedback")


def _to_use(collaboration_id: UUID, use: Use) -> Collaboration:
    collaboration = collaborations.collaboration_to_read(
        db.session, current_actor(), collaboration_id
    )
    collaborations.check_may(current_actor(), collaboration, use)
    return collaboration


def _may_work(collaboration: Collaboration) -> bool:
    return bool(collaborations.accepted(collaboration, current_actor().user_id))


def _result_page(collaboration: Collaboration, form: ResultForm, *, status: int) -> Response:
    form.offer(collaboration.files)
    return form_page(
        collaboration,
        form,
        title=_("Hand the result over"),
        lead=_(
            "The partner reads this and signs for it. Then the result gets a page of its own, and"
            " is found as prior work at once if the need is public."
        ),
        send=_("Offer to the partner"),
        address=url_for("handing_over.offer", collaboration_id=collaboration.id),
        status=status,
    )


def _break_off_page(collaboration: Collaboration, form: BreakOffForm, *, status: int) -> Response:
    return form_page(
        collaboration,
        form,
        title=_("Break the work off"),
        lead=_("Sometimes it does not work out. An honest reason helps those who try next."),
        send=_("End the work"),
        address=url_for("handing_over.break_off", collaboration_id=collaboration.id),
        status=status,
        danger=True,
    )


def _feedback_page(collaboration_id: UUID, form: FeedbackForm, *, status: int) -> Response:
    collaboration = collaborations.collaboration_to_read(
        db.session, current_actor(), collaboration_id
    )
    if not handing_over.may_give_feedback(db.session, current_actor(), collaboration):
        raise NotFound(collaboration_id)
    return form_page(
        collaboration,
        form,
        title=_("How did it go?"),
        lead=_("A number and a few words are enough."),
        send=_("Send the feedback"),
        address=url_for("handing_over.give_feedback", collaboration_id=collaboration_id),
        status=status,
    )
