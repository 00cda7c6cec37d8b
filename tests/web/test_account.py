"""The reader's own pages and their password."""

import pytest

from needsbank.domain.needs import NeedState
from tests.factories import PASSWORD, add_need
from tests.pages import Page, get_page, post

NEW = "quite another password"


@pytest.fixture
def mine(partner, sign_in_as):
    return sign_in_as(partner)


def change(client, **values):
    defaults = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    return post(client, "/account/password", **{**defaults, **values})


def test_one_s_own_page_shows_postings_of_every_state(mine, session, partner):
    for state in NeedState:
        add_need(session, partner, title=f"A need that is {state.value}", state=state)
    main = get_page(mine, "/my").main
    assert [state for state in NeedState if f"A need that is {state.value}" not in main] == []


def test_the_account_shows_roles_and_where_one_is_signed_in(mine, partner):
    page = get_page(mine, "/account")
    assert partner.email in page.main
    assert "Working-life partner" in page.main
    assert "this browser" in page.main


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"password": "wrong"}, ["That is not your present password."]),
        ({"new_password_confirm": "something else"}, ["The two new passwords differ."]),
        (
            {"new_password": "short", "new_password_confirm": "short"},
            ["Use at least 12 characters."],
        ),
        (
            {"new_password": PASSWORD, "new_password_confirm": PASSWORD},
            ["The new password must differ from the present one."],
        ),
    ],
)
def test_a_password_that_cannot_be_changed_says_why(mine, values, errors):
    page = Page(change(mine, **values))
    assert (page.errors, page.broken_rules()) == (errors, [])
    assert NEW not in page.html
    again = Page(change(mine, new_password="x", new_password_confirm="x"))
    assert again.errors == ["Use at least 12 characters."]  # the present one is still right


def test_a_changed_password_is_said_to_be(mine):
    response = change(mine)
    assert response.headers["Location"] == "/account"
    assert get_page(mine, "/account").flashes == ["Your password has been changed."]
