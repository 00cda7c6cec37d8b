"""What each role may do, and only in the organisation where it is held."""

from uuid import UUID

import pytest

from needsbank.domain.errors import NotAllowed
from needsbank.domain.roles import (
    ANONYMOUS,
    CATCHES,
    Actor,
    Role,
    may_edit,
    may_manage_organisations,
    may_post_competence,
    may_post_need,
)

ME, SOMEBODY = UUID(int=1), UUID(int=2)
HOME, ELSEWHERE = UUID(int=10), UUID(int=11)


def actor(*roles, user_id=ME):
    return Actor(user_id, frozenset((HOME, role) for role in roles))


@pytest.mark.parametrize("role", list(Role))
def test_needs_are_posted_from_working_life_and_its_helpers(role):
    posts = role in {Role.PARTNER, Role.COMPANY, Role.AMBASSADOR, Role.COORDINATOR, Role.LEAD}
    assert may_post_need(actor(role), HOME) is posts
    assert may_post_need(actor(role), ELSEWHERE) is False


@pytest.mark.parametrize("role", list(Role))
def test_competences_are_posted_by_those_who_have_them(role):
    posts = role in {Role.MEMBER, Role.COMPANY, Role.COORDINATOR, Role.LEAD}
    assert may_post_competence(actor(role), HOME) is posts
    assert may_post_competence(actor(role), ELSEWHERE) is False


@pytest.mark.parametrize("role", list(Role))
def test_organisations_are_managed_by_coordinators_and_admins(role):
    assert may_manage_organisations(actor(role)) is (
        role in {Role.COORDINATOR, Role.LEAD, Role.ADMIN}
    )


@pytest.mark.parametrize("role", list(Role))
def test_authors_alone_edit_and_only_while_they_belong_to_the_organisation(role):
    belongs = role is not Role.OBSERVER
    assert may_edit(actor(role), ME, HOME) is belongs
    assert may_edit(actor(role), ME, ELSEWHERE) is (role in CATCHES)
    assert may_edit(actor(role), SOMEBODY, HOME) is False


def test_nobody_in_particular_may_nothing():
    assert not ANONYMOUS.is_known
    assert not ANONYMOUS.is_in_network
    assert not may_post_need(ANONYMOUS, HOME)
    assert not may_edit(ANONYMOUS, ME, HOME)
    assert not may_manage_organisations(ANONYMOUS)
    with pytest.raises(NotAllowed):
        _ = ANONYMOUS.person_id


def test_a_person_without_roles_is_known_but_not_in_the_network():
    stranger = Actor(ME)
    assert (stranger.is_known, stranger.is_in_network) == (True, False)


def test_an_observer_belongs_to_no_organisation():
    assert actor(Role.OBSERVER).organisation_ids == frozenset()
    assert actor(Role.OBSERVER).is_in_network


def test_an_admin_does_not_coordinate():
    assert (actor(Role.ADMIN).administers, actor(Role.ADMIN).coordinates) == (True, False)


def test_a_lead_does_what_coordinators_do():
    assert (actor(Role.LEAD).coordinates, actor(Role.LEAD).catches) == (True, True)


def test_ambassadors_catch_ideas_and_do_not_review():
    assert (actor(Role.AMBASSADOR).catches, actor(Role.AMBASSADOR).coordinates) == (True, False)
