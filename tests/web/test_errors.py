"""Refusals and failures are pages of the bank, in the reader's language."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse, create_environ
from werkzeug.wrappers import Request

from matching import FakeEncoder, Matcher
from needsbank.app import create_app
from needsbank.services.retrieval import Retrieval
from needsbank.web.errors import PAGES, error_page
from tests.conftest import ROOT, browser, dispose
from tests.factories import add_need
from tests.pages import Page, get_page, post, sign_in, token_of

TITLES = {
    "en": {
        400: "The request could not be understood",
        403: "This is not open to you",
        404: "The page was not found",
        405: "This page cannot be used that way",
        409: "Somebody was faster",
        413: "That was too large",
        422: "Something in the form was not right",
        429: "Too many attempts",
        500: "Something went wrong here",
        503: "The bank is resting for a moment",
    }
}


class BrokenMatcher(Matcher):
    """A matcher with a fault."""

    def represent_query(self, text, language="", *, title=""):
        """Fail."""
        raise RuntimeError("a secret of the inside")


def test_a_page_that_is_not_there_is_404(client):
    for address in ("/nothing", "/needs/not-an-id", "/needs/" + "0" * 32, "/language/de"):
        assert get_page(client, address, 404).h1 == TITLES["en"][404]


def test_a_page_for_others_is_403(client, session, partner):
    sign_in(client, session, partner)
    assert get_page(client, "/coordination/", 403).h1 == TITLES["en"][403]


def test_a_way_of_calling_that_is_not_served_is_405_and_says_which_are(client, session, partner):
    sign_in(client, session, partner)
    response = client.get("/sign-out")
    assert (response.status_code, Page(response).h1) == (405, TITLES["en"][405])
    assert "POST" in response.headers["Allow"]


def test_a_step_that_is_not_possible_is_409(client, session, partner):
    sign_in(client, session, partner)
    need = add_need(session, partner)
    page = Page(post(client, f"/needs/{need.id}/restore"))
    assert (page.status, page.h1, page.broken_rules()) == (409, TITLES["en"][409], [])


def test_a_form_without_its_token_is_400_and_says_that_it_had_expired(client):
    page = Page(client.post("/sign-in", data={}))
    assert (page.status, page.h1, page.broken_rules()) == (400, "The form had expired", [])


def test_a_request_that_makes_no_sense_is_400_and_says_so(client):
    headers = {"X-CSRFToken": Page(client.get("/sign-in")).token, "Accept": "text/html"}
    response = client.post("/sign-in", data="{", content_type="application/json", headers=headers)
    page = Page(response)
    assert (page.status, page.h1, page.broken_rules()) == (400, TITLES["en"][400], [])


def test_a_form_of_more_than_a_megabyte_is_413(client, session, partner):
    sign_in(client, session, partner)
    token = token_of(client)
    data = {"csrf_token": token, "title": "x" * 1_000_001}
    page = Page(client.post("/needs/similar", data=data))
    assert (page.status, page.h1, page.broken_rules()) == (413, TITLES["en"][413], [])


def test_a_database_that_does_not_answer_is_503(client, engine):
    with engine.begin() as connection:
        connection.execute(text("drop table answers"))
        connection.execute(text("drop table decisions"))
        connection.execute(text("drop table suggestions"))
        connection.execute(text("drop table needs"))
    response = client.get("/needs/")
    page = Page(response)
    assert (page.status, page.h1, page.broken_rules()) == (503, TITLES["en"][503], [])
    assert response.headers["Retry-After"] == "5"


def test_a_signed_in_reader_too_is_told_of_a_database_that_does_not_answer(
    client, session, engine, partner
):
    sign_in(client, session, partner)
    session.close()
    with engine.begin() as connection:
        connection.execute(text("alter table users rename to people"))
    page = Page(client.get("/needs/"))
    assert (page.status, page.h1, page.broken_rules()) == (503, TITLES["en"][503], [])


def test_a_database_without_sessions_is_503_too(client, session, engine, partner):
    sign_in(client, session, partner)
    session.close()
    with engine.begin() as connection:
        connection.execute(text("drop table sign_in_sessions"))
    assert client.get("/my").status_code == 503


def test_a_fault_of_ours_is_500_and_tells_nothing_of_itself(settings, fake_detector):
    matcher = BrokenMatcher.load(ROOT / "data" / "matcher", FakeEncoder())
    app = create_app(settings, Retrieval(matcher, fake_detector, settings.instance / "index"))
    page = Page(browser(app).get("/search?q=keys"))
    assert (page.status, page.h1, page.broken_rules()) == (500, TITLES["en"][500], [])
    assert "a secret of the inside" not in page.html
    dispose(app)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("status", sorted(PAGES))
def test_every_refusal_is_a_page_of_the_bank_in_every_language(app, language, status):
    headers = {"Accept-Language": language}
    with app.test_request_context("/", headers=headers):
        page = Page(_as_test_response(error_page(status)))
    assert page.status == status
    assert page.broken_rules() == []
    assert page.one("html").get("lang") == language
    assert page.all("title")[0].text == f"{page.h1} – Tarvepankki"
    assert page.all("link", rel="stylesheet")
    if language == "en":
        assert page.h1 == TITLES["en"][status]
    else:
        assert page.h1 not in TITLES["en"].values()


def test_a_refusal_without_a_page_of_its_own_is_one_of_the_others(app):
    with app.test_request_context("/"):
        assert error_page(418).status_code == 418
        assert error_page(502).status_code == 502


def test_a_wait_is_told(app):
    with app.test_request_context("/"):
        assert error_page(429, retry_after=7).headers["Retry-After"] == "7"


def test_an_unknown_host_is_refused(settings, retrieval):
    app = create_app(replace(settings, trusted_hosts=("bank.example",)), retrieval)
    assert browser(app).get("/", headers={"Host": "bank.example"}).status_code == 200
    assert browser(app).get("/", headers={"Host": "evil.example"}).status_code == 400
    dispose(app)


def _as_test_response(response):
    """Return a response with what a client's response has."""
    return TestResponse(
        response.response,
        response.status,
        response.headers,
        request=Request(create_environ("/")),
    )
