"""The indexes hold what the database holds: from snapshots, the tail after them, and changes."""

import shutil
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, select

from needsbank import jobs
from needsbank.db.base import make_engine
from needsbank.db.migrations.running import upgrade_to_newest
from needsbank.db.models import Embedding, Need, PriorWork, Subject
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.services import needs
from needsbank.services.retrieval import UNSAVED_ROWS, Retrieval
from tests.conftest import add_first_set
from tests.factories import add_need, add_prior_work, describing


@pytest.fixture
def another(fake_matcher, fake_detector, settings):
    """Make the retrieval of another process on the same bank."""
    return lambda: Retrieval(fake_matcher, fake_detector, settings.instance / "index")


def indexed(session, retrieval, subject=Subject.PRIOR_WORK):
    """Return the titles of what the index holds, in the order of keys."""
    session.rollback()
    index = retrieval.index(session, subject)
    return [index.texts.text(place).split("\n")[0] for place in range(len(index))]


def add_embedded_works(session, engine, retrieval, *titles):
    works = [add_prior_work(session, title=title) for title in titles]
    jobs.embed_pending(engine, retrieval, Subject.PRIOR_WORK)
    return works


def add_many_embeddings(session, retrieval):
    """Add rows enough for a snapshot, without their owners."""
    values = {
        "subject": Subject.PRIOR_WORK,
        "space_id": retrieval.matcher.space_id,
        "language": "en",
        "public": True,
        "lemmas": "key",
        "query_vector": b"\0\0" * 256,
        "document_vector": b"\0\0" * 256,
        "created": now(),
    }
    rows = [
        {**values, "seq": number, "owner_id": uuid4(), "text": f"text {number}"}
        for number in range(1, UNSAVED_ROWS + 1)
    ]
    with transaction(session):
        session.execute(insert(Embedding), rows)


def snapshots(settings):
    return sorted((settings.instance / "index").glob("*/*"))


def test_an_index_of_nothing_is_empty(session, retrieval):
    assert indexed(session, retrieval) == []


def test_rows_stored_after_the_first_look_are_found(session, engine, retrieval):
    add_embedded_works(session, engine, retrieval, "first")
    assert indexed(session, retrieval) == ["first"]
    add_embedded_works(session, engine, retrieval, "second")
    add_embedded_works(session, engine, retrieval, "third")
    assert indexed(session, retrieval) == ["first", "second", "third"]


def test_a_changed_row_takes_the_place_of_the_old_one(session, engine, retrieval):
    need = add_need(session, title="old title")
    jobs.embed_pending(engine, retrieval, Subject.NEED)
    assert indexed(session, retrieval, Subject.NEED) == ["old title"]
    with transaction(session):
        command = describing(session, need.author, title="new title")
        needs.change_need(session, need.author.actor, need.id, command)
    jobs.embed_pending(engine, retrieval, Subject.NEED)
    assert indexed(session, retrieval, Subject.NEED) == ["new title"]


def test_subjects_do_not_mix(session, engine, retrieval):
    add_embedded_works(session, engine, retrieval, "a work")
    assert indexed(session, retrieval, Subject.NEED) == []


def test_a_need_posted_after_a_withdrawal_is_found(session, engine, retrieval):
    """A process that has read the withdrawn need must still see what comes after it."""
    withdrawn = add_need(session, title="withdrawn")
    jobs.embed_pending(engine, retrieval, Subject.NEED)
    assert indexed(session, retrieval, Subject.NEED) == ["withdrawn"]
    with transaction(session):
        needs.withdraw_need(session, withdrawn.author.actor, withdrawn.id)
    add_need(session, title="posted next")
    jobs.embed_pending(engine, retrieval, Subject.NEED)
    assert "posted next" in indexed(session, retrieval, Subject.NEED)


def test_an_index_that_grew_by_little_is_not_written_to_disk(session, engine, retrieval, settings):
    add_embedded_works(session, engine, retrieval, "one")
    jobs.save_snapshots(engine, retrieval)
    assert snapshots(settings) == []


def test_another_process_starts_from_the_snapshot_and_reads_the_tail(
    session, engine, retrieval, another, settings
):
    add_many_embeddings(session, retrieval)
    jobs.save_snapshots(engine, retrieval)
    assert len(snapshots(settings)) == 1
    # Gone from the database: what the other process still knows of it is from the snapshot.
    with transaction(session):
        session.execute(delete(Embedding).where(Embedding.seq == 2))
    add_embedded_works(session, engine, retrieval, "the tail")
    titles = indexed(session, another())
    assert (titles[1], titles[-1], len(titles)) == ("text 2", "the tail", UNSAVED_ROWS + 1)


def test_a_damaged_snapshot_is_left_aside(session, engine, retrieval, another, settings):
    add_many_embeddings(session, retrieval)
    jobs.save_snapshots(engine, retrieval)
    (snapshot,) = snapshots(settings)
    for part in snapshot.glob("*.npy"):
        part.write_bytes(part.read_bytes()[:100])
    assert len(indexed(session, another())) == UNSAVED_ROWS


def test_only_the_newest_snapshot_is_kept(session, engine, retrieval, settings):
    add_many_embeddings(session, retrieval)
    jobs.save_snapshots(engine, retrieval)
    (first,) = snapshots(settings)
    with transaction(session):
        for row in session.scalars(select(Embedding)):
            row.seq += UNSAVED_ROWS
    session.expunge_all()
    jobs.save_snapshots(engine, retrieval)
    (second,) = snapshots(settings)
    assert second.name > first.name


def test_a_snapshot_of_a_bank_that_was_made_anew_is_not_used(
    session, engine, retrieval, another, settings
):
    """Whoever removes bank.db and begins again must not find the old bank's texts."""
    add_many_embeddings(session, retrieval)
    jobs.save_snapshots(engine, retrieval)
    session.close()
    engine.dispose()
    for file in settings.instance.glob("bank.db*"):
        file.unlink()
    new = make_engine(settings.database_url)
    upgrade_to_newest(new)
    add_first_set(new)
    with type(session)(new, expire_on_commit=False) as fresh:
        add_embedded_works(fresh, new, retrieval, "of the new bank")
        titles = indexed(fresh, another())
    new.dispose()
    assert titles == ["of the new bank"]


def test_the_keys_of_a_pool_are_those_of_its_owners(session, engine, retrieval):
    first, second = add_embedded_works(session, engine, retrieval, "first", "second")
    pool = select(PriorWork.id).where(PriorWork.id == second.id)
    (key,) = retrieval.keys(session, Subject.PRIOR_WORK, pool)
    assert session.get_one(Embedding, int(key)).owner_id == second.id
    assert first.id != second.id


def test_a_pool_without_vectors_has_no_keys(session, retrieval):
    add_need(session)
    assert retrieval.keys(session, Subject.NEED, select(Need.id)).tolist() == []


def test_an_index_folder_that_vanishes_does_no_harm(session, engine, retrieval, another, settings):
    add_many_embeddings(session, retrieval)
    jobs.save_snapshots(engine, retrieval)
    shutil.rmtree(settings.instance / "index")
    assert len(indexed(session, another())) == UNSAVED_ROWS
