"""Sets of vectors beside each other: built, flipped, gone back to, removed."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from sqlalchemy import event, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matching import FakeEncoder, probe_vectors
from needsbank import jobs
from needsbank.db.models import (
    MOST_SETS,
    Embedding,
    Need,
    PriorWork,
    SetState,
    Subject,
    VectorSet,
)
from needsbank.db.transaction import transaction
from needsbank.domain.errors import Conflict, NotFound
from needsbank.domain.prior_works import PriorWorkKind
from needsbank.services import embedding, needs, vector_sets
from needsbank.services.drift import Drifted
from needsbank.services.embedding import SetClosed
from needsbank.services.vector_sets import FEW_MISSING, Incomplete
from tests.conftest import ROOT
from tests.factories import add_competence, add_need, add_prior_work, describing
from tests.second_space import (
    FIRST_ID,
    SECOND,
    SECOND_ID,
    activate,
    begin_second,
    build,
    make_parameters,
    opener_of,
)


@pytest.fixture
def embed(engine, retrieval):
    """Give the active set what it lacks."""

    def embed():
        for subject in Subject:
            jobs.embed_pending(engine, retrieval, subject)

    return embed


def states(session):
    session.rollback()
    return dict(session.execute(select(VectorSet.id, VectorSet.state)).all())


def texts(session, space_id):
    """Return the texts that a set holds."""
    session.rollback()
    rows = select(Embedding.text).where(Embedding.space_id == space_id, Embedding.text != "")
    return sorted(text.split("\n")[0] for text in session.scalars(rows))


def add_many_works(session, count, **values):
    """Add prior works at once."""
    given = {
        "source": "tests",
        "title": "A work",
        "kind": PriorWorkKind.THESIS,
        "language": "en",
        "subjects": [],
        **values,
    }
    rows = [{**given, "source_key": f"many-{number}"} for number in range(count)]
    with transaction(session):
        session.execute(insert(PriorWork), rows)


def test_the_first_set_is_searched_at_once_and_there_is_one(session):
    encoder = FakeEncoder(3)
    with transaction(session):
        there = vector_sets.add_first(session, "fake:3", encoder, probe_vectors(encoder))
    assert there.space_id == FakeEncoder().space_id
    assert states(session) == {FIRST_ID: SetState.ACTIVE}


def test_a_set_is_built_beside_the_one_that_is_searched(session, engine, embed, retrieval):
    for add in (add_need, add_competence, add_prior_work):
        add(session, title="Keys")
    embed()
    reader = build(engine, begin_second(engine))
    assert states(session) == {FIRST_ID: SetState.ACTIVE, SECOND_ID: SetState.BUILDING}
    assert texts(session, retrieval.set.space_id) == texts(session, reader.set.space_id)
    assert len(texts(session, reader.set.space_id)) == 3
    assert vector_sets.count_missing(session, reader.set) == 0
    assert vector_sets.active(session) == retrieval.set


def test_two_spaces_of_the_same_length_never_mix(session, engine, embed, retrieval):
    add_prior_work(session, title="Keys of home care")
    embed()
    build(engine, begin_second(engine))
    session.rollback()
    assert len(retrieval.index(session, Subject.PRIOR_WORK)) == 1
    pool = select(PriorWork.id)
    (key,) = retrieval.keys(session, Subject.PRIOR_WORK, pool)
    assert session.get_one(Embedding, int(key)).space_id == retrieval.set.space_id


def test_beginning_again_goes_on_with_the_same_set(session, engine):
    first = begin_second(engine)
    assert begin_second(engine).set == first.set
    assert len(states(session)) == 2


def test_what_a_known_set_holds_must_be_what_the_encoder_still_gives(session):
    drifted = probe_vectors(FakeEncoder(2))
    with pytest.raises(Drifted, match="needsbank encoder build fake --anew"), transaction(session):
        vector_sets.begin_building(session, "fake", FakeEncoder(), drifted)


def test_an_edit_during_the_build_is_read_into_both(session, engine, embed, retrieval):
    need = add_need(session, title="Old words")
    embed()
    reader = build(engine, begin_second(engine))
    with transaction(session):
        command = describing(session, need.author, title="New words")
        needs.change_need(session, need.author.actor, need.id, command)
    session.rollback()
    for each in (retrieval.set, reader.set):
        assert vector_sets.count_missing(session, each) == 1
    embed()
    build(engine, reader)
    for each in (retrieval.set, reader.set):
        assert texts(session, each.space_id) == ["New words"]


def test_a_post_during_the_build_is_read_into_both(session, engine, embed, retrieval):
    reader = build(engine, begin_second(engine))
    add_need(session, title="Posted meanwhile")
    embed()
    build(engine, reader)
    for each in (retrieval.set, reader.set):
        assert texts(session, each.space_id) == ["Posted meanwhile"]


def test_a_withdrawn_need_is_forgotten_in_every_set(session, engine, embed, retrieval):
    need = add_need(session)
    embed()
    reader = build(engine, begin_second(engine))
    activate(engine)
    with transaction(session):
        needs.withdraw_need(session, need.author.actor, need.id)
    for each in (retrieval.set, reader.set):
        assert texts(session, each.space_id) == []


def test_a_retired_set_keeps_no_words_that_its_author_has_changed(
    session, engine, embed, retrieval
):
    need, other = add_need(session, title="A name by mistake"), add_need(session, title="Other")
    embed()
    reader = build(engine, begin_second(engine))
    activate(engine)
    with transaction(session):
        command = describing(session, need.author, title="Without it")
        needs.change_need(session, need.author.actor, need.id, command)
    build(engine, reader)
    assert texts(session, retrieval.set.space_id) == ["Other"]
    assert texts(session, reader.set.space_id) == ["Other", "Without it"]
    assert other.id != need.id


def test_building_leaves_the_old_words_that_are_still_searched(session, engine, embed, retrieval):
    """The edit is read by the builder first: readers find the old text until the worker comes."""
    need = add_need(session, title="Old words")
    embed()
    reader = begin_second(engine)
    with transaction(session):
        command = describing(session, need.author, title="New words")
        needs.change_need(session, need.author.actor, need.id, command)
    build(engine, reader)
    assert texts(session, retrieval.set.space_id) == ["Old words"]


def test_an_incomplete_set_is_refused_and_says_what_it_lacks(session, engine, embed):
    for _ in range(3):
        add_prior_work(session)
    embed()
    reader = begin_second(engine)
    jobs.build_pending(engine, reader, Subject.PRIOR_WORK, most=1)
    with pytest.raises(Incomplete, match=r"lacks 2 of 3 texts: .*encoder build fake:2"):
        activate(engine)
    assert states(session)[SECOND_ID] is SetState.BUILDING
    with transaction(session):
        assert not vector_sets.finish_building(session, reader.set)


def test_the_active_set_is_not_activated_again(session, engine):
    with pytest.raises(Conflict, match="vector set 1 is the active one already"):
        activate(engine, FIRST_ID)
    assert states(session) == {FIRST_ID: SetState.ACTIVE}


def test_the_database_itself_refuses_a_second_active_set(session, engine):
    begin_second(engine)
    with pytest.raises(IntegrityError), transaction(session):
        session.get_one(VectorSet, SECOND_ID).state = SetState.ACTIVE


def test_flipping_and_going_back_change_which_set_is_searched(session, engine, retrieval):
    reader = build(engine, begin_second(engine))
    activate(engine)
    assert states(session) == {FIRST_ID: SetState.RETIRED, SECOND_ID: SetState.ACTIVE}
    assert vector_sets.active(session) == reader.set
    with transaction(session):
        assert vector_sets.roll_back(session).id == FIRST_ID
    assert states(session) == {FIRST_ID: SetState.ACTIVE, SECOND_ID: SetState.RETIRED}
    with transaction(session):
        assert vector_sets.roll_back(session).id == SECOND_ID


def test_a_reader_sees_one_active_set_at_every_moment(session, engine):
    build(engine, begin_second(engine))
    stop, seen = threading.Event(), set()

    def look():
        active = select(func.count(VectorSet.id)).where(VectorSet.state == SetState.ACTIVE)
        while not stop.is_set():
            with Session(engine) as own:
                seen.add(own.scalar(active))

    reader = threading.Thread(target=look)
    reader.start()
    for set_id in (SECOND_ID, FIRST_ID) * 15:
        activate(engine, set_id)
    stop.set()
    reader.join()
    assert seen == {1}
    assert states(session) == {FIRST_ID: SetState.ACTIVE, SECOND_ID: SetState.RETIRED}


KILLED = """
import os, signal, sys
from sqlalchemy.orm import Session
from needsbank.db.base import make_engine
from needsbank.db.transaction import transaction
from needsbank.services import vector_sets
with Session(make_engine(sys.argv[1])) as session, transaction(session):
    vector_sets.activate(session, 2)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_flip_that_is_killed_before_its_end_has_not_happened(session, engine, settings):
    build(engine, begin_second(engine))
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, settings.database_url],
        cwd=ROOT,
        env=dict(os.environ),
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert states(session) == {FIRST_ID: SetState.ACTIVE, SECOND_ID: SetState.BUILDING}
    activate(engine)
    assert states(session) == {FIRST_ID: SetState.RETIRED, SECOND_ID: SetState.ACTIVE}


def test_there_must_be_a_set_to_go_back_to(session, engine):
    begin_second(engine)
    with pytest.raises(NotFound, match="no retired vector set"), transaction(session):
        vector_sets.roll_back(session)


@pytest.mark.parametrize("missing", [FEW_MISSING, FEW_MISSING + 1])
def test_a_set_that_lacks_much_is_not_gone_back_to(session, engine, embed, missing):
    build(engine, begin_second(engine))
    activate(engine)
    add_many_works(session, missing, embedded_in=0b10)
    if missing == FEW_MISSING:
        with transaction(session):
            vector_sets.roll_back(session)
        assert states(session)[FIRST_ID] is SetState.ACTIVE
        return
    said = rf"lacks {missing} texts .*encoder build fake`.*encoder activate 1`"
    with pytest.raises(Incomplete, match=said) as refused, transaction(session):
        vector_sets.roll_back(session)
    assert refused.value.missing == missing
    assert states(session)[FIRST_ID] is SetState.RETIRED


def test_a_retired_set_takes_no_more_texts(session, engine, retrieval):
    build(engine, begin_second(engine))
    activate(engine)
    add_need(session)
    with pytest.raises(SetClosed):
        jobs.embed_pending(engine, retrieval, Subject.NEED)
    assert session.scalar(select(func.count(Embedding.key))) == 0


def test_a_retired_set_that_is_built_again_takes_texts_again(session, engine, retrieval):
    reader = build(engine, begin_second(engine))
    activate(engine)
    activate(engine, FIRST_ID)
    add_need(session, title="Posted later")
    assert begin_second(engine).set == reader.set
    assert states(session)[SECOND_ID] is SetState.BUILDING
    build(engine, reader)
    assert texts(session, reader.set.space_id) == ["Posted later"]


def remove(session, set_id):
    with transaction(session):
        gone = vector_sets.close(session, set_id)
    left = 1
    while left:
        with transaction(session):
            left = vector_sets.unmark_some(session, gone, 2)
            left += vector_sets.delete_some(session, gone, 2)
    with transaction(session):
        vector_sets.delete_set(session, gone)


def test_a_removed_set_leaves_nothing_and_its_place_can_be_taken(session, engine, embed, retrieval):
    add_need(session)
    add_competence(session)
    for _ in range(3):
        add_prior_work(session)
    embed()
    reader = build(engine, begin_second(engine))
    remove(session, SECOND_ID)
    assert states(session) == {FIRST_ID: SetState.ACTIVE}
    assert texts(session, reader.set.space_id) == []
    assert len(texts(session, retrieval.set.space_id)) == 5
    assert vector_sets.count_missing(session, retrieval.set) == 0
    again = begin_second(engine)
    assert again.set.bit == reader.set.bit
    assert vector_sets.count_missing(session, again.set) == 5


def test_the_active_set_is_not_removed(session):
    with pytest.raises(Conflict, match="activate another one first"), transaction(session):
        vector_sets.close(session, FIRST_ID)


def test_there_is_a_most_of_sets(session):
    for seed in range(2, MOST_SETS + 1):
        encoder = FakeEncoder(seed)
        with transaction(session):
            vector_sets.begin_building(session, encoder.spec, encoder, probe_vectors(encoder))
    one_more = FakeEncoder(99)
    with pytest.raises(Conflict, match="needsbank encoder remove"), transaction(session):
        vector_sets.begin_building(session, "fake:99", one_more, probe_vectors(one_more))


def test_sets_are_found_by_number_and_by_encoder(session, engine):
    begin_second(engine)
    session.rollback()
    assert vector_sets.find(session, "2").spec == SECOND
    assert vector_sets.find(session, SECOND).id == SECOND_ID
    for name in ("3", "fake:3"):
        with pytest.raises(NotFound, match=f"no vector set {name}"):
            vector_sets.find(session, name)


def test_an_encoder_of_two_sets_does_not_say_which(session, engine):
    """A model folder whose files were replaced has one name and two spaces."""
    begin_second(engine)
    with transaction(session):
        session.get_one(VectorSet, SECOND_ID).spec = "fake"
    with pytest.raises(Conflict, match=r"say which by number \(1, 2\)"):
        vector_sets.find(session, "fake")


@pytest.mark.parametrize("subject", list(Subject))
def test_what_a_set_lacks_is_found_by_the_index_of_marks(session, engine, retrieval, subject):
    """With 45,000 texts that lack nothing, this is asked twice a second."""
    asked = []

    def remember(_connection, _cursor, statement, parameters, *_rest):
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", remember)
    embedding.pending(session, subject, retrieval.set, 8)
    event.remove(engine, "before_cursor_execute", remember)
    ((statement, parameters),) = [each for each in asked if each[0].startswith("SELECT")]
    plan = session.connection().exec_driver_sql(f"explain query plan {statement}", parameters)
    steps = [row[-1] for row in plan]
    assert any("embedded_in" in step for step in steps), steps
    assert not any(step.startswith("SCAN") for step in steps), steps


def test_needs_are_matched_again_by_the_matcher_of_the_new_set(
    session, engine, embed, retrieval, settings, tmp_path
):
    need = add_need(session)
    embed()
    jobs.suggest_pending(engine, retrieval)
    reader = build(engine, begin_second(engine))
    activate(engine)
    new = opener_of(settings, make_parameters(tmp_path / "matcher")).retrieval(reader.set)
    assert jobs.suggest_pending(engine, new) == 1
    session.expire_all()
    assert session.get_one(Need, need.id).matched_with == new.matcher.version
    assert new.matcher.version != retrieval.matcher.version
