"""Catalogues come in by batches that are stored whole, and a record is known by its key."""

import pytest
from sqlalchemy import select

from needsbank.db.models import ImportRun, PriorWork
from needsbank.db.transaction import transaction
from needsbank.domain.languages import Language
from needsbank.domain.prior_works import PriorWorkKind, RecordPriorWork
from needsbank.services import importing
from needsbank.services.importing import Outcome
from tests.factories import add_prior_work

HASH = bytes(range(32))


def record(key, title="A title", source="Theseus", **values):
    return RecordPriorWork(source=source, source_key=key, title=title, **values)


def stored(session):
    """Return (source, key, title) of every work."""
    session.rollback()
    rows = session.execute(select(PriorWork.source, PriorWork.source_key, PriorWork.title))
    return sorted(tuple(row) for row in rows)


def take_in(session, *records):
    with transaction(session):
        return importing.record_prior_works(session, records)


def test_new_works_are_added_with_everything_said(session):
    full = record(
        "1",
        abstract="An abstract.",
        kind=PriorWorkKind.REPORT,
        year=2024,
        language=Language.SV,
        url="https://example.com/1",
        subjects=("keys", "home care"),
    )
    assert take_in(session, full) == Outcome(added=1, changed=0)
    (work,) = session.scalars(select(PriorWork)).all()
    assert (work.abstract, work.kind, work.year) == ("An abstract.", PriorWorkKind.REPORT, 2024)
    assert (work.language, work.url) == (Language.SV, "https://example.com/1")
    assert work.subjects == ["keys", "home care"]


def test_the_same_again_adds_nothing_and_changes_nothing(session):
    records = [record(str(number)) for number in range(3)]
    assert take_in(session, *records) == Outcome(added=3, changed=0)
    before = {work.id: work.updated for work in session.scalars(select(PriorWork))}
    assert take_in(session, *records) == Outcome(added=0, changed=0)
    assert {work.id: work.updated for work in session.scalars(select(PriorWork))} == before


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another"},
        {"abstract": "More."},
        {"kind": PriorWorkKind.THESIS},
        {"year": 2020},
        {"language": Language.FI},
        {"url": "https://example.com/x"},
        {"subjects": ("keys",)},
    ],
)
def test_a_changed_record_is_updated_and_read_again_by_the_matcher(session, change):
    take_in(session, record("1"), record("2"))
    with transaction(session):
        for work in session.scalars(select(PriorWork)):
            work.embedded_in = 1
    assert take_in(session, record("1", **change), record("2")) == Outcome(added=0, changed=1)
    session.rollback()
    read_again = select(PriorWork.source_key).where(PriorWork.embedded_in.is_(None))
    assert session.scalars(read_again).all() == ["1"]


def test_the_last_record_of_a_key_wins_within_a_batch(session):
    assert take_in(session, record("1", "First"), record("1", "Last")) == Outcome(1, 0)
    assert stored(session) == [("Theseus", "1", "Last")]


def test_one_key_of_two_sources_is_two_works(session):
    assert take_in(session, record("1"), record("1", source="Finna")) == Outcome(2, 0)


def test_more_records_than_are_looked_up_at_once_are_all_recognised(session):
    records = [record(str(number)) for number in range(1000)]
    assert take_in(session, *records) == Outcome(added=1000, changed=0)
    assert take_in(session, *records) == Outcome(added=0, changed=0)


def test_an_import_that_begins_anew_starts_from_nothing(session):
    with transaction(session):
        run = importing.begin_import(session, file_hash=HASH, source="Theseus")
        assert (run.position, run.added, run.changed, run.rejected) == (0, 0, 0, 0)
        assert run.finished is None


def test_a_batch_is_stored_with_how_far_the_file_has_been_read(session):
    with transaction(session):
        run_id = importing.begin_import(session, file_hash=HASH, source="Theseus").id
    with transaction(session):
        outcome = importing.import_batch(
            session, run_id, [record("1"), record("2")], position=3, rejected=1
        )
    assert outcome == Outcome(added=2, changed=0)
    with transaction(session):
        run = importing.begin_import(session, file_hash=HASH, source="Theseus")
        assert (run.id, run.position) == (run_id, 3)
        assert (run.added, run.changed, run.rejected) == (2, 0, 1)


def test_a_batch_that_is_killed_is_neither_stored_nor_counted(session):
    with transaction(session):
        run_id = importing.begin_import(session, file_hash=HASH, source="Theseus").id

    def be_killed():
        with transaction(session):
            importing.import_batch(session, run_id, [record("1")], position=1, rejected=0)
            session.flush()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        be_killed()
    assert stored(session) == []
    run = session.get_one(ImportRun, run_id)
    session.refresh(run)
    assert (run.position, run.added) == (0, 0)


def test_a_finished_file_is_read_from_its_start_again(session):
    with transaction(session):
        run_id = importing.begin_import(session, file_hash=HASH, source="Theseus").id
        importing.import_batch(session, run_id, [record("1")], position=1, rejected=0)
        assert importing.finish_import(session, run_id).finished is not None
    with transaction(session):
        run = importing.begin_import(session, file_hash=HASH, source="Theseus")
        assert (run.id, run.position, run.added, run.finished) == (run_id, 0, 0, None)


def test_other_files_have_runs_of_their_own(session):
    with transaction(session):
        first = importing.begin_import(session, file_hash=HASH, source="Theseus").id
        second = importing.begin_import(session, file_hash=HASH[::-1], source="Theseus").id
    assert first != second


def test_what_was_added_by_other_ways_is_recognised_by_its_key(session):
    add_prior_work(session, source="Theseus", source_key="1", title="A title")
    assert take_in(session, record("1", "A better title")) == Outcome(added=0, changed=1)
