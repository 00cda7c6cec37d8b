"""Taking into use what exists: the need ends, its sender is told, and it counts."""

import pytest
from sqlalchemy import select

from needsbank.db.models import Adoption, AuditEntry, Notice, Subject
from needsbank.domain.adoptions import AdoptSolution
from needsbank.domain.errors import Conflict, NotAllowed, NotFound
from needsbank.domain.merging import MergeNeeds
from needsbank.domain.needs import CloseReason, NeedState
from needsbank.domain.notices import NoticeKind
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.domain.visibility import Visibility
from needsbank.services import adopting, adoptions, merging, needs
from tests.factories import add_adoption, add_need, add_prior_work, add_suggestion, add_user


@pytest.fixture
def author(session):
    return add_user(session, Role.PARTNER)


@pytest.fixture
def coordinator(session):
    return add_user(session, Role.COORDINATOR)


@pytest.fixture
def need(session, author):
    return add_need(session, author)


@pytest.fixture
def work(session):
    return add_prior_work(session, title="A cabinet for keys", url="https://example.org/keys")


def solved(session, **values):
    ended = {"state": NeedState.CLOSED, "close_reason": CloseReason.SOLVED}
    return add_need(session, **{**ended, **values})


def adopt(session, user, need, solution, note=""):
    subject = Subject.PRIOR_WORK if hasattr(solution, "source") else Subject.NEED
    command = AdoptSolution(need_id=need.id, solution_id=solution.id, note=note)
    adoption = adopting.adopt(session, user.actor, subject, command)
    session.flush()
    return adoption


def test_an_author_takes_a_work_into_use_and_the_need_ends(session, author, need, work):
    suggestion = add_suggestion(session, need)
    adoption = adopt(session, author, need, work, " From May. ")
    assert (need.state, need.close_reason) == (NeedState.CLOSED, CloseReason.ADOPTED)
    assert need.close_note == "From May."
    assert (adoption.unit_id, adoption.adopted_by_id) == (need.unit_id, author.id)
    assert session.get(type(suggestion), suggestion.id) is None
    told = adoptions.adoption_of(session, author.actor, need)
    assert told is not None
    assert told.solution is work
    acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.seq)).all()
    assert acts == ["closed", "adopt"]
    assert session.scalars(select(Notice)).all() == []


def test_a_coordinator_does_so_on_the_sender_s_behalf_and_the_sender_is_told(
    session, coordinator, author, need, work
):
    adopt(session, coordinator, need, work, "Ask the county.")
    (notice,) = session.scalars(select(Notice))
    assert (notice.user_id, notice.kind, notice.need_id) == (
        author.id,
        NoticeKind.ADOPTED,
        need.id,
    )
    assert (notice.prior_work_id, notice.other_need_id) == (work.id, None)
    assert notice.text == "Ask the county."


def test_the_result_of_a_finished_need_can_be_adopted(session, coordinator, need):
    result = solved(session)
    adopt(session, coordinator, need, result)
    (notice,) = session.scalars(select(Notice))
    assert (notice.prior_work_id, notice.other_need_id) == (None, result.id)


@pytest.mark.parametrize(
    "values",
    [
        {"state": NeedState.OPEN, "close_reason": None},
        {"state": NeedState.AGREED, "close_reason": None},
        {"close_reason": CloseReason.NO_PARTNER},
        {"close_reason": CloseReason.DUPLICATE},
    ],
)
def test_a_need_without_a_result_cannot_be_adopted(session, author, need, values):
    with pytest.raises(Conflict):
        adopt(session, author, need, solved(session, **values))
    assert need.state is NeedState.OPEN


def test_what_the_sender_may_not_read_is_not_adopted_for_them(session, coordinator, need):
    """Telling where the solution is would give the hidden need away."""
    hidden = solved(session, visibility=Visibility.COORDINATORS)
    with pytest.raises(NotAllowed):
        adopt(session, coordinator, need, hidden)
    shown = solved(session)
    found = adopting.adoptable(session, coordinator.actor, need, [hidden, shown])
    assert found == {shown.id}


def test_others_adopt_nothing_for_a_need(session, need, work):
    colleague = add_user(session, Role.PARTNER, organisation=need.organisation)
    with pytest.raises(NotAllowed):
        adopt(session, colleague, need, work)
    assert adopting.adoptable(session, colleague.actor, need, [work]) == set()


def test_a_need_is_not_its_own_solution(session, author):
    need = solved(session, author=author)
    with pytest.raises(Conflict):
        adopt(session, author, need, need)


def test_what_never_was_is_not_adopted(session, author, need):
    with pytest.raises(NotFound):
        adopt(session, author, need, solved(session, visibility=Visibility.COORDINATORS))


@pytest.mark.parametrize("state", [NeedState.DRAFT, NeedState.CLOSED, NeedState.WITHDRAWN])
def test_only_a_need_that_is_open_or_agreed_ends_so(session, author, work, state):
    need = add_need(session, author, state=state, close_reason=CloseReason.OTHER)
    with pytest.raises(Conflict):
        adopt(session, author, need, work)
    assert adopting.adoptable(session, author.actor, need, [work]) == set()


def test_taking_the_need_up_again_ends_the_adoption(session, author, need, work):
    adoption = adopt(session, author, need, work)
    needs.open_need(session, author.actor, need.id)
    assert adoption.ended is not None
    assert adoptions.adoption_of(session, author.actor, need) is None
    assert adoptions.adopters_of(session, author.actor, Subject.PRIOR_WORK, work.id).units == 0
    adopt(session, author, need, work)
    assert len(session.scalars(select(Adoption)).all()) == 2


def test_a_coordinator_can_undo_it(session, coordinator, need, work):
    adopt(session, coordinator, need, work)
    adopting.take_back(session, coordinator.actor, need.id)
    assert (need.state, need.close_reason) == (NeedState.OPEN, None)
    with pytest.raises(Conflict):
        adopting.take_back(session, coordinator.actor, need.id)


def test_a_need_that_ended_otherwise_is_not_opened_that_way(session, coordinator):
    with pytest.raises(Conflict):
        adopting.take_back(session, coordinator.actor, solved(session).id)


def test_adopters_are_counted_by_unit_as_far_as_the_reader_may_know(session, author, work):
    for level in (Visibility.PUBLIC, Visibility.PUBLIC, Visibility.COORDINATORS):
        ended = solved(session, author=author, visibility=level)
        add_adoption(session, ended, work)
    elsewhere = solved(session, visibility=Visibility.COORDINATORS)
    add_adoption(session, elsewhere, work)

    def adopters(actor):
        found = adoptions.adopters_of(session, actor, Subject.PRIOR_WORK, work.id)
        return len(found.needs), found.units

    assert adopters(ANONYMOUS) == (2, 1)
    assert adopters(author.actor) == (3, 1)
    assert adopters(add_user(session, Role.COORDINATOR).actor) == (4, 2)


def test_a_solution_that_was_hidden_since_is_not_told(session, author, need):
    result = solved(session)
    adopt(session, author, need, result)
    result.visibility = Visibility.COORDINATORS
    session.flush()
    told = adoptions.adoption_of(session, author.actor, need)
    assert told is not None
    assert told.solution is None


def test_a_work_that_its_source_has_withdrawn_leaves_the_outcome(session, author, need, work):
    adopt(session, author, need, work)
    session.delete(work)
    session.flush()
    told = adoptions.adoption_of(session, author.actor, need)
    assert told is not None
    assert told.solution is None


def test_for_a_challenge_all_whose_needs_it_is_made_of_are_told(session, coordinator, need, work):
    other = add_need(session)
    command = MergeNeeds(
        source_ids=(need.id, other.id), lead_id=need.id, title="Keys", problem="Keys get lost."
    )
    challenge = merging.merge_needs(session, coordinator.actor, command).challenge
    with pytest.raises(Conflict):
        adopt(session, coordinator, need, work)
    adopt(session, coordinator, challenge, work)
    told = select(Notice.user_id).where(Notice.kind == NoticeKind.ADOPTED)
    assert set(session.scalars(told)) == {need.author_id, other.author_id}
    assert len(session.scalars(told).all()) == 2
