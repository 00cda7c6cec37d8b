"""The front page and the search over everything."""

import pytest

from needsbank.app import engine_of
from needsbank.domain.roles import Role
from needsbank.domain.visibility import Visibility
from tests.factories import add_competence, add_need, add_prior_work, add_user, day
from tests.pages import get_page


def titles(page):
    return [e.text for e in page.all("h3")]


def test_the_front_page_shows_the_newest_needs(client, session, partner):
    for number in range(8):
        add_need(session, partner, title=f"Need of day {number}", created=day(number))
    add_need(session, partner, visibility=Visibility.NETWORK)
    assert titles(get_page(client, "/")) == [f"Need of day {number}" for number in range(7, 1, -1)]


def test_an_empty_bank_invites(client):
    assert "Yours can be the first." in get_page(client, "/").main


INVITATIONS = {"/needs/new", "/competences/new"}


def invitations(client):
    """Return what the pages that invite to post anything invite to."""
    pages = [get_page(client, each) for each in ("/", "/needs/?q=zirconium", "/competences/")]
    return {a.get("href") for page in pages for a in page.all("a")} & INVITATIONS


@pytest.mark.parametrize(
    ("role", "invited"),
    [
        (Role.PARTNER, {"/needs/new"}),
        (Role.MEMBER, {"/competences/new"}),
        (Role.COMPANY, INVITATIONS),
        (Role.OBSERVER, set()),
    ],
)
def test_nobody_is_invited_to_what_their_role_does_not_include(session, sign_in_as, role, invited):
    client = sign_in_as(add_user(session, role))
    assert invitations(client) == invited
    mine = {a.get("href") for a in get_page(client, "/my").all("a")} & INVITATIONS
    assert mine == invited


def test_who_is_not_signed_in_is_invited_to_everything(client):
    assert invitations(client) == INVITATIONS


def test_a_search_shows_the_best_of_each_kind_and_a_way_to_the_rest(client, session, member, work):
    for number in range(6):
        add_need(session, title=f"Lost keys {number}")
    add_competence(session, member, title="Finder of lost keys")
    add_prior_work(session, title="Lost keys in home care")
    work()
    page = get_page(client, "/search?q=lost+keys")
    assert page.value_of("q") == "lost keys"
    assert len(titles(page)) == 5 + 1 + 1
    more = [a.get("href") for a in page.all("a") if a.get("href").endswith("?q=lost+keys")]
    assert more[:1] == ["/needs/?q=lost+keys"]
    assert len(get_page(client, more[0]).all("article")) == 6


def test_a_search_without_words_explains_itself(client, session):
    add_need(session)
    page = get_page(client, "/search?q=++")
    assert titles(page) == []
    assert "Write a few words or a whole sentence" in page.main


def test_nothing_close_enough_is_said_for_each_kind(client, session):
    page = get_page(client, "/search?q=zirconium")
    assert page.main.count("Nothing close enough.") == 3


@pytest.mark.parametrize("rows", [1, 5])
def test_a_search_costs_as_many_queries_however_much_it_finds(
    app, client, session, partner, work, count_queries, rows
):
    for number in range(rows):
        add_need(session, partner, title=f"Lost keys {number}")
    work()
    client.get("/search?q=keys")
    with count_queries(engine_of(app)) as queries:
        assert len(titles(get_page(client, "/search?q=keys"))) == rows
    assert len(queries) == 9, queries


@pytest.mark.parametrize("address", ["/needs", "/competences", "/prior-works", "/coordination"])
def test_an_address_without_its_last_slash_leads_to_the_page(client, address):
    response = client.get(address)
    assert (response.status_code, response.headers["Location"]) == (
        308,
        f"http://localhost{address}/",
    )
