"""Who may call which route: the whole table, tried by every role."""

import re
import shutil
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from needsbank.db.base import make_engine
from needsbank.db.models import User
from needsbank.domain.roles import ANONYMOUS, COORDINATES, Actor, Role
from needsbank.settings import Settings
from needsbank.web.policy import POLICY, Access, allows
from tests.conftest import browser
from tests.factories import add_user
from tests.pages import post, sign_in, token_of
from tests.web.furnished_bank import furnish

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
CATCHERS = "in  403 403 403 200 200 403 403"
LINK_MAKERS = "in  200 403 403 403 200 403 200"
ADMINS = "in  403 403 403 403 403 403 200"
ON_SERIES = "in  200 404 404 200 200 404 404"
HOLDERS = "in  403 403 403 200 200 403 403"
PARTIES = "in  200 200 404 404 200 404 404"
PAGES = {
    "static": EVERYONE,
    "front.home": EVERYONE,
    "front.about": EVERYONE,
    "front.health": EVERYONE,
    "front.search": EVERYONE,
    "front.favicon": EVERYONE,
    "journeys.path": EVERYONE,
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
    "matters.listed": COORDINATORS,
    "matters.show": "in  403 403 403 403 302 403 403",
    # The ambassador has it in hand; the need that it is of is the partner's.
    "matters.answer": "in  403 403 403 200 200 403 403",
    "representatives.naming": "in  200 404 404 200 200 404 404",
    "representatives.invited": EVERYONE,
    "duplicates.listed": COORDINATORS,
    "merges.listed": COORDINATORS,
    "merges.new": "in  403 403 403 403 404 403 403",
    "merges.show": COORDINATORS,
    "merges.objecting": "in  404 404 404 404 404 404 404",
    # The series is the partner's, held by the ambassador, and under way.
    "workshops.listed": SIGNED_IN,
    "workshops.new": "in  200 403 200 200 200 403 403",
    "workshops.show": ON_SERIES,
    "workshops.calendar": ON_SERIES,
    "workshops.sheet": "in  404 404 404 404 404 404 404",
    "workshop_times.planning": "in  403 403 403 403 409 403 403",
    "workshop_times.moving": HOLDERS,
    "workshop_times.calling_off": HOLDERS,
    "workshop_times.cancelling": ON_SERIES,
    "boards.show": HOLDERS,
    "taking_part.show": EVERYONE,
    "collaborations.listed": SIGNED_IN,
    # The partner and the member are its parties; coordinators see every collaboration.
    "collaborations.show": PARTIES,
    "collaborations.goal": PARTIES,
    "collaborations.inviting": PARTIES,
    "collaborations.asking": PARTIES,
    "collaborations.questions": COORDINATORS,
    "collaborations.answering": COORDINATORS,
    "shared_files.fetch": PARTIES,
    "handing_over.agreement": PARTIES,
    "handing_over.offering": "in  403 200 404 404 403 404 404",
    "handing_over.receipt": "in  404 403 404 404 403 404 404",
    "handing_over.breaking_off": PARTIES,
    "handing_over.thinking": "in  404 404 404 404 404 404 404",
    "results.listed": EVERYONE,
    "results.show": EVERYONE,
    "results.fetch": EVERYONE,
    "events.listed": EVERYONE,
    "events.feed": EVERYONE,
    "events.show": EVERYONE,
    "events.one": EVERYONE,
    "events.new": COORDINATORS,
    "events.edit": COORDINATORS,
    "adoption_ledger.ask": EVERYONE,
    "adoption_ledger.listed": COORDINATORS,
    "lessons.listed": EVERYONE,
    "sketches.listed": COORDINATORS,
    "sketches.new": "in  403 403 403 403 404 403 403",
    "sketches.show": COORDINATORS,
    "sketches.edit": COORDINATORS,
    "administration.matcher": ADMINS,
    "throwing.show": EVERYONE,
    "throwing.token": EVERYONE,
    "throwing.worker": EVERYONE,
    "follow.show": EVERYONE,
    "follow.confirming": EVERYONE,
    "ideas.listed": CATCHERS,
    "ideas.show": CATCHERS,
    "ideas.word": CATCHERS,
    "catch_rules.listed": COORDINATORS,
    "unit_links.listed": LINK_MAKERS,
    "unit_links.poster": LINK_MAKERS,
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
    "needs.confirm": AUTHOR_OF_NEED,
    "needs.close": "in  422 403 403 403 403 403 403",
    "supports.give": "in  403 303 303 303 303 403 303",
    "supports.withdraw": "in  303 303 303 303 303 303 303",
    "adoptions.adopt": "in  409 403 403 403 303 403 403",
    "adoptions.take_back": "in  409 403 403 403 409 403 403",
    "competences.create": "in  403 422 422 403 422 403 403",
    "competences.change": "in  403 422 403 403 403 403 403",
    "competences.open_": "in  403 409 403 403 403 403 403",
    "competences.confirm": AUTHOR_OF_COMPETENCE,
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
    "matters.decide": "in  403 403 403 403 422 403 403",
    "matters.decide_on_need": "in  403 403 403 403 422 403 403",
    "matters.reconsider": "in  403 403 403 403 422 403 403",
    "matters.send_answer": "in  403 403 403 422 422 403 403",
    "representatives.name": "in  422 404 404 422 422 404 404",
    # Whoever has the link; it works once.
    "representatives.accept": "409 409 409 409 409 409 409 303",
    "representatives.decline": "422 422 422 422 422 422 422 422",
    "verdicts.judge": "in  403 403 403 403 422 403 403",
    "verdicts.take_back": "in  403 403 403 403 422 403 403",
    "workshops.create": "in  422 403 422 422 422 403 403",
    "workshops.decline": "in  403 403 403 403 422 403 403",
    "workshops.withdraw": "in  409 404 404 403 403 404 404",
    "workshop_times.confirm": "in  403 403 403 403 409 403 403",
    "workshop_times.move": "in  403 403 403 422 422 403 403",
    "workshop_times.call_off": "in  403 403 403 422 422 403 403",
    "workshop_times.cancel": "in  422 404 404 422 422 404 404",
    "boards.open_": "in  403 403 403 303 303 403 403",
    "boards.step": "in  403 403 403 422 422 403 403",
    "boards.add_from_paper": "in  403 403 403 422 422 403 403",
    "boards.take_caught": "in  403 403 403 303 303 403 403",
    "boards.suggest": "in  403 403 403 409 409 403 403",
    "boards.make_group": "in  403 403 403 422 422 403 403",
    "boards.change_group": "in  403 403 403 409 409 403 403",
    "boards.move_idea": "in  403 403 403 409 409 403 403",
    "boards.word": "in  403 403 403 422 422 403 403",
    "boards.hand_over": "in  403 403 403 422 422 403 403",
    "taking_part.join": "303 303 303 303 303 303 303 303",
    "taking_part.add_idea": "422 422 422 422 422 422 422 422",
    "taking_part.place_dot": "403 403 403 403 403 403 403 403",
    "collaborations.take_role": "in  422 422 404 404 422 404 404",
    "collaborations.set_goal": "in  422 422 404 404 422 404 404",
    "collaborations.invite": "in  422 422 404 404 422 404 404",
    "collaborations.add_milestone": "in  422 422 404 404 422 404 404",
    "collaborations.tick": "in  303 303 404 404 303 404 404",
    "collaborations.write_note": "in  422 422 404 404 422 404 404",
    "collaborations.ask": "in  422 422 404 404 422 404 404",
    "collaborations.answer": "in  403 403 403 403 422 403 403",
    "shared_files.bring": "in  422 422 404 404 422 404 404",
    "shared_files.remove": "in  404 303 404 404 403 404 404",
    "handing_over.accept_agreement": "in  404 404 404 404 404 404 404",
    "handing_over.offer": "in  403 422 404 404 403 404 404",
    "handing_over.take_back": "in  409 409 404 404 403 404 404",
    "handing_over.sign": "in  409 403 404 404 403 404 404",
    "handing_over.break_off": "in  422 422 404 404 422 404 404",
    "handing_over.give_feedback": "in  404 404 404 404 404 404 404",
    "results.take_up": "in  422 422 422 422 422 422 422",
    "results.take_back": "in  404 404 404 404 404 404 404",
    "events.create": "in  403 403 403 403 422 403 403",
    "events.change": "in  403 403 403 403 422 403 403",
    "events.cancel": "in  403 403 403 403 303 403 403",
    "events.add_slot": "in  403 403 403 403 422 403 403",
    "events.remove_slot": "in  403 403 403 403 404 403 403",
    "adoption_ledger.answer": "422 422 422 422 422 422 422 422",
    "sketches.create": "in  403 403 403 403 404 403 403",
    "sketches.change": "in  403 403 403 403 422 403 403",
    "administration.promote": "in  403 403 403 403 403 403 404",
    "administration.roll_back": "in  403 403 403 403 403 403 404",
    "throwing.throw": "422 422 422 422 422 422 422 422",
    "throwing.similar": EVERYONE,
    "throwing.same_here": "303 303 303 303 303 303 303 303",
    "follow.tell_name": "422 422 422 422 422 422 422 422",
    "follow.add_line": "422 422 422 422 422 422 422 422",
    "follow.withdraw": "409 409 409 409 409 409 409 303",  # the last one comes first
    "follow.restore": "409 409 409 409 409 409 409 409",
    "follow.ask_for_mail": "422 422 422 422 422 422 422 422",
    "follow.stop_mail": "303 303 303 303 303 303 303 303",
    "follow.confirm": "303 303 303 303 303 303 303 303",
    # The form names no stage at which it was seen.
    "ideas.catch": "in  403 403 403 409 409 403 403",
    "ideas.hand_on": "in  403 403 403 422 422 403 403",
    "ideas.let_go": "in  403 403 403 422 422 403 403",
    "ideas.promise": "in  403 403 403 422 422 403 403",
    "ideas.join": "in  403 403 403 422 422 403 403",
    "ideas.take_to_coordination": "in  403 403 403 422 422 403 403",
    "catch_rules.propose": "in  403 403 403 403 422 403 403",
    "catch_rules.drop": "in  403 403 403 403 404 403 403",
    "unit_links.make": "in  303 403 403 403 303 403 303",
    "unit_links.revoke": "in  303 403 403 403 303 403 303",
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


@pytest.fixture(scope="module")
def furnished(empty_bank, tmp_path_factory):
    """A folder with a bank that has everything, and what is in it."""
    folder = tmp_path_factory.mktemp("furnished") / "instance"
    folder.mkdir()
    shutil.copyfile(empty_bank, folder / "bank.db")
    engine = make_engine(f"sqlite:///{folder / 'bank.db'}")
    settings = Settings(database_url=str(engine.url), secret_key="k" * 32, instance=folder)
    with Session(engine, expire_on_commit=False) as session:
        content = furnish(session, settings)
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    engine.dispose()
    return folder, content


@pytest.fixture
def settings(settings, furnished):
    """Settings of a bank of this test's own, with everything in it."""
    shutil.copytree(furnished[0], settings.instance, dirs_exist_ok=True)
    return settings


@pytest.fixture
def people(session, furnished):
    return {role: session.get_one(User, key) for role, key in furnished[1].people.items()}


@pytest.fixture
def addresses(app, furnished):
    """Return the address of a route about the partner's need and the member's competence."""

    def address(endpoint):
        known = furnished[1].values(endpoint)
        (rule, *_) = app.url_map.iter_rules(endpoint)
        with app.test_request_context():
            return app.url_for(endpoint, **{name: known[name] for name in rule.arguments})

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
