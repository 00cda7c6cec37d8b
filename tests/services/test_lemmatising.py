"""Lemmas of another analyser are made anew, and every index hears of it."""

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matching import analyser_id
from needsbank import jobs
from needsbank.db.models import Embedding, Subject
from needsbank.db.transaction import transaction
from needsbank.services import lemmatising
from tests.factories import add_need

TEXT: dict[str, Any] = {
    "title": "Keys get lost",
    "problem": "Substitutes wait behind closed doors.",
}


@pytest.fixture
def need(session, engine, retrieval):
    made = add_need(session, **TEXT)
    session.commit()
    jobs.embed_pending(engine, retrieval, Subject.NEED)
    return made


def stored(engine):
    with Session(engine) as session:
        return session.execute(
            select(Embedding.lemmas, Embedding.analyser, Embedding.seq).order_by(Embedding.key)
        ).all()


def change(engine, **values):
    with Session(engine) as session, transaction(session):
        session.execute(update(Embedding).values(**values))


def test_what_is_stored_says_which_analyser_made_it(engine, need):
    ((lemmas, analyser, _),) = stored(engine)
    assert analyser == analyser_id()
    assert "key" in lemmas.split()


def test_lemmas_of_another_analyser_are_made_anew_and_searched(engine, need, retrieval, session):
    ((right, _, seq),) = stored(engine)
    change(engine, lemmas="nonsense", analyser="older-1")
    assert retrieval.index(session, Subject.NEED).lemmas.text(0) == "nonsense"
    assert jobs.refresh_lemmas(engine, retrieval) == 1
    ((lemmas, analyser, newer),) = stored(engine)
    assert (lemmas, analyser) == (right, analyser_id())
    assert newer > seq
    session.rollback()
    assert retrieval.index(session, Subject.NEED).lemmas.text(0) == right
    assert jobs.refresh_lemmas(engine, retrieval) == 0


def test_lemmas_that_are_the_same_are_not_read_again(engine, need, retrieval):
    ((_, _, seq),) = stored(engine)
    change(engine, analyser="")
    assert jobs.refresh_lemmas(engine, retrieval) == 1
    ((_, analyser, unchanged),) = stored(engine)
    assert (analyser, unchanged) == (analyser_id(), seq)


def test_many_are_made_anew_a_few_at_a_time(engine, retrieval, session):
    for _ in range(3):
        add_need(session, **TEXT)
    session.commit()
    jobs.embed_pending(engine, retrieval, Subject.NEED)
    change(engine, lemmas="nonsense", analyser="zz-later")
    with Session(engine) as other, transaction(other):
        assert lemmatising.refresh_lemmas(other, retrieval.set, limit=2) == 2
    assert sorted(lemmas == "nonsense" for lemmas, _, _ in stored(engine)) == [False, False, True]
    assert len({seq for _, _, seq in stored(engine)}) == 3


def test_the_lemmas_of_another_set_are_left_alone(engine, need, retrieval):
    change(engine, lemmas="nonsense", analyser="older-1", space_id="another")
    assert jobs.refresh_lemmas(engine, retrieval) == 0
    assert stored(engine)[0].lemmas == "nonsense"


def test_looking_for_outdated_lemmas_does_not_wait_for_writers(engine, need, retrieval):
    with Session(engine) as writing, transaction(writing):
        assert jobs.refresh_lemmas(engine, retrieval) == 0
