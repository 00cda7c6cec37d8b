"""Who may call which route: the whole table, tried by every role."""

import re
from uuid import UUID

import pytest

from needsbank.domain.needs import CloseReason, NeedState
from needsbank.domain.roles import ANONYMOUS, COORDINATES, Actor, Role
from needsbank.domain.suggestions import SuggestionState
from needsbank.web.policy import POLICY, Access, allows
from tests.conftest import browser
from tests.factories import (
    add_catalogue,
    add_challenge,
    add_competence,
    add_need,
    add_organisation,
    add_prior_work,
    add_suggestion,
    add_user,
)
from tests.pages import post, sign_in, token_of

# Flask-Security brings these; without a row they are not served.
NOT_SERVED = {"security.static", "security.verify"}

# A lead may what a coordinator may: `test_access_follows_the_role` sees to that.
WHO = ("nobody", *(role.value for role in Role if role is not Role.LEAD))

# Columns: nobody, partner, member, company, ambassador, coordinator, observer, admin.
# The need is the partner's, the competence the member's, and they are paired with each other.
# `in` leads to the sign-in page; 303 leads on.
EVERYONE = "200 200 200 200 200 200 200 200"
SIGNED_IN = "in  200 200 200 200 200 200 200"
COORDINATORS = "in  403 403 403 403 200 403 403"
KEEPERS = "in  403 403 403 403 200 403 200"
ADMINS = "in  403 403 403 403 403 403 200"
PAGES = {
    "static": EVERYONE,
    "front.home": EVERYONE,
    "front.about": EVERYONE,
    "front.health": EVERYONE,
    "front.search": EVERYONE,
    "front.favicon": EVERYONE,
    "front.choose_language": "303 303 303 303 303 303 303 303",
    "security.login": "200 302 302 302 302 302 302 302",
    "security.change_password": SIGNED_IN,
    "account.show": SIGNED_IN,
    "account.my_page": SIGNED_IN,
    "needs.listed": EVERYONE,
    "needs.show": EVERYONE,
    "needs.compare_need": SIGNED_IN,
    "needs.status": "404 200 404 404 404 404 404 404",
    "needs.new": "in  200 403 200 200 200 403 403",
    "needs.edit": "in  200 403 403 403 403 403 403",
    "needs.closing": "in  200 403 403 403 403 403 403",
    # Nobody joins their own need, and observers speak for no unit.
    "supports.ask": "in  403 200 200 200 200 403 200",
    "adoptions.ask": "in  200 403 403 403 200 403 403",
    "competences.listed": EVERYONE,
    "competences.show": EVERYONE,
    "competences.new": "in  403 200 200 403 200 403 403",
    "competences.edit": "in  403 200 403 403 403 403 403",
    "prior_works.listed": EVERYONE,
    "prior_works.show": EVERYONE,
    "sources.listed": KEEPERS,
    "sources.show": KEEPERS,
    "sources.progress": KEEPERS,
    "sources.new": ADMINS,
    "sources.edit": ADMINS,
    "uploads.new": ADMINS,
    "uploads.show": "in  403 403 403 403 403 403 404",
    "organisations.listed": EVERYONE,
    "organisations.show": EVERYONE,
    "organisations.new": KEEPERS,
    "organisations.edit": KEEPERS,
    "pairings.listed": SIGNED_IN,
    "pairings.show": "in  200 200 404 404 404 404 404",
    "coordination.queue": COORDINATORS,
    "coordination.need": COORDINATORS,
    "coordination.suggestion": COORDINATORS,
    "coordination.log": COORDINATORS,
    "duplicates.listed": COORDINATORS,
    "merges.listed": COORDINATORS,
    "merges.new": "in  403 403 403 403 404 403 403",
    "merges.show": COORDINATORS,
    "merges.objecting": "in  404 404 404 404 404 404 404",
    "administration.matcher": ADMINS,
    "messages.listed": ADMINS,
    "webhooks.listed": ADMINS,
    "mail.show": SIGNED_IN,
    "mail.stopping": "404 404 404 404 404 404 404 404",
    "calendars.feeds": SIGNED_IN,
    "calendars.read": "404 404 404 404 404 404 404 404",
}
AUTHOR_OF_NEED = "in  303 403 403 403 403 403 403"
AUTHOR_OF_COMPETENCE = "in  403 303 403 403 403 403 403"
ACTS = {
    "security.login": "200 302 302 302 302 302 302 302",
    "security.logout": "302 302 302 302 302 302 302 302",
    "security.change_password": SIGNED_IN,
    "account.end_session": "in  303 303 303 303 303 303 303",
    "account.end_other_sessions": "in  303 303 303 303 303 303 303",
    "needs.create": "in  422 403 422 422 422 403 403",
    "needs.similar": SIGNED_IN,
    "needs.compare_text": SIGNED_IN,
    "needs.change": "in  422 403 403 403 403 403 403",
    "needs.open_": "in  409 403 403 403 403 403 403",
    "needs.withdraw": AUTHOR_OF_NEED,
    "needs.restore": "in  409 403 403 403 403 403 403",
    "needs.close": "in  422 403 403 403 403 403 403",
    "supports.give": "in  403 303 303 303 303 403 303",
    "supports.withdraw": "in  303 303 303 303 303 303 303",
    "adoptions.adopt": "in  409 403 403 403 303 403 403",
    "adoptions.take_back": "in  409 403 403 403 409 403 403",
    "competences.create": "in  403 422 422 403 422 403 403",
    "competences.change": "in  403 422 403 403 403 403 403",
    "competences.open_": "in  403 409 403 403 403 403 403",
    "competences.close": AUTHOR_OF_COMPETENCE,
    "sources.create": "in  403 403 403 403 403 403 422",
    "sources.change": "in  403 403 403 403 403 403 422",
    "sources.pause": "in  403 403 403 403 403 403 303",
    "sources.resume": "in  403 403 403 403 403 403 303",
    "sources.fetch": "in  403 403 403 403 403 403 409",
    "sources.cancel": "in  403 403 403 403 403 403 409",
    "uploads.create": "in  403 403 403 403 403 403 422",
    "uploads.take_in": "in  403 403 403 403 403 403 404",
    "uploads.discard": "in  403 403 403 403 403 403 404",
    "organisations.create": "in  403 403 403 403 422 403 422",
    "organisations.change": "in  403 403 403 403 422 403 422",
    "organisations.add_unit": "in  403 403 403 403 422 403 422",
    "pairings.answer": "in  404 404 404 404 404 404 404",
    "merges.create": "in  403 403 403 403 404 403 403",
    "merges.undo": "in  403 403 403 403 422 403 403",
    "merges.object_": "in  404 404 404 404 404 404 404",
    "account.put_away_notice": "in  404 404 404 404 404 404 404",
    "coordination.decide": "in  403 403 403 403 422 403 403",
    "verdicts.judge": "in  403 403 403 403 422 403 403",
    "verdicts.take_back": "in  403 403 403 403 422 403 403",
    "administration.promote": "in  403 403 403 403 403 403 404",
    "administration.roll_back": "in  403 403 403 403 403 403 404",
    "account.put_message_away": "in  404 404 404 404 404 404 404",
    "account.put_messages_away": "in  303 303 303 303 303 303 303",
    "messages.send_again": "in  403 403 403 403 403 403 404",
    "messages.send_unreached_again": "in  403 403 403 403 403 403 303",
    "messages.leave": "in  403 403 403 403 403 403 404",
    "webhooks.create": "in  403 403 403 403 403 403 422",
    "webhooks.try_": "in  403 403 403 403 403 403 404",
    "webhooks.turn_on": "in  403 403 403 403 403 403 404",
    "webhooks.turn_off": "in  403 403 403 403 403 403 404",
    "webhooks.remove": "in  403 403 403 403 403 403 404",
    "mail.choose": "in  422 422 422 422 422 422 422",
    "mail.stop": "404 404 404 404 404 404 404 404",
    "calendars.make": "in  303 303 303 303 303 303 303",
    "calendars.revoke": "in  404 404 404 404 404 404 404",
}
# Mail programs press it themselves, without a page: its address is all that it asks for.
ASKS_FOR_NO_TOKEN = {"mail.stop"}


@pytest.fixture
def people(session):
    """One person of each role, each in an organisation of their own."""
    return {role.value: add_user(session, role) for role in Role}


@pytest.fixture
def addresses(app, session, people):
    """Return the address of a route about the partner's need and the member's competence."""
    need = add_need(session, people["partner"])
    competence = add_competence(session, people["member"])
    pairing = add_suggestion(session, need, competence, state=SuggestionState.APPROVED)
    arguments = {
        "need_id": need.id,
        "competence_id": competence.id,
        "suggestion_id": pairing.id,
        "organisation_id": add_organisation(session).id,
        "version_id": UUID(int=3),
        "source_id": add_catalogue(session).id,
        "token": "x" * 32,
        "work_id": add_prior_work(session).id,
        "challenge_id": add_challenge(session).id,
        "notice_id": UUID(int=4),
        "message_id": UUID(int=5),
        "feed_id": UUID(int=6),
        "webhook_id": UUID(int=7),
        "subject": "need",
        "other_id": add_need(session).id,
        "solution_id": add_need(
            session, state=NeedState.CLOSED, close_reason=CloseReason.SOLVED
        ).id,
        "code": "sv",
        "key": "00" * 32,
        "filename": "favicon.svg",
    }

    def address(endpoint):
        (rule, *_) = app.url_map.iter_rules(endpoint)
        with app.test_request_context():
            return app.url_for(endpoint, **{name: arguments[name] for name in rule.arguments})

    return address


def seen(response):
    """Return a response in the table's words."""
    response.close()
    to_sign_in = re.match(r"/sign-in(\?|$)", response.headers.get("Location", ""))
    return "in" if response.status_code == 303 and to_sign_in else str(response.status_code)


def test_every_route_has_a_row_and_every_row_a_route(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints - set(POLICY) == NOT_SERVED
    assert set(POLICY) - endpoints == set()


def test_every_route_is_tried_here_with_every_way_of_calling_it(app):
    ways = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint not in NOT_SERVED
    }
    tried = {(name, "GET") for name in PAGES} | {(name, "POST") for name in ACTS}
    assert ways == tried


@pytest.mark.parametrize("address", ["/verify", "/fs-static/js/webauthn.js"])
def test_a_route_without_a_row_is_not_served(client, session, address):
    assert client.get(address).status_code == 404
    sign_in(client, session, add_user(session, Role.ADMIN))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("endpoint", PAGES)
def test_pages_are_for_whom_the_table_says(app, session, people, addresses, endpoint):
    found = []
    for who in WHO:
        client = browser(app)
        if who in people:
            sign_in(client, session, people[who])
        found.append(seen(client.get(addresses(endpoint))))
    assert found == PAGES[endpoint].split()


@pytest.mark.parametrize("endpoint", ACTS)
def test_acts_are_for_whom_the_table_says(app, session, people, addresses, endpoint):
    found = []
    for who in reversed(WHO):  # those who change something come last
        client = browser(app)
        if who in people:
            sign_in(client, session, people[who])
        found.append(seen(post(client, addresses(endpoint))))
    assert found[::-1] == ACTS[endpoint].split()


@pytest.mark.parametrize("endpoint", ACTS)
def test_nothing_is_done_without_a_token(app, session, people, addresses, endpoint):
    for who in WHO:
        client = browser(app)
        if who in people:
            sign_in(client, session, people[who])
        for data in ({}, {"csrf_token": "made up"}):
            refused = client.post(addresses(endpoint), data=data).status_code
            assert refused == (404 if endpoint in ASKS_FOR_NO_TOKEN else 400)


def test_a_token_of_another_reader_is_refused(app, session, people, addresses):
    mine, another = browser(app), browser(app)
    sign_in(mine, session, people["partner"])
    sign_in(another, session, people["coordinator"])
    response = mine.post(addresses("needs.withdraw"), data={"csrf_token": token_of(another)})
    assert response.status_code == 400


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_ways_of_calling_are_refused(client, addresses, method):
    assert getattr(client, method)(addresses("needs.show")).status_code in {400, 405}


ME, HOME = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize("role", list(Role))
def test_access_follows_the_role(role):
    actor = Actor(ME, frozenset({(HOME, role)}))
    assert {access for access in Access if allows(access, actor)} == {
        Access.EVERYONE,
        Access.SIGNED_IN,
        *([Access.CATCHERS] if role in COORDINATES | {Role.AMBASSADOR} else []),
        *([Access.COORDINATORS] if role in COORDINATES else []),
        *([Access.KEEPERS] if role in COORDINATES | {Role.ADMIN} else []),
        *([Access.ADMINS] if role is Role.ADMIN else []),
    }


def test_nobody_in_particular_has_the_public_pages_only():
    assert [access for access in Access if allows(access, ANONYMOUS)] == [Access.EVERYONE]
