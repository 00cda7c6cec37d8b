"""Coordinators' verdicts on what was found for a need, one press each."""

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.models import Subject
from needsbank.db.transaction import transaction
from needsbank.services import verdicts
from needsbank.services.verdicts import Judged
from needsbank.web.database import db
from needsbank.web.htmx import render, wants_fragment
from needsbank.web.security import current_actor
from needsbank.web.verdicts.forms import SEEN, SeenForm, VerdictForm, check

_FOUND = f"{Subject.NEED.value}, {Subject.PRIOR_WORK.value}"

bp = Blueprint(
    "verdicts",
    __name__,
    url_prefix=f"/coordination/needs/<uuid:need_id>/found/<any({_FOUND}):subject>/<uuid:other_id>",
)


@bp.post("/verdict")
def judge(need_id: UUID, subject: str, other_id: UUID) -> ResponseReturnValue:
    """Record a verdict."""
    form = VerdictForm()
    check(form)
    with transaction(db.session) as session:
        judged = verdicts.judge(
            session, current_actor(), need_id, Subject(subject), other_id, form.to_command()
        )
    return _answer(need_id, subject, other_id, form, judged, _("Your verdict is recorded."))


@bp.post("/verdict/take-back")
def take_back(need_id: UUID, subject: str, other_id: UUID) -> ResponseReturnValue:
    """Undo a verdict; the pair is asked again."""
    form = SeenForm()
    check(form)
    with transaction(db.session) as session:
        verdicts.take_back(session, current_actor(), need_id, Subject(subject), other_id)
    return _answer(need_id, subject, other_id, form, None, _("The verdict is taken back."))


def _answer(
    need_id: UUID,
    subject: str,
    other_id: UUID,
    form: SeenForm,
    judged: Judged | None,
    words: str,
) -> ResponseReturnValue:
    if not wants_fragment():
        flash(words)
        anchor = f"hit-{subject}-{other_id}"
        return redirect(url_for("coordination.need", need_id=need_id, _anchor=anchor), 303)
    seen = {name: form[name].data for name in SEEN}
    return render(
        "verdicts/_verdict.html",
        need_id=need_id,
        subject=subject,
        other_id=other_id,
        seen=seen,
        judged=judged,
        said=words,
    )
