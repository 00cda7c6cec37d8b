"""The way of a matter from an idea to its use, as a picture and as a table."""

from flask import Blueprint, Response

from needsbank.domain.journeys import TURNS
from needsbank.web.htmx import render
from needsbank.web.journeys.picture import BEYOND, draw

bp = Blueprint("journeys", __name__)


@bp.get("/journey")
def path() -> Response:
    """Show what can become of an idea, and whose turn each step is."""
    return render("journeys/path.html", picture=draw(), turns=TURNS, beyond=BEYOND)
