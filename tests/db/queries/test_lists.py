"""Filters narrow lists to what they name; own lists and queues come in their order."""

from typing import Any

import pytest

from needsbank.db.queries.competences import (
    CompetenceFilter,
    competences_to_read,
    own_competences,
)
from needsbank.db.queries.needs import NeedFilter, needs_to_read, own_needs
from needsbank.db.queries.prior_works import PriorWorkFilter, prior_works_to_read
from needsbank.db.queries.suggestions import (
    pairings,
    suggestions_of_need,
)
from needsbank.domain.competences import CompetenceKind, CompetenceState
from needsbank.domain.fields import Field
from needsbank.domain.languages import Language
from needsbank.domain.needs import NeedState
from needsbank.domain.organisations import Region, Sector
from needsbank.domain.prior_works import PriorWorkKind
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.domain.suggestions import SHOWN_TO_SIDES, SuggestionState
from tests.factories import (
    add_competence,
    add_need,
    add_organisation,
    add_prior_work,
    add_suggestion,
    add_user,
    day,
)

FILTERS: dict[str, Any] = {
    "sector": Sector.ASSOCIATION,
    "region": Region.LAPPI,
    "field": Field.SAFETY,
    "language": Language.SV,
}


@pytest.fixture
def author(session):
    organisation = add_organisation(session, sector=Sector.ASSOCIATION, region=Region.LAPPI)
    return add_user(session, Role.PARTNER, Role.MEMBER, organisation=organisation)


@pytest.mark.parametrize("name", FILTERS)
def test_a_list_of_needs_is_narrowed(session, author, name):
    wanted = add_need(session, author, field=Field.SAFETY, language=Language.SV)
    add_need(session, field=Field.ICT, language=Language.FI)
    narrowed = NeedFilter(**{name: FILTERS[name]})
    assert session.scalars(needs_to_read(ANONYMOUS, narrowed)).all() == [wanted]


@pytest.mark.parametrize("name", [*FILTERS, "kind"])
def test_a_list_of_competences_is_narrowed(session, author, name):
    kind = CompetenceKind.FACILITY
    wanted = add_competence(session, author, field=Field.SAFETY, language=Language.SV, kind=kind)
    add_competence(session, field=Field.ICT, language=Language.FI)
    narrowed = CompetenceFilter(**{name: {**FILTERS, "kind": kind}[name]})
    assert session.scalars(competences_to_read(ANONYMOUS, narrowed)).all() == [wanted]


def test_a_list_of_prior_works_is_narrowed(session):
    wanted = add_prior_work(session, kind=PriorWorkKind.REPORT, language=Language.SV)
    add_prior_work(session, kind=PriorWorkKind.THESIS, language=Language.FI)
    for narrowed in (
        PriorWorkFilter(kind=PriorWorkKind.REPORT),
        PriorWorkFilter(language=Language.SV),
    ):
        assert session.scalars(prior_works_to_read(narrowed)).all() == [wanted]


def test_own_postings_are_shown_in_every_state_newest_first(session, author):
    posted = [
        add_need(session, author, state=state, created=day(number))
        for number, state in enumerate(NeedState)
    ]
    offered = [
        add_competence(session, author, state=state, created=day(number))
        for number, state in enumerate(CompetenceState)
    ]
    add_need(session)
    add_competence(session)
    assert session.scalars(own_needs(author.actor)).all() == posted[::-1]
    assert session.scalars(own_competences(author.actor)).all() == offered[::-1]


def test_nobody_in_particular_has_no_postings(session):
    add_need(session)
    assert session.scalars(own_needs(ANONYMOUS)).all() == []
    assert session.scalars(pairings(ANONYMOUS)).all() == []


def test_suggestions_come_by_kind_and_then_by_rank(session):
    need = add_need(session)

    def suggest(kind, rank):
        return add_suggestion(session, need, add_competence(session, kind=kind), rank=rank)

    second = suggest(CompetenceKind.COMPANY, 2)
    other = suggest(CompetenceKind.FACILITY, 1)
    first = suggest(CompetenceKind.COMPANY, 1)
    assert session.scalars(suggestions_of_need(need.id)).all() == [first, second, other]


@pytest.mark.parametrize("state", list(SuggestionState))
def test_pairings_are_shown_to_both_sides_once_approved(session, state):
    suggestion = add_suggestion(session, state=state)
    shown = [suggestion] if state in SHOWN_TO_SIDES else []
    for side in (suggestion.need, suggestion.competence):
        assert session.scalars(pairings(side.author.actor)).all() == shown
    assert session.scalars(pairings(add_user(session, Role.COORDINATOR).actor)).all() == []
