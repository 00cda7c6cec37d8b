"""A pytest plugin that skips the tests marked browser, with the reason why there is none.

`tools/check.sh` loads it when TARVEPANKKI_BROWSER begins with "none".
"""

import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that needs a browser as skipped."""
    reason = os.environ.get("TARVEPANKKI_BROWSER", "").removeprefix("none").lstrip(": ")
    skip = pytest.mark.skip(reason=reason or "switched off: TARVEPANKKI_BROWSER=none")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(skip)
