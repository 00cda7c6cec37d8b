"""Sessions live in the database: each can be ended, and none outlives its end."""

from datetime import timedelta

import pytest
from flask.json.tag import TaggedJSONSerializer
from sqlalchemy import delete, func, select

from needsbank.db.models import SignInSession
from needsbank.domain.clock import now
from needsbank.domain.roles import Role
from needsbank.services import people
from needsbank.services.operator import OPERATOR
from needsbank.web.sessions import DatabaseSessions, ServerSession, hash_key
from tests.conftest import browser
from tests.factories import PASSWORD, add_user
from tests.pages import Page, get_page, post, sign_in


def cookie_of(client):
    found = client.get_cookie("session")
    return found.value if found else None


def enter(client, user, password=PASSWORD, next_=""):
    """Sign in by the page."""
    page = Page(client.get("/sign-in"))
    address = f"/sign-in?next={next_}" if next_ else "/sign-in"
    values = {"email": user.email, "password": password, "csrf_token": page.token}
    return client.post(address, data={"next": page.value_of("next"), **values})


def count_sessions(session):
    session.rollback()
    return session.scalar(select(func.count()).select_from(SignInSession))


def test_looking_around_makes_no_session(client, session):
    for address in ("/", "/needs/", "/about", "/search?q=keys"):
        assert client.get(address).headers.get("Set-Cookie") is None
    assert count_sessions(session) == 0


def test_signing_in_changes_the_key(client, session, partner):
    client.get("/sign-in")
    before = cookie_of(client)
    response = enter(client, partner)
    assert (response.status_code, response.headers["Location"]) == (302, "/my")
    after = cookie_of(client)
    assert before != after
    assert session.get(SignInSession, hash_key(before)) is None
    stored = session.get(SignInSession, hash_key(after))
    assert stored is not None
    assert stored.user_id == partner.id


def test_a_key_that_somebody_planted_is_not_taken_over(client, session, partner):
    client.set_cookie("session", "planted by somebody else")
    enter(client, partner)
    assert cookie_of(client) != "planted by somebody else"
    assert session.get(SignInSession, hash_key("planted by somebody else")) is None


def test_the_database_holds_no_key_that_would_open_a_session(client, session, partner):
    enter(client, partner)
    key = cookie_of(client)
    row = session.scalars(select(SignInSession)).one()
    assert row.key_hash == hash_key(key)
    assert key not in row.content


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client, partner):
    response = client.get("/sign-in")
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_after_signing_out_the_old_key_is_dead(app, client, session, partner):
    enter(client, partner)
    key = cookie_of(client)
    assert post(client, "/sign-out").status_code == 302
    assert session.get(SignInSession, hash_key(key)) is None
    thief = browser(app)
    thief.set_cookie("session", key)
    assert thief.get("/my").status_code == 303


def test_signing_out_by_a_link_is_not_possible(client, session, partner):
    sign_in(client, session, partner)
    assert client.get("/sign-out").status_code == 405
    assert client.get("/my").status_code == 200


def test_a_session_ends_after_its_lifetime(client, session, partner):
    key = sign_in(client, session, partner)
    session.get_one(SignInSession, hash_key(key)).expires = now() - timedelta(seconds=1)
    session.commit()
    assert client.get("/my").status_code == 303


def test_a_used_session_lives_longer(client, session, partner, settings):
    key = sign_in(client, session, partner)
    row = session.get_one(SignInSession, hash_key(key))
    row.last_used = now() - timedelta(minutes=10)
    row.expires = now() + timedelta(minutes=1)
    session.commit()
    client.get("/my")
    session.refresh(row)
    assert row.expires > now() + settings.session_lifetime - timedelta(minutes=1)
    assert row.last_used > now() - timedelta(minutes=1)


def test_expired_sessions_are_swept_away(client, session, partner):
    old = sign_in(client, session, partner)
    session.get_one(SignInSession, hash_key(old)).expires = now() - timedelta(days=1)
    session.commit()
    client.get("/sign-in")
    session.rollback()
    session.expire_all()
    assert session.get(SignInSession, hash_key(old)) is None


def test_a_closed_account_is_signed_out_everywhere(client, session, partner):
    sign_in(client, session, partner)
    people.disable_user(session, OPERATOR, email=partner.email)
    session.commit()
    assert client.get("/my").status_code == 303


def test_an_inactive_account_is_nobody_even_with_a_session(client, session, partner):
    sign_in(client, session, partner)
    partner.active = False
    session.commit()
    assert client.get("/my").status_code == 303


def test_a_closed_account_cannot_sign_in(client, session, partner):
    people.disable_user(session, OPERATOR, email=partner.email)
    session.commit()
    assert Page(enter(client, partner)).h1 == "Sign in"
    assert client.get("/my").status_code == 303


def test_a_password_that_the_operator_set_ends_sessions(client, session, partner):
    sign_in(client, session, partner)
    people.set_password(session, OPERATOR, email=partner.email, password_hash="x")
    session.commit()
    assert client.get("/my").status_code == 303


def test_signing_out_other_browsers_keeps_this_one(app, client, session, partner):
    other = browser(app)
    sign_in(client, session, partner)
    sign_in(other, session, partner)
    assert post(client, "/account/sessions/end-others").status_code == 303
    assert client.get("/my").status_code == 200
    assert other.get("/my").status_code == 303


def test_one_browser_can_be_signed_out_from_another(app, client, session, partner):
    other = browser(app)
    sign_in(client, session, partner)
    key = sign_in(other, session, partner)
    page = get_page(client, "/account")
    address = f"/account/sessions/{hash_key(key).hex()}/end"
    assert [form.get("action") for form in page.all("form")].count(address) == 1
    assert post(client, address).status_code == 303
    assert other.get("/my").status_code == 303


def test_nobody_ends_the_session_of_somebody_else(app, client, session, partner, member):
    other = browser(app)
    sign_in(client, session, partner)
    key = sign_in(other, session, member)
    post(client, f"/account/sessions/{hash_key(key).hex()}/end")
    assert other.get("/my").status_code == 200


@pytest.mark.parametrize("key", ["zz", "0", "not-a-key"])
def test_a_session_that_cannot_be_named_is_not_found(client, session, partner, key):
    sign_in(client, session, partner)
    assert post(client, f"/account/sessions/{key}/end").status_code == 404


def test_a_session_ended_while_a_request_runs_stays_ended(app, session, partner):
    """A slow request of that browser must not bring the session back."""
    interface = DatabaseSessions(timedelta(hours=1))
    key = sign_in(browser(app), session, partner)
    with app.test_request_context("/", headers={"Cookie": f"session={key}"}) as context:
        opened = interface.open_session(app, context.request)
        assert isinstance(opened, ServerSession)
        assert opened["_user_id"] == partner.fs_uniquifier
        opened["something"] = "changed"
        session.execute(delete(SignInSession))
        session.commit()
        interface.save_session(app, opened, app.response_class())
    assert count_sessions(session) == 0


def test_tokens_that_flask_security_could_give_open_nothing(app, client, session, partner):
    page = Page(client.get("/sign-in"))
    response = client.post(
        "/sign-in?include_auth_token",
        json={"email": partner.email, "password": PASSWORD},
        headers={"X-CSRFToken": page.token},
    )
    user = response.json["response"]["user"]
    token = user.get("authentication_token", "")
    fresh = browser(app)
    assert fresh.get("/my", headers={"Authentication-Token": token}).status_code == 303
    assert fresh.get(f"/my?auth_token={token}").status_code == 303


def test_signing_in_leads_where_the_reader_was_going(client, partner):
    refused = client.get("/needs/new")
    assert refused.headers["Location"] == "/sign-in?next=/needs/new"
    assert enter(client, partner, next_="/needs/new").headers["Location"] == "/needs/new"


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "https:/\\evil.example",
    "@evil.example",
    ".evil.example",
    "http://[",
    "\0",
]


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
@pytest.mark.parametrize("where", ["query", "form"])
def test_a_link_to_another_site_leads_to_the_front_page_and_refuses_nobody(
    client, partner, where, elsewhere
):
    page = Page(client.get("/sign-in", query_string={"next": elsewhere}))
    assert "evil" not in page.value_of("next")
    in_query, in_form = ({"next": elsewhere}, {}) if where == "query" else ({}, {"next": elsewhere})
    values = {"email": partner.email, "password": PASSWORD, "csrf_token": page.token}
    response = client.post("/sign-in", query_string=in_query, data={**values, **in_form})
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.get("/my").status_code == 200


def test_who_is_sent_to_sign_in_first_is_told_so(client):
    assert "Please sign in first." not in get_page(client, "/sign-in").main
    sent = client.get("/needs/new").headers["Location"]
    assert "Please sign in first." in get_page(client, sent).main


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        ("", "", "Type your e-mail address."),
        ("", "my password", "Type your e-mail address."),
        ("aino@bank.example", "", "Type your password."),
        ("aino@bank.example", "wrong", "The e-mail address or the password is not right."),
    ],
)
def test_a_form_that_is_not_filled_in_says_what_it_asks_for(client, email, password, said):
    page = Page(post(client, "/sign-in", email=email, password=password))
    assert (page.one("h2").text, page.broken_rules()) == (said, [])


def test_a_wrong_password_stays_wrong_whatever_the_link(client, partner):
    assert enter(client, partner, "not my password", next_="//evil.example").status_code == 200
    assert client.get("/my").status_code == 303


def test_content_that_is_not_a_session_of_ours_is_nobody(client, session):
    session.add(
        SignInSession(
            key_hash=hash_key("key"),
            content=TaggedJSONSerializer().dumps({"_user_id": "nobody"}),
            browser="",
            expires=now() + timedelta(hours=1),
        )
    )
    session.commit()
    client.set_cookie("session", "key")
    assert client.get("/my").status_code == 303


def test_a_changed_password_keeps_this_browser_and_ends_the_others(app, client, session, partner):
    other = browser(app)
    enter(client, partner)
    sign_in(other, session, partner)
    response = post(
        client,
        "/account/password",
        password=PASSWORD,
        new_password="quite another password",
        new_password_confirm="quite another password",
    )
    assert response.status_code == 302
    assert client.get("/my").status_code == 200
    assert other.get("/my").status_code == 303
    fresh = browser(app)
    assert Page(enter(fresh, partner)).h1 == "Sign in"
    assert enter(fresh, partner, "quite another password").status_code == 302


def test_a_person_without_a_role_can_sign_in(client, session):
    stranger = add_user(session)
    assert enter(client, stranger).status_code == 302
    assert get_page(client, "/my").h1 == "My page"


def test_an_address_is_the_same_in_capitals(client, session):
    add_user(session, Role.PARTNER, email="aino@bank.example")
    values = {"email": "AINO@Bank.example", "password": PASSWORD}
    assert post(client, "/sign-in", **values).status_code == 302
