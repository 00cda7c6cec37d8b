"""What the address of a list asks for."""

from typing import Any

from flask import request, url_for

from needsbank.services.browsing import QUERY_MAX, Wanted


def wanted() -> Wanted:
    """Return the words and the page number that the address asks for."""
    words = request.args.get("q", "").replace("\0", " ").strip()[:QUERY_MAX]
    page = request.args.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    return Wanted(words=words, page=max(1, number))


def page_address(number: int) -> str:
    """Return the address of another page of the same list, filters kept."""
    arguments: dict[str, Any] = {
        name: value for name, value in request.args.items() if value and name != "page"
    }
    if number > 1:
        arguments["page"] = str(number)
    return url_for(str(request.endpoint), **arguments)
