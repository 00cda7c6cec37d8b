"""What lacks vectors is found, computed outside, and stored only if it still holds."""

import numpy as np
import pytest
from sqlalchemy import func, select

from needsbank.db.models import Embedding, Need, Subject
from needsbank.db.transaction import transaction
from needsbank.domain.competences import CompetenceState
from needsbank.domain.languages import Language
from needsbank.domain.needs import NeedState
from needsbank.domain.visibility import Visibility
from needsbank.services import embedding, needs
from needsbank.services.texts import document_of
from tests.factories import add_competence, add_need, add_prior_work, describing, reread


@pytest.fixture
def into(retrieval):
    return retrieval.set


def embed(session, retrieval, subject):
    """Store vectors for what is pending, and return what was skipped."""
    batch = embedding.pending(session, subject, retrieval.set, 100)
    read = retrieval.matcher.represent([each.document for each in batch])
    with transaction(session):
        return embedding.store(session, retrieval.set, list(zip(batch, read, strict=True)))


def test_published_needs_without_vectors_are_pending(session, into):
    pending = [
        add_need(session, state=state)
        for state in (NeedState.OPEN, NeedState.AGREED, NeedState.CLOSED)
    ]
    for state in (NeedState.DRAFT, NeedState.WITHDRAWN):
        add_need(session, state=state)
    found = embedding.pending(session, Subject.NEED, into, 100)
    assert {each.owner_id for each in found} == {need.id for need in pending}
    assert embedding.count_pending(session, Subject.NEED, into) == 3


def test_published_competences_without_vectors_are_pending(session, into):
    opened = add_competence(session)
    closed = add_competence(session, state=CompetenceState.CLOSED)
    add_competence(session, state=CompetenceState.DRAFT)
    found = embedding.pending(session, Subject.COMPETENCE, into, 100)
    assert {each.owner_id for each in found} == {opened.id, closed.id}


@pytest.mark.parametrize("embedded_in", [None, 0, 0b10, 0b111110])
def test_what_other_sets_hold_is_pending_in_this_one(session, into, embedded_in):
    work = add_prior_work(session, embedded_in=embedded_in)
    found = embedding.pending(session, Subject.PRIOR_WORK, into, 100)
    assert [each.owner_id for each in found] == [work.id]


@pytest.mark.parametrize("embedded_in", [0b1, 0b11, 0b111111])
def test_what_this_set_holds_is_not_pending(session, into, embedded_in):
    add_prior_work(session, embedded_in=embedded_in)
    assert embedding.pending(session, Subject.PRIOR_WORK, into, 100) == []
    assert embedding.count_pending(session, Subject.PRIOR_WORK, into) == 0


def test_pending_texts_come_in_batches_of_at_most_the_limit(session, into):
    for _ in range(3):
        add_prior_work(session)
    assert len(embedding.pending(session, Subject.PRIOR_WORK, into, 2)) == 2
    assert embedding.count_pending(session, Subject.PRIOR_WORK, into) == 3


def test_a_text_of_no_language_of_ours_is_left_to_be_detected(session):
    work = add_prior_work(session, language=Language.OTHER, abstract="Zusammenfassung")
    assert document_of(work).language == ""
    assert document_of(work).body == "Zusammenfassung"


def test_stored_vectors_come_back_as_they_were_to_half_precision(session, retrieval):
    need = add_need(session, title="Keys of homes", problem="Substitutes lose keys.")
    (read,) = retrieval.matcher.represent([document_of(need)])
    assert embed(session, retrieval, Subject.NEED) == []
    stored = embedding.stored_representation(
        session, Subject.NEED, need.id, retrieval.matcher.space_id
    )
    assert stored is not None
    _, back = stored
    assert (back.text, back.lemmas, back.language) == (read.text, read.lemmas, read.language)
    np.testing.assert_allclose(back.query, read.query, atol=1e-3)
    np.testing.assert_allclose(back.document, read.document, atol=1e-3)


def test_a_text_without_vectors_has_no_stored_representation(session, into):
    need = add_need(session)
    assert embedding.stored_representation(session, Subject.NEED, need.id, into.space_id) is None


@pytest.mark.parametrize("visibility", list(Visibility))
def test_only_public_texts_count_as_public(session, retrieval, visibility):
    add_need(session, visibility=visibility)
    embed(session, retrieval, Subject.NEED)
    assert session.scalars(select(Embedding.public)).all() == [visibility is Visibility.PUBLIC]


def test_a_text_that_changed_meanwhile_is_skipped_and_stays_pending(session, retrieval, into):
    need = add_need(session)
    batch = embedding.pending(session, Subject.NEED, into, 10)
    read = retrieval.matcher.represent([each.document for each in batch])
    need.title = "Another title"
    session.commit()
    with transaction(session):
        skipped = embedding.store(session, into, list(zip(batch, read, strict=True)))
    assert skipped == [need.id]
    assert session.scalar(select(func.count(Embedding.key))) == 0
    assert embedding.count_pending(session, Subject.NEED, into) == 1


def test_a_need_that_was_withdrawn_meanwhile_gets_no_vectors(session, retrieval, into):
    need = add_need(session)
    batch = embedding.pending(session, Subject.NEED, into, 10)
    read = retrieval.matcher.represent([each.document for each in batch])
    with transaction(session):
        needs.withdraw_need(session, need.author.actor, need.id)
    with transaction(session):
        embedding.store(session, into, list(zip(batch, read, strict=True)))
    assert session.scalar(select(func.count(Embedding.key))) == 0


def test_a_changed_text_keeps_its_key_and_gets_a_later_seq(session, retrieval):
    need, other = add_need(session), add_need(session)
    embed(session, retrieval, Subject.NEED)
    rows = {row.owner_id: row for row in session.scalars(select(Embedding))}
    key, newest = rows[need.id].key, max(row.seq for row in rows.values())
    with transaction(session):
        needs.change_need(session, need.author.actor, need.id, describing(session, need.author))
    embed(session, retrieval, Subject.NEED)
    row = session.scalars(select(Embedding).where(Embedding.owner_id == need.id)).one()
    assert (row.key, row.seq) == (key, newest + 1)
    assert row.text == "Keys get lost\n" + describing(session, need.author).problem
    assert session.scalar(select(Embedding.seq).where(Embedding.owner_id == other.id)) <= newest


def test_storing_marks_the_owner_as_held_by_the_set_too(session, retrieval, into):
    need = add_need(session, embedded_in=0b10)
    embed(session, retrieval, Subject.NEED)
    assert reread(session, need).embedded_in == 0b11
    assert embedding.pending(session, Subject.NEED, into, 10) == []


def test_a_withdrawn_need_leaves_no_vectors_behind(session, retrieval):
    need = add_need(session)
    embed(session, retrieval, Subject.NEED)
    with transaction(session):
        needs.withdraw_need(session, need.author.actor, need.id)
    left = session.scalars(select(Embedding).where(Embedding.owner_id == need.id)).all()
    assert [row.text for row in left if row.text] == []
    assert session.get_one(Need, need.id).embedded_in is None
