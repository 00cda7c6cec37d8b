"""Headers of every page, and the rules that no page breaks whoever reads it."""

import re
from dataclasses import replace

import pytest

from needsbank.app import create_app
from needsbank.domain.roles import Role
from needsbank.domain.suggestions import SuggestionState
from needsbank.services.demo_bank import ACCOUNTS, PASSWORD
from tests.conftest import ROOT, browser, dispose
from tests.factories import (
    add_competence,
    add_need,
    add_organisation,
    add_prior_work,
    add_suggestion,
    add_user,
)
from tests.pages import Page, get_page, post, sign_in

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@pytest.fixture
def everything(session):
    """One of everything, all by one person of every role; return their pages' addresses."""
    person = add_user(session, *Role)
    need, competence = add_need(session, person), add_competence(session, person)
    pairing = add_suggestion(session, need, competence, state=SuggestionState.APPROVED)
    proposed = add_suggestion(session, add_need(session, person))
    work = add_prior_work(session, abstract="About keys.", url="https://example.com/1")
    organisation = add_organisation(session)
    return person, [
        "/",
        "/about",
        "/search",
        "/search?q=keys",
        "/my",
        "/account",
        "/account/password",
        "/needs/",
        "/needs/?q=keys&page=2",
        "/needs/new",
        f"/needs/{need.id}",
        f"/needs/{need.id}/status",
        f"/needs/{need.id}/edit",
        f"/needs/{need.id}/close",
        "/competences/",
        "/competences/new",
        f"/competences/{competence.id}",
        f"/competences/{competence.id}/edit",
        "/prior-works/",
        f"/prior-works/{work.id}",
        "/organisations/",
        "/organisations/new",
        f"/organisations/{organisation.id}",
        f"/organisations/{organisation.id}/edit",
        "/pairings/",
        f"/pairings/{pairing.id}",
        "/coordination/",
        "/coordination/log",
        "/administration/matcher",
        f"/coordination/needs/{proposed.need_id}",
        f"/coordination/suggestions/{proposed.id}",
        f"/coordination/suggestions/{pairing.id}",
    ]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_page_keeps_the_rules_in_every_language(app, session, everything, language):
    person, addresses = everything
    client = browser(app, language)
    sign_in(client, session, person)
    client.get(f"/language/{language}")
    titles = [get_page(client, address).all("title")[0].text for address in addresses]
    assert all(title.endswith(" – Tarvepankki") for title in titles)


def test_an_empty_bank_keeps_the_rules_too(app, session, everything):
    client = browser(app)
    sign_in(client, session, add_user(session, *Role))
    for address in everything[1]:
        if address.count("-") < 4:
            get_page(client, address)


def test_every_answer_has_its_headers(client, session, everything):
    person, addresses = everything
    sign_in(client, session, person)
    for address in [*addresses, "/nothing", "/healthz"]:
        response = client.get(address)
        assert {name: response.headers.get(name) for name in HEADERS} == HEADERS, address
        assert response.headers["Cache-Control"] == "no-store", address
        assert "Cookie" in response.headers["Vary"], address
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy


def test_refusals_and_redirects_have_the_headers_too(client, session, partner):
    sign_in(client, session, partner)
    for response in (
        client.get("/coordination/"),
        client.post("/needs/", data={}),
        post(client, "/needs/"),
        client.get("/language/sv"),
    ):
        assert {name: response.headers.get(name) for name in HEADERS} == HEADERS


def test_transport_security_is_asked_for_over_https_only(client):
    assert "Strict-Transport-Security" not in client.get("/about").headers
    secure = client.get("/about", base_url="https://localhost")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_secure_bank_names_its_cookie_for_this_host_alone(settings, retrieval):
    app = create_app(replace(settings, secure_cookies=True), retrieval)
    response = browser(app).get("/sign-in", base_url="https://localhost")
    cookie = response.headers["Set-Cookie"]
    assert re.match(r"__Host-session=[\w-]{43}; .*Secure; HttpOnly; Path=/; SameSite=Lax", cookie)
    dispose(app)


def test_addresses_behind_a_proxy_are_the_reader_s(settings, retrieval):
    app = create_app(replace(settings, proxies=1), retrieval)
    client = browser(app)
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    assert "Strict-Transport-Security" in client.get("/about", headers=headers).headers
    dispose(app)


def test_a_forwarded_address_is_not_believed_without_a_proxy(client):
    headers = {"X-Forwarded-Proto": "https"}
    assert "Strict-Transport-Security" not in client.get("/about", headers=headers).headers


def test_browser_files_are_kept_for_a_year_under_an_address_that_changes(client):
    page = get_page(client, "/")
    addresses = [e.get("href") for e in page.all("link", rel="stylesheet")]
    addresses += [e.get("src") for e in page.all("script")]
    assert len(addresses) >= 4
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        response.close()
    plain = client.get("/static/favicon.svg")
    assert "immutable" not in plain.headers["Cache-Control"]
    plain.close()


def test_nothing_is_fetched_from_another_site(client, session, everything):
    person, addresses = everything
    sign_in(client, session, person)
    for address in addresses:
        page = Page(client.get(address))
        fetched = [e.get("src") for e in page.elements if "src" in e.attributes]
        fetched += [e.get("href") for e in page.all("link")]
        assert [each for each in fetched if not each.startswith("/static/")] == [], address


@pytest.mark.parametrize("outside", ["..%2f..%2fsettings.py", "../app.py", "%2e%2e/app.py"])
def test_files_outside_the_folder_are_not_served(client, outside):
    response = client.get(f"/static/{outside}")
    assert response.status_code == 404


def test_what_people_write_is_text_and_never_code(client, session, partner):
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{7919*7907}}"
    need = add_need(session, partner, title=evil, problem=evil, wished_change=evil, place=evil)
    add_prior_work(session, title=evil, abstract=evil, url="javascript:alert(1)", source=evil)
    sign_in(client, session, partner)
    for address in ("/", "/needs/", f"/needs/{need.id}", f"/needs/{need.id}/edit", "/prior-works/"):
        page = get_page(client, address)
        assert not page.all("img")
        assert str(7919 * 7907) not in page.main
    assert get_page(client, f"/needs/{need.id}").h1 == " ".join(evil.split())
    quoted = "/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
    assert get_page(client, quoted).value_of("q") == '"><script>alert(1)</script>'


def test_a_source_s_address_that_is_no_web_address_is_no_link(client, session):
    work = add_prior_work(session, url="javascript:alert(1)")
    page = get_page(client, f"/prior-works/{work.id}")
    assert [a.get("href") for a in page.all("a") if a.get("href").startswith("java")] == []


def test_demo_accounts_are_shown_in_a_demo_only(settings, retrieval, client):
    assert PASSWORD not in get_page(client, "/sign-in").html
    app = create_app(replace(settings, demo=True), retrieval)
    page = get_page(browser(app), "/sign-in")
    assert PASSWORD in page.main
    assert all(account.email in page.main for account in ACCOUNTS)
    dispose(app)


def test_the_bank_says_that_it_is_well(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_templates_write_no_html_that_was_not_escaped():
    """`safe` and Markup would let what people write be code."""
    for template in (ROOT / "needsbank" / "templates").rglob("*.html"):
        text = template.read_text()
        assert not re.search(r"\|\s*safe\b|autoescape\s+false", text), template
    for module in (ROOT / "needsbank").rglob("*.py"):
        assert "Markup(" not in module.read_text(), module


def test_what_templates_ask_htmx_to_do_works_without_it():
    """Every hx-post stands on a form with an action and every hx-get has a link beside it."""
    for template in (ROOT / "needsbank" / "templates").rglob("*.html"):
        text = template.read_text()
        for tag in re.findall(r"<[^>{]*(?:\{\{[^}]*\}\}[^>{]*)*hx-post[^>]*>", text):
            assert re.match(r"<(form|div|input|textarea|button)", tag), template
        assert "hx-on" not in text
        assert "hx-vals='js:" not in text
