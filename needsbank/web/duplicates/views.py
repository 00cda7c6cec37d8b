"""The page of what sweeps have found."""

from flask import Blueprint, Response

from needsbank.services.sweep_report import report
from needsbank.web.database import db
from needsbank.web.htmx import render
from needsbank.web.security import current_actor

bp = Blueprint("duplicates", __name__)


@bp.get("/coordination/duplicates")
def listed() -> Response:
    """Show groups of needs and works that probably say the same, those that gain most first."""
    return render("duplicates/list.html", report=report(db.session, current_actor()))
