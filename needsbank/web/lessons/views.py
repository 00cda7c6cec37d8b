"""What others learnt the hard way."""

from flask import Blueprint, Response

from needsbank.services.lessons import lessons
from needsbank.web.database import db
from needsbank.web.htmx import render
from needsbank.web.lists import wanted
from needsbank.web.security import current_actor

bp = Blueprint("lessons", __name__, url_prefix="/lessons")


@bp.get("/")
def listed() -> Response:
    """Show lessons, searched by words."""
    asked = wanted()
    found = lessons(db.session, current_actor(), asked.words)
    return render("lessons/list.html", lessons=found, asked=asked)
