"""A dry run counts what taking a catalogue in would do, and stores nothing."""

import pytest
from sqlalchemy import select

from needsbank.db.models import PriorWork
from needsbank.db.transaction import transaction
from needsbank.domain.prior_works import PriorWorkKind, RecordPriorWork
from needsbank.services import importing
from needsbank.services.previewing import EXAMPLES, preview
from needsbank.sources.catalogues import BadRow


def record(key, title="A title", source="Theseus", **values):
    return RecordPriorWork(source=source, source_key=str(key), title=title, **values)


@pytest.fixture
def known(session):
    with transaction(session):
        importing.record_prior_works(session, [record(key) for key in range(5)])


def test_new_changed_same_bad_and_absent_are_told_apart(session, known):
    found = preview(
        session,
        [
            record(0),
            record(1, "Another", kind=PriorWorkKind.THESIS, subjects=("a", "b")),
            record(7, "New"),
            record(7, "New again"),
            BadRow(5, {"title": "required"}),
        ],
    )
    assert (found.same, found.changed, found.added, found.repeated) == (1, 1, 1, 1)
    assert (found.rejected, found.absent, found.read) == (1, 3, 5)
    assert found.new_titles == ["New"]
    (difference,) = found.differences
    assert difference.title == "A title"
    assert set(difference.fields) == {
        ("title", "A title", "Another"),
        ("kind", "other", "thesis"),
        ("subjects", "", "a; b"),
    }
    assert found.changed_fields == {"title": 1, "kind": 1, "subjects": 1}
    assert found.bad_rows == [BadRow(5, {"title": "required"})]


def test_nothing_is_stored(session, known):
    preview(session, [record(0, "Another"), record(8)])
    session.commit()
    titles = session.scalars(select(PriorWork.title)).all()
    assert titles == ["A title"] * 5


def test_the_first_examples_of_many_are_kept(session):
    with transaction(session):
        importing.record_prior_works(session, [record(key) for key in range(600)])
    changed = [record(key, f"Changed {key}") for key in range(600)]
    new = [record(key, f"New {key}") for key in range(600, 1800)]
    bad = [BadRow(line, {"row": "unreadable"}) for line in range(30)]
    found = preview(session, iter([*changed, *new, *bad]))
    assert (found.changed, found.added, found.rejected, found.absent) == (600, 1200, 30, 0)
    assert len(found.new_titles) == len(found.differences) == len(found.bad_rows) == EXAMPLES
    assert list(session.identity_map.values()) == []


def test_what_was_previewed_is_what_is_taken_in(session, known):
    records = [record(key, f"Title {key % 7}") for key in range(3, 20)]
    found = preview(session, records)
    with transaction(session):
        outcome = importing.record_prior_works(session, records)
    assert (found.added, found.changed) == (outcome.added, outcome.changed)


def test_works_of_other_sources_are_not_absent(session, known):
    assert preview(session, [record(0, source="Finna")]).absent == 0
    assert preview(session, []).absent == 0
