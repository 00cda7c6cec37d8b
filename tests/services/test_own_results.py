"""What the bank's own people finish becomes prior work, as long as everybody may read it."""

import pytest
from sqlalchemy import select

from needsbank import harvest_jobs, jobs
from needsbank.db.models import Embedding, PriorWork, Source, Subject
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.languages import Language
from needsbank.domain.needs import CloseNeed, CloseReason, NeedState
from needsbank.domain.prior_works import PriorWorkKind
from needsbank.domain.roles import Role
from needsbank.domain.sources import SourceKind
from needsbank.domain.suggestions import SuggestionState
from needsbank.domain.visibility import Visibility
from needsbank.services import needs, own_results
from needsbank.services.importing import Outcome
from tests.factories import add_need, add_prior_work, add_source, add_suggestion, add_user


@pytest.fixture
def author(session):
    return add_user(session, Role.PARTNER)


def finished(session, author=None, pairing=SuggestionState.AGREED, **values):
    """Add a need that ended, and its pairing."""
    values = {
        "title": "Keys get lost",
        "problem": "Substitutes cannot find the keys.",
        "state": NeedState.CLOSED,
        "close_reason": CloseReason.SOLVED,
        "close_note": "A shared key box was built.",
        **values,
    }
    need = add_need(session, author, **values)
    add_suggestion(session, need, state=pairing)
    return need


def works(session):
    session.rollback()
    return session.scalars(select(PriorWork).order_by(PriorWork.title)).all()


def refresh(session):
    with transaction(session):
        return own_results.refresh(session)


def close(session, author, need, reason=CloseReason.SOLVED, note="A shared key box was built."):
    with transaction(session):
        needs.close_need(
            session, author.actor, CloseNeed(need_id=need.id, reason=reason, note=note)
        )


def test_a_finished_collaboration_is_recorded_when_it_closes(session, author):
    need = add_need(
        session, author, title="Keys get lost", problem="No keys.", state=NeedState.AGREED
    )
    add_suggestion(session, need, state=SuggestionState.AGREED)
    close(session, author, need)
    (work,) = works(session)
    assert (work.title, work.abstract) == (
        "Keys get lost",
        "No keys.\n\nA shared key box was built.",
    )
    assert (work.kind, work.year, work.language) == (
        PriorWorkKind.PROJECT,
        now().year,
        Language.EN,
    )
    assert work.url == f"/needs/{need.id}"
    assert own_results.need_id_of(work) == need.id
    assert work.shows_text
    source = session.get_one(Source, work.source_id)
    assert (source.kind, source.name, work.source) == (
        SourceKind.OWN,
        "Tarvepankki",
        "Tarvepankki",
    )


def test_it_is_forgotten_when_the_need_is_taken_up_again(session, engine, author, retrieval):
    need = finished(session, author)
    refresh(session)
    jobs.embed_pending(engine, retrieval, Subject.PRIOR_WORK)
    with transaction(session):
        needs.open_need(session, author.actor, need.id)
    assert works(session) == []
    rows = select(Embedding.text).where(Embedding.subject == Subject.PRIOR_WORK)
    assert session.scalars(rows).all() == [""]


@pytest.mark.parametrize("visibility", set(Visibility) - {Visibility.PUBLIC})
def test_what_not_everybody_may_read_is_never_recorded(session, author, visibility):
    need = add_need(session, author, state=NeedState.AGREED, visibility=visibility)
    add_suggestion(session, need, state=SuggestionState.AGREED)
    close(session, author, need)
    refresh(session)
    assert works(session) == []


@pytest.mark.parametrize("reason", set(CloseReason) - {CloseReason.SOLVED, CloseReason.ADOPTED})
def test_what_ended_otherwise_is_no_result(session, reason):
    finished(session, close_reason=reason)
    refresh(session)
    assert works(session) == []


@pytest.mark.parametrize("pairing", set(SuggestionState) - {SuggestionState.AGREED})
def test_without_an_agreed_pairing_there_was_no_collaboration(session, pairing):
    finished(session, pairing=pairing)
    refresh(session)
    assert works(session) == []


@pytest.mark.parametrize("state", set(NeedState) - {NeedState.CLOSED})
def test_what_has_not_ended_is_no_result(session, state):
    finished(session, state=state)
    refresh(session)
    assert works(session) == []


def test_an_adopted_solution_is_a_result_too(session):
    finished(session, close_reason=CloseReason.ADOPTED)
    assert refresh(session) == Outcome(added=1, changed=0)


@pytest.mark.parametrize(
    "change",
    [
        {"visibility": Visibility.ORGANISATION},
        {"state": NeedState.WITHDRAWN},
        {"state": NeedState.OPEN},
        {"close_reason": CloseReason.OTHER},
    ],
)
def test_whatever_way_a_need_stops_being_a_result_it_is_noticed(session, engine, change):
    need = finished(session)
    finished(session, title="Kept")
    harvest_jobs.refresh_own_results(engine)
    assert len(works(session)) == 2
    with transaction(session):
        for name, value in change.items():
            setattr(need, name, value)
    harvest_jobs.refresh_own_results(engine)
    assert [work.title for work in works(session)] == ["Kept"]


def test_what_changes_is_told_anew_and_what_does_not_is_left_alone(session, engine):
    need, other = finished(session), finished(session, title="Other")
    refresh(session)
    with transaction(session):
        for work in session.scalars(select(PriorWork)):
            work.embedded_in = 1
        need.close_note = "It works well."
    assert own_results.difference(session) == own_results.Difference(missing=(need.id,))
    assert refresh(session) == Outcome(added=0, changed=1)
    keys, other_works = [need.id.hex, other.id.hex], works(session)
    found = {work.source_key: work for work in other_works}
    assert found[keys[0]].abstract.endswith("It works well.")
    assert (found[keys[0]].embedded_in, found[keys[1]].embedded_in) == (None, 1)


def test_nothing_to_do_takes_no_lock_of_writers(session, engine, count_queries):
    finished(session)
    refresh(session)
    with count_queries() as queries:
        harvest_jobs.refresh_own_results(engine)
    assert len(queries) == 2
    assert all(query.startswith("SELECT") for query in queries)


def test_works_of_others_are_left_alone(session):
    work = add_prior_work(session, url=f"https://x.example/needs/{'0' * 32}", source_key="0" * 32)
    refresh(session)
    assert works(session) == [work]
    assert own_results.need_id_of(work) is None


def test_the_name_of_another_source_is_not_taken(session):
    add_source(session, name="Tarvepankki")
    finished(session)
    refresh(session)
    assert [work.source for work in works(session)] == ["Tarvepankki 2"]
