"""The interface's language: chosen, remembered, else the browser's."""

from datetime import UTC, datetime

import pytest

from needsbank.db.models import User
from needsbank.domain.languages import Language
from needsbank.domain.roles import Role
from needsbank.web.languages import moment
from tests.conftest import browser
from tests.factories import add_need, add_user, day, reread
from tests.pages import Page, get_page, sign_in


def language_of(client, address="/"):
    return get_page(client, address).one("html").get("lang")


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("fi", "fi"),
        ("sv-FI,sv;q=0.9,en;q=0.5", "sv"),
        ("en-GB", "en"),
        ("de,en;q=0.2", "en"),
        ("de", "fi"),
        ("", "fi"),
        ("*", "fi"),
    ],
)
def test_the_browser_s_language_is_spoken_if_it_is_ours(app, asked, given):
    assert language_of(browser(app, asked)) == given


@pytest.mark.parametrize("code", ["fi", "sv", "en"])
def test_a_chosen_language_is_remembered(client, code):
    response = client.get(f"/language/{code}?next=/about")
    assert (response.status_code, response.headers["Location"]) == (303, "/about")
    assert language_of(client) == code
    assert language_of(client, "/about") == code


def test_a_reader_s_choice_is_theirs_on_another_browser(app, session):
    reader = add_user(session, Role.PARTNER, language=Language.FI)
    one, other = browser(app, "en"), browser(app, "en")
    sign_in(one, session, reader)
    assert language_of(one) == "fi"
    one.get("/language/sv")
    assert reread(session, reader).language is Language.SV
    sign_in(other, session, reader)
    assert language_of(other) == "sv"


def test_a_choice_of_nobody_in_particular_is_kept_in_the_browser_only(client, session):
    reader = add_user(session, language=Language.FI)
    client.get("/language/sv")
    assert session.get_one(User, reader.id).language is Language.FI


@pytest.mark.parametrize("code", ["de", "und", "xx", "FI"])
def test_other_languages_are_not_offered(client, code):
    assert client.get(f"/language/{code}").status_code == 404


@pytest.mark.parametrize("cookie", ["de", "und", "", "<script>"])
def test_a_made_up_cookie_is_ignored(client, cookie):
    client.set_cookie("language", cookie)
    assert language_of(client) == "en"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "///evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%5Cevil.example",
        "/%09/evil.example",
        "/a%0d%0aSet-Cookie:x=y",
        "javascript:alert(1)",
        "evil.example",
        "",
    ],
)
def test_choosing_a_language_never_leads_to_another_site(client, elsewhere):
    response = client.get(f"/language/sv?next={elsewhere}")
    assert response.headers["Location"] == "/"


@pytest.mark.parametrize("own", ["/needs/", "/search?q=a%26b", "/needs/?q=työ&page=2"])
def test_choosing_a_language_leads_back_to_where_the_reader_was(client, own):
    page = get_page(client, own)
    links = [link for link in page.all("a") if link.get("hreflang") == "sv"]
    target = client.get(links[0].get("href")).headers["Location"]
    assert Page(client.get(target)).value_of("q") == page.value_of("q")
    assert target.split("?")[0] == own.split("?")[0]


@pytest.mark.parametrize(
    ("language", "written"), [("fi", "1.1.2026"), ("sv", "1 jan. 2026"), ("en", "1 Jan 2026")]
)
def test_days_are_written_as_the_reader_writes_them(app, session, language, written):
    need = add_need(session, created=day(0))
    page = get_page(browser(app, language), f"/needs/{need.id}")
    assert written in page.main
    assert page.one("html").get("lang") == language


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("fi", "2.7.2026 klo 15.05"),
        ("sv", "2 juli 2026 kl. 15.05"),
        ("en", "2 Jul 2026, 15:05"),
    ],
)
def test_times_are_finnish_times_on_a_clock_of_24_hours(app, language, written):
    with app.test_request_context("/", headers={"Accept-Language": language}):
        assert moment(datetime(2026, 7, 2, 12, 5, tzinfo=UTC)) == written


def test_a_text_says_in_which_language_it_is(client, session):
    need = add_need(session, title="Avaimet hukkuvat", language=Language.FI)
    assert get_page(client, f"/needs/{need.id}").one("h1").get("lang") == "fi"
