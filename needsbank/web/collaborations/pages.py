"""What the pages of a collaboration share."""

from uuid import UUID

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue

from needsbank.db.models import Collaboration
from needsbank.web.forms import BankForm
from needsbank.web.htmx import render


def back_to(collaboration_id: UUID, part: str | None = None) -> ResponseReturnValue:
    """Lead back to the workspace, to a part of its page."""
    return redirect(
        url_for("collaborations.show", collaboration_id=collaboration_id, _anchor=part), 303
    )


def form_page(
    collaboration: Collaboration,
    form: BankForm,
    *,
    title: str,
    lead: str,
    send: str,
    address: str,
    status: int,
    quoted: str = "",
    danger: bool = False,
) -> Response:
    """Show one form of a collaboration on a page of its own."""
    return render(
        "collaborations/form.html",
        status=status,
        collaboration=collaboration,
        form=form,
        title=title,
        lead=lead,
        send=send,
        address=address,
        quoted=quoted,
        danger=danger,
    )
