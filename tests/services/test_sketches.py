"""Jatka hankkeeksi: needs of three units or more become one page, and know where it came from."""

import pytest

from needsbank import jobs
from needsbank.db.models import Subject
from needsbank.db.transaction import transaction
from needsbank.domain.errors import Invalid, NotAllowed, NotFound
from needsbank.domain.needs import NeedState
from needsbank.domain.roles import Role
from needsbank.domain.sketches import WriteSketch
from needsbank.domain.visibility import Visibility
from needsbank.services import sketches
from tests.factories import add_challenge, add_need, add_support, add_user


@pytest.fixture
def coordinator(session):
    return add_user(session, Role.COORDINATOR).actor


def write(session, actor, needs, **values):
    words = {"title": "Keys for all", "problem": "Keys get lost in three places.", **values}
    with transaction(session):
        command = WriteSketch(need_ids=tuple(need.id for need in needs), **words)
        return sketches.write_sketch(session, actor, command)


def test_three_units_make_a_sketch_with_lineage_and_voices(session, coordinator):
    needs = [add_need(session) for _ in range(3)]
    add_support(session, needs[0])
    sketch = write(session, coordinator, needs, funding_call="Spring")
    grown = sketches.grown_from(session, coordinator, sketch)
    assert {need.id for need in grown.needs} == {need.id for need in needs}
    assert {unit.id for unit in grown.units} == {need.unit_id for need in needs}
    assert grown.voices == 4
    assert sketch.funding_call == "Spring"


def test_fewer_than_three_units_are_refused(session, coordinator):
    author = add_user(session, Role.PARTNER)
    needs = [add_need(session, author) for _ in range(3)] + [add_need(session)]
    with pytest.raises(Invalid) as refusal:
        write(session, coordinator, needs)
    assert refusal.value.errors == {"need_ids": "three_units"}


def test_a_challenge_counts_for_the_units_that_it_is_made_of(session, coordinator):
    sources = [add_need(session) for _ in range(3)]
    challenge = add_challenge(session, sources)
    sketch = write(session, coordinator, [challenge])
    grown = sketches.grown_from(session, coordinator, sketch)
    assert {unit.id for unit in grown.units} == {need.unit_id for need in sources}


def test_a_sketch_is_written_on_and_keeps_its_lineage(session, coordinator):
    sketch = write(session, coordinator, [add_need(session) for _ in range(3)])
    with transaction(session):
        command = WriteSketch(title="Keys", problem="Fewer words.")
        sketches.change_sketch(session, coordinator, sketch.id, command)
    assert sketch.title == "Keys"
    assert len(sketches.grown_from(session, coordinator, sketch).needs) == 3


def test_drafts_and_withdrawn_needs_are_no_part_of_it(session, coordinator):
    hidden = [add_need(session, state=state) for state in (NeedState.DRAFT, NeedState.WITHDRAWN)]
    needs = [*hidden, add_need(session), add_need(session)]
    with pytest.raises(Invalid):
        write(session, coordinator, needs)


def test_candidates_are_alike_ended_ones_too(session, engine, retrieval, coordinator):
    first = add_need(session, title="Keys get lost", problem="Keys of homes get lost daily.")
    alike = add_need(
        session,
        title="Lost keys",
        problem="Keys of homes get lost daily.",
        state=NeedState.CLOSED,
        visibility=Visibility.COORDINATORS,
    )
    session.rollback()
    jobs.embed_pending(engine, retrieval, Subject.NEED)
    session.expire_all()
    found = sketches.candidates(session, retrieval, coordinator, [first])
    assert found[0].id == alike.id
    assert sketches.candidates(session, retrieval, coordinator, []) == []


def test_only_coordinators_have_sketches(session, coordinator):
    sketch = write(session, coordinator, [add_need(session) for _ in range(3)])
    other = add_user(session, Role.AMBASSADOR).actor
    with pytest.raises(NotAllowed):
        sketches.sketch_to_read(session, other, sketch.id)
    with pytest.raises(NotFound):
        sketches.sketch_to_read(session, coordinator, sketch.written_by_id)
