"""Every page template in light and dark, on a desk and on a phone, against WCAG 2.2 AA."""

from pathlib import Path

import pytest

from tests.browser.conftest import Browse, remember
from tests.browser.places import PLACES, Place
from tests.browser.reader import PHONE, ROOT

TEMPLATES = ROOT / "needsbank" / "templates"
# Frames and parts of pages; the error pages have tests of their own.
NO_PAGES = {"base.html", "error.html", "error_plain.html"}


def test_every_page_template_has_a_row():
    names = {path.relative_to(TEMPLATES) for path in TEMPLATES.rglob("*.html")}
    pages = {name.as_posix() for name in names if not _is_part(name)} - NO_PAGES
    assert {place.template for place in PLACES} == pages


def _is_part(name: Path) -> bool:
    return name.name.startswith("_") or name.parts[0] == "components"


@pytest.mark.browser
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_page_is_accessible_in_both_colour_schemes_and_fits_a_phone(
    place: Place, browse: Browse, base_url: str
):
    reader = browse("fi", place.email)
    place.go(reader.page)
    reader.check(place.status)
    reader.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    reader.check_accessibility()
    reader.page.set_viewport_size(PHONE)
    reader.check_reflow()
    reader.check_accessibility()
    # English has the shortest words of the three.
    remember(reader.page.context, "sv", base_url)
    place.go(reader.page)
    reader.check_reflow()
