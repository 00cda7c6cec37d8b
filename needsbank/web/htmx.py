"""Whole pages and parts of pages from one view."""

from typing import Any

from flask import Response, make_response, render_template, request


def wants_fragment() -> bool:
    """Whether htmx asks for a part; boosted links and restored history want the whole page."""
    headers = request.headers
    return "HX-Request" in headers and not (
        "HX-Boosted" in headers or "HX-History-Restore-Request" in headers
    )


def render(
    template: str, *, fragment: str | None = None, status: int = 200, **context: Any
) -> Response:
    """Render a page, or its fragment when htmx asks for one."""
    chosen = fragment if fragment and wants_fragment() else template
    response = make_response(render_template(chosen, **context), status)
    if fragment:
        response.vary.add("HX-Request")
    return response
