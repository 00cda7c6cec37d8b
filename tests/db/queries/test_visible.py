"""The SQL of rights agrees with the words of `domain.visibility` in every combination."""

from itertools import product

import pytest
from sqlalchemy import select

from needsbank.db.models import Competence, Need
from needsbank.db.queries.competences import (
    CompetenceFilter,
    competence_to_read,
    competences_to_read,
)
from needsbank.db.queries.needs import NeedFilter, need_to_read, needs_to_read
from needsbank.db.queries.visible import visible_competences, visible_needs
from needsbank.domain import competences, needs
from needsbank.domain.competences import CompetenceState
from needsbank.domain.needs import NeedState
from needsbank.domain.roles import ANONYMOUS, Actor, Role
from needsbank.domain.visibility import Visibility, may_read
from tests.factories import add_competence, add_need, add_organisation, add_user


@pytest.fixture
def home(session):
    return add_organisation(session)


@pytest.fixture
def author(session, home):
    return add_user(session, Role.PARTNER, Role.MEMBER, organisation=home)


@pytest.fixture
def actors(session, home, author):
    """Everybody who could ask: each role at home and elsewhere, two roles, none, the author."""
    at = (home, add_organisation(session))
    people = [
        *(add_user(session, role, organisation=where) for role in Role for where in at),
        add_user(session, Role.OBSERVER, Role.PARTNER, organisation=home),
        add_user(session),
        author,
    ]
    return [ANONYMOUS, *(person.actor for person in people), Actor(author.id)]


def readable(actor, posting, published):
    return may_read(
        actor,
        visibility=posting.visibility,
        published=posting.state in published,
        author_id=posting.author_id,
        organisation_id=posting.organisation_id,
    )


def test_needs_are_read_as_the_domain_says(session, actors, author):
    rows = [
        add_need(session, author, visibility=level, state=state)
        for level, state in product(Visibility, NeedState)
    ]
    for actor in actors:
        allowed = {need.id for need in rows if readable(actor, need, needs.PUBLISHED)}
        assert set(session.scalars(select(Need.id).where(visible_needs(actor)))) == allowed
        one_by_one = {n.id for n in rows if session.scalar(need_to_read(actor, n.id))}
        assert one_by_one == allowed


def test_competences_are_read_as_the_domain_says(session, actors, author):
    rows = [
        add_competence(session, author, visibility=level, state=state)
        for level, state in product(Visibility, CompetenceState)
    ]
    for actor in actors:
        allowed = {row.id for row in rows if readable(actor, row, competences.PUBLISHED)}
        found = session.scalars(select(Competence.id).where(visible_competences(actor)))
        assert set(found) == allowed
        one_by_one = {r.id for r in rows if session.scalar(competence_to_read(actor, r.id))}
        assert one_by_one == allowed


def test_lists_show_what_is_published_only_even_to_its_author(session, author):
    rows = {state: add_need(session, author, state=state) for state in NeedState}
    current = session.scalars(needs_to_read(author.actor, NeedFilter())).all()
    assert {n.id for n in current} == {rows[NeedState.OPEN].id, rows[NeedState.AGREED].id}
    every = session.scalars(needs_to_read(author.actor, NeedFilter(ended=True))).all()
    assert {n.id for n in every} - {n.id for n in current} == {rows[NeedState.CLOSED].id}


def test_lists_of_competences_show_what_is_on_offer(session, author):
    rows = {state: add_competence(session, author, state=state) for state in CompetenceState}
    current = session.scalars(competences_to_read(author.actor, CompetenceFilter())).all()
    assert [c.id for c in current] == [rows[CompetenceState.OPEN].id]
    every = session.scalars(competences_to_read(author.actor, CompetenceFilter(ended=True))).all()
    assert {c.id for c in every} == {
        rows[CompetenceState.OPEN].id,
        rows[CompetenceState.CLOSED].id,
    }
