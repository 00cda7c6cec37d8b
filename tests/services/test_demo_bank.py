"""The made-up bank loads whole, and its accounts are what the sign-in page promises."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from needsbank.db.models import (
    Board,
    Capture,
    ChallengeSheet,
    Competence,
    Journey,
    Need,
    Organisation,
    PriorWork,
    Reference,
    Suggestion,
    Unit,
    User,
    WorkshopSeries,
)
from needsbank.db.transaction import transaction
from needsbank.domain import clock
from needsbank.domain.boards import BoardStep
from needsbank.domain.clock import now
from needsbank.domain.competences import CompetenceKind
from needsbank.domain.journeys import Stage
from needsbank.domain.languages import Language
from needsbank.domain.personal_data import screen
from needsbank.domain.references import DescribeReference, check_references
from needsbank.domain.roles import Role
from needsbank.domain.suggestions import SuggestionState
from needsbank.domain.visibility import Visibility
from needsbank.services.boards import standing
from needsbank.services.demo_bank import ACCOUNTS, decide_some, is_empty, load_demo_bank, show_ways
from needsbank.services.demo_workshops import show_workshops
from needsbank.sources.demo_bank import read_records
from tests.conftest import ROOT
from tests.factories import add_suggestion

FILES = ("organisations", "needs", "competences", "prior_works")


@pytest.fixture
def records():
    return {name: read_records(ROOT / "data" / "demo", name) for name in FILES}


@pytest.fixture
def loaded(session, records):
    with transaction(session):
        load_demo_bank(session, records, "a hash")
        show_ways(session)
    return records


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_an_empty_bank_is_empty_until_it_is_filled(session, records):
    assert is_empty(session)
    with transaction(session):
        load_demo_bank(session, records, "a hash")
    assert not is_empty(session)


def test_every_record_is_stored(session, loaded):
    models = (Organisation, Need, Competence, PriorWork)
    assert [count(session, model) for model in models] == [len(loaded[name]) for name in FILES]
    assert count(session, Unit) == sum(len(each["units"]) for each in loaded["organisations"])


def test_what_competences_have_done_is_stored_as_anybody_could_have_typed_it(session, loaded):
    told = [each["references"] for each in loaded["competences"] if "references" in each]
    assert (len(told), count(session, Reference)) == (15, 26)
    for competence in session.scalars(select(Competence).where(Competence.references.any())):
        titles = [each.title for each in competence.references]
        assert titles in [[each["title"] for each in references] for references in told]
        commands = [
            DescribeReference(
                title=each.title, description=each.description, year=each.year, url=each.url
            )
            for each in competence.references
        ]
        check_references(commands, latest_year=now().year)
    assert {Language.FI, Language.SV, Language.EN} == set(
        session.scalars(select(Reference.language))
    )


def test_ideas_are_at_different_points_of_their_way(session, loaded):
    stages = Counter(session.scalars(select(Journey.stage).join(Capture)))
    assert stages == {
        Stage.THROWN: 3,
        Stage.CAUGHT: 1,
        Stage.JOINED: 1,
        Stage.IN_COORDINATION: 1,
        Stage.WITHDRAWN: 1,
    }
    late = session.scalars(select(Journey).where(Journey.escalated.is_not(None))).all()
    assert len(late) == 1
    proposed = session.scalars(select(Capture).where(Capture.proposed_id.is_not(None))).all()
    assert {idea.proposed.email for idea in proposed} == {"lahettilas@demo.example"}
    assert not any(screen(text).finds for text in session.scalars(select(Capture.text)))


def test_there_is_an_account_of_every_role(session, loaded):
    accounts = session.scalars(select(User).where(User.password == "a hash")).all()
    assert {user.email for user in accounts} == {account.email for account in ACCOUNTS}
    roles = {membership.role for user in accounts for membership in user.memberships}
    assert roles == set(Role)


def test_contacts_cannot_sign_in(session, loaded):
    contacts = session.scalars(select(User).where(User.email.like("%@contacts.demo.example")))
    assert {contact.password for contact in contacts} == {None}


def test_the_bank_shows_every_kind_language_and_level(session, loaded):
    assert set(session.scalars(select(Competence.kind))) == set(CompetenceKind)
    ours = {Language.FI, Language.SV, Language.EN}
    assert ours <= set(session.scalars(select(Need.language)))
    assert ours <= set(session.scalars(select(PriorWork.language)))
    assert len(set(session.scalars(select(Need.visibility)))) > 1
    assert Visibility.PUBLIC in set(session.scalars(select(Need.visibility)))


def test_some_true_pairs_are_decided_and_some_agreed(session, loaded):
    pairs = read_records(ROOT / "data" / "demo", "pairs")
    needs = session.scalars(select(Need).limit(6)).all()
    competences = session.scalars(select(Competence).limit(6)).all()
    made = [add_suggestion(session, n, c) for n, c in zip(needs, competences, strict=True)]
    by_id = {row.id: row for row in (*needs, *competences)}
    keys = _keys(loaded, by_id)
    known = [{"need": keys[s.need_id], "competence": keys[s.competence_id]} for s in made]
    with transaction(session):
        decide_some(session, [*known, *pairs], most=4)
    states = [session.get_one(Suggestion, each.id).state for each in made]
    assert states == [
        SuggestionState.AGREED,
        SuggestionState.APPROVED,
        SuggestionState.APPROVED,
        SuggestionState.AGREED,
        SuggestionState.PROPOSED,
        SuggestionState.PROPOSED,
    ]


def _keys(loaded, by_id):
    """Return what the files call each row."""
    titles = {each["title"]: each["id"] for n in ("needs", "competences") for each in loaded[n]}
    return {row_id: titles[row.title] for row_id, row in by_id.items()}


def test_workshops_are_asked_for_under_way_and_handed_over(session, loaded):
    with transaction(session):
        show_workshops(session)
    states = session.scalars(select(WorkshopSeries.state)).all()
    assert sorted(state.value for state in states) == ["asked", "done", "under_way"]
    board = session.scalars(select(Board).where(Board.step == BoardStep.GROUP)).one()
    assert len(standing(session, board).loose) == 12
    assert "keskeytyksiltä" in session.scalars(select(ChallengeSheet)).one().content


@pytest.mark.parametrize("day", [0, 1, 2, 3, 4, 5, 6, 125, 340])
def test_workshops_are_shown_on_every_day_of_the_year(session, loaded, day):
    with clock.moved(timedelta(days=day)), transaction(session):
        show_workshops(session)
