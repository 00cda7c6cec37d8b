"""Pages are searched in the active set, follow it, and hide the same in every set."""

import time

import pytest

from needsbank.app import create_app, engine_of
from needsbank.domain.visibility import Visibility
from needsbank.services.active_set import ActiveRetrieval
from needsbank.web.database import retrieval as retrieval_of_request
from tests.conftest import browser, dispose
from tests.factories import add_need
from tests.pages import get_page
from tests.second_space import FIRST_ID, activate, begin_second, build, make_parameters, opener_of

SECONDS = 20
SEARCH = "/needs/?q=lost+keys"


@pytest.fixture
def following(settings, tmp_path):
    """The app as it is served: it follows the active set."""
    opener = opener_of(settings, make_parameters(tmp_path / "matcher"))
    made = create_app(settings, ActiveRetrieval(opener))
    yield made
    dispose(made)


@pytest.fixture
def built(session, engine, work, partner):
    """A second set that lacks nothing; a need that everybody may read, one that few may."""
    add_need(session, partner, title="Lost keys of homes")
    add_need(session, partner, title="Lost keys in secret", visibility=Visibility.COORDINATORS)
    work()
    return build(engine, begin_second(engine)).set


def searched(app):
    """Return the set that a request of this moment is searched in."""
    with app.test_request_context("/"):
        return retrieval_of_request().set


def search_until_searched_in(app, client, wanted):
    """Search as readers do; each page on the way must be right too."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        page = get_page(client, SEARCH)
        assert "Lost keys of homes" in page.main
        assert "in secret" not in page.html
        if searched(app) == wanted:
            return
        time.sleep(0.02)
    raise AssertionError("the app did not go over to the other set")


def test_the_served_app_follows_the_flip_and_hides_the_same(following, engine, built, retrieval):
    client = browser(following)
    search_until_searched_in(following, client, retrieval.set)
    activate(engine)
    search_until_searched_in(following, client, built)
    activate(engine, FIRST_ID)
    search_until_searched_in(following, client, retrieval.set)


def test_a_need_withdrawn_after_the_flip_is_found_in_neither_set(
    following, engine, built, retrieval, session, partner, sign_in_as
):
    client = browser(following)
    activate(engine)
    search_until_searched_in(following, client, built)
    page = get_page(client, SEARCH)
    (address,) = {link.get("href") for link in page.all("a") if link.text == "Lost keys of homes"}
    mine = sign_in_as(partner)
    token = get_page(mine, address).token
    mine.post(f"{address.rstrip('/')}/withdraw", data={"csrf_token": token})
    assert "Lost keys of homes" not in get_page(client, SEARCH).main
    activate(engine, FIRST_ID)
    deadline = time.monotonic() + SECONDS
    while searched(following) != retrieval.set and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "Lost keys of homes" not in get_page(client, SEARCH).main


@pytest.mark.parametrize("rows", [1, 5])
def test_following_costs_a_search_one_query_however_many_sets_there_are(
    following, session, partner, work, engine, count_queries, rows
):
    for number in range(rows):
        add_need(session, partner, title=f"Lost keys {number}")
    work()
    if rows > 1:
        begin_second(engine)
    client = browser(following)
    client.get("/search?q=keys")
    with count_queries(engine_of(following)) as queries:
        client.get("/search?q=keys")
    assert len(queries) == 10, queries
    assert len([each for each in queries if "vector_sets" in each]) == 1


def test_pages_that_are_not_searched_ask_for_no_set(following, count_queries):
    with count_queries(engine_of(following)) as queries:
        browser(following).get("/about")
    assert not [each for each in queries if "vector_sets" in each]
