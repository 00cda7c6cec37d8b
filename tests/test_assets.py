"""The vendor folder holds what the table says, and a gap is named before anything is lost."""

from pathlib import Path

import pytest

from needsbank.assets import FILES, VENDOR, MissingFiles, vendor


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder whose node_modules has every file of the table."""
    for origin in FILES.values():
        source = tmp_path / "node_modules" / origin
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(f"content of {origin}")
    return tmp_path


def test_each_file_is_copied_to_its_place(checkout):
    vendored = vendor(checkout)
    assert {
        path.relative_to(checkout / VENDOR).as_posix(): path.read_text() for path in vendored
    } == {target: f"content of {origin}" for target, origin in FILES.items()}


def test_what_stood_there_before_is_gone(checkout):
    old = checkout / VENDOR / "old" / "htmx-1.js"
    old.parent.mkdir(parents=True)
    old.write_text("from an earlier release")
    vendored = vendor(checkout)
    assert sorted(path for path in (checkout / VENDOR).rglob("*") if path.is_file()) == vendored


def test_a_missing_file_is_named_and_nothing_is_emptied(checkout):
    vendored = vendor(checkout)
    (checkout / "node_modules" / "htmx.org/dist/htmx.min.js").unlink()
    with pytest.raises(MissingFiles, match=r"lacks htmx\.org/dist/htmx\.min\.js: run `npm ci`"):
        vendor(checkout)
    assert all(path.is_file() for path in vendored)


def test_every_package_brings_its_licence():
    packages = {origin.split("/dist/")[0] for origin in FILES.values() if "/dist/" in origin}
    assert packages
    assert {f"{package}/LICENSE" for package in packages} <= set(FILES.values())
