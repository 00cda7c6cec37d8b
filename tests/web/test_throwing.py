"""Throwing an idea on pages that work without scripts, and bounds on it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from needsbank.db.models import Attempt, AuditEntry, Capture, Journey, Message, UnitVoice
from needsbank.domain.clock import now
from needsbank.domain.fields import Field
from needsbank.domain.needs import Scope
from needsbank.domain.roles import Role
from needsbank.domain.visibility import Visibility
from needsbank.web.ideas import throwing
from tests.conftest import browser
from tests.factories import (
    add_capture,
    add_need,
    add_organisation,
    add_prior_work,
    add_unit_link,
    add_user,
)
from tests.pages import Page, get_page, post, sign_in, token_of

KEYS: dict[str, Any] = {
    "title": "Keys of customers get lost",
    "problem": "Substitutes cannot find the keys of the homes that they visit.",
}
TEXT = "Substitutes cannot find the keys of the homes that they visit."
CODE = "Hetu 010195-9011 was left on the table."


@pytest.fixture
def link(session):
    return add_unit_link(session, add_organisation(session, "Home care").units[0])


def throw(client, link, text=TEXT, **values):
    return post(client, f"/i/{link.code}", text=text, **{"key": str(uuid4()), **values})


def stored(session):
    session.rollback()
    return session.scalars(select(Capture)).all()


def test_the_box_asks_for_nothing_but_the_text(client, session, link):
    page = get_page(client, f"/i/{link.code}")
    assert page.h1 == "Throw an idea"
    assert "Home care" in page.main
    response = post(client, f"/i/{link.code}", text="Keys get lost.")
    (idea,) = stored(session)
    assert response.status_code == 303
    assert response.location == f"/follow/{idea.follow_code}?new=1"
    assert (idea.text, idea.anonymous, idea.scope) == ("Keys get lost.", True, None)


def test_scope_and_name_are_kept_if_told(client, session, link):
    throw(client, link, scope="team", naming="catchers", name="Lena")
    (idea,) = stored(session)
    assert (idea.scope, idea.sender_name, idea.anonymous) == (Scope.TEAM, "Lena", False)


def test_the_same_form_sent_twice_is_one_idea_and_one_answer(client, session, link):
    key = str(uuid4())
    answers = [throw(client, link, key=key).location for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(stored(session)) == 1


def test_the_page_gives_each_form_a_key_of_its_own(client, link):
    keys = {get_page(client, f"/i/{link.code}").value_of("key") for _ in range(2)}
    assert len(keys) == 2


def test_personal_data_is_shown_with_a_rewrite_and_nothing_is_stored(client, session, link):
    page = Page(throw(client, link, CODE))
    assert page.status == 422
    assert page.broken_rules() == []
    assert "Identity code: 010195-9011" in page.main
    assert page.value_of("text") == "Hetu [identity code removed] was left on the table."
    assert CODE in page.main
    for model in (Capture, Journey, Message, AuditEntry):
        assert session.scalar(select(func.count()).select_from(model)) == 0
    assert throw(client, link, page.value_of("text"), key=page.value_of("key")).status_code == 303


def test_the_rewrite_is_in_the_language_of_the_page(app, link):
    page = Page(throw(browser(app, "sv"), link, CODE))
    assert page.value_of("text") == "Hetu [personbeteckning borttagen] was left on the table."


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("  ", "Write a sentence first."), ("x" * 2001, "Shorten this to at most 2000 characters.")],
)
def test_what_says_nothing_or_too_much_is_refused_with_what_was_typed(
    client, link, text, complaint
):
    page = Page(throw(client, link, text))
    assert (page.status, page.errors) == (422, [complaint])
    assert page.value_of("text") == text


def test_a_revoked_and_an_unknown_code_are_answered_alike(client, session, link):
    revoked = add_unit_link(session, link.unit, revoked=now())
    pages = []
    for code in (revoked.code, "abcdefghjk", "unknown"):
        response = client.get(f"/i/{code}")
        assert response.status_code == 404
        html = response.get_data(as_text=True).replace(code, "")
        pages.append(html.replace(Page(response).token if "csrf_token" in html else "", ""))
    assert pages[0] == pages[1] == pages[2]


def test_an_unknown_follow_code_is_not_there(client):
    assert client.get(f"/follow/{'x' * 43}").status_code == 404
    assert client.get(f"/follow/mail/{'x' * 43}").status_code == 404


class TestScript:
    def send(self, client, link, **values):
        data = {"csrf_token": client.get("/i/token").json["token"], "key": str(uuid4()), **values}
        return client.post(f"/i/{link.code}", data=data, headers={"Accept": "application/json"})

    def test_a_queue_sends_with_a_token_asked_for_afresh(self, client, session, link):
        key = str(uuid4())
        answers = [self.send(client, link, text=TEXT, key=key) for _ in range(2)]
        (idea,) = stored(session)
        assert [(each.status_code, each.json) for each in answers] == [
            (201, {"address": f"/follow/{idea.follow_code}"})
        ] * 2

    def test_a_queue_is_told_what_it_cannot_send(self, client, session, link):
        assert self.send(client, link, text=CODE).status_code == 422
        assert stored(session) == []

    def test_the_worker_may_look_after_every_units_page_and_no_other(self, client):
        response = client.get("/i/worker.js")
        assert response.mimetype == "text/javascript"
        assert "Service-Worker-Allowed" not in response.headers
        assert "worker-src 'self'" in response.headers["Content-Security-Policy"]
        response.close()


class TestBounds:
    def test_a_link_takes_so_many_and_keeps_what_was_typed(
        self, client, session, link, monkeypatch
    ):
        monkeypatch.setattr(throwing, "PER_LINK", 2)
        for _ in range(2):
            assert throw(client, link).status_code == 303
        refused = Page(throw(client, link))
        assert refused.status == 429
        assert int(refused.response.headers["Retry-After"]) > 0
        assert refused.value_of("text") == TEXT
        assert throw(client, add_unit_link(session)).status_code == 303

    def test_an_address_sends_so_many(self, client, session, link, monkeypatch):
        monkeypatch.setattr(throwing, "PER_ADDRESS", 1)
        assert throw(client, link).status_code == 303
        assert throw(client, add_unit_link(session)).status_code == 429
        session.execute(update(Attempt).values(at=now() - timedelta(hours=1)))
        session.commit()
        assert throw(client, link).status_code == 303

    def test_what_came_through_is_answered_again_also_when_the_budget_is_spent(
        self, client, link, monkeypatch
    ):
        monkeypatch.setattr(throwing, "PER_LINK", 1)
        key = str(uuid4())
        assert throw(client, link, key=key).location == throw(client, link, key=key).location

    def test_no_address_of_a_person_is_stored(self, client, session, link):
        throw(client, link)
        keys = session.scalars(select(Attempt.key)).all()
        assert len(keys) == 2
        assert not any("127.0.0.1" in key or link.code in key for key in keys)


class TestSimilar:
    @pytest.fixture
    def known(self, session, work):
        need = add_need(session, **KEYS, field=Field.HEALTH_SOCIAL)
        add_need(session, **KEYS, visibility=Visibility.NETWORK)
        work_ = add_prior_work(session, title=KEYS["title"], abstract=KEYS["problem"])
        work()
        return need, work_

    def similar(self, client, link, text=TEXT):
        headers = {"HX-Request": "true"}
        data = {"csrf_token": token_of(client), "text": text}
        return client.post(f"/i/{link.code}/similar", data=data, headers=headers).text

    def test_only_what_everybody_may_read_is_shown_three_at_most(
        self, client, session, link, known, work
    ):
        for _ in range(4):
            add_need(session, **KEYS)
        work()
        html = self.similar(client, link)
        assert html.count("<li") == 3
        assert "1 team has thought of this" in html

    def test_a_hidden_need_shows_to_nobody_also_when_signed_in(self, app, session, link, known):
        reader = browser(app)
        sign_in(reader, session, add_user(session, Role.COORDINATOR))
        html = self.similar(reader, link)
        assert html.count("/needs/") == 1
        assert f"/needs/{known[0].id}" in html
        assert f"/prior-works/{known[1].id}" in html

    def test_personal_data_is_told_of_while_writing(self, client, link):
        html = self.similar(client, link, CODE)
        assert "010195-9011" in html

    def test_a_voice_counts_once_per_device(self, app, session, link, known):
        need = known[0]
        for client in (browser(app), browser(app)):
            get_page(client, f"/i/{link.code}")
            for _ in range(2):
                response = post(client, f"/i/{link.code}/same/{need.id}")
                assert response.location == f"/i/{link.code}"
        session.rollback()
        voices = session.scalars(select(UnitVoice)).all()
        assert len({voice.device for voice in voices}) == len(voices) == 2
        coordinator = browser(app)
        sign_in(coordinator, session, add_user(session, Role.COORDINATOR))
        assert (
            "Without an account: 1 unit"
            in get_page(coordinator, f"/coordination/needs/{need.id}").main
        )

    def test_the_field_is_guessed_from_what_is_similar(self, client, session, link, known):
        throw(client, link)
        assert [idea.field for idea in stored(session)] == [Field.HEALTH_SOCIAL]

    def test_without_scripts_the_similar_ones_are_a_page(self, client, link, known):
        page = Page(post(client, f"/i/{link.code}/similar", text=TEXT))
        assert page.broken_rules() == []
        assert "1 team has thought of this" in page.main


class TestLinks:
    @pytest.fixture
    def partner(self, session):
        return add_user(session, Role.PARTNER)

    @pytest.fixture
    def home(self, partner):
        return partner.memberships[0].organisation

    def test_a_partner_makes_a_link_prints_the_poster_and_rotates(
        self, session, partner, home, sign_in_as, client
    ):
        mine = sign_in_as(partner)
        address = f"/unit-links/{home.id}"
        assert "Links and posters" in get_page(mine, f"/organisations/{home.id}").main
        post(mine, f"/unit-links/units/{home.units[0].id}")
        page = get_page(mine, address)
        (first,) = {e.get("href") for e in page.all("a") if e.get("href").startswith("/i/")}
        assert get_page(client, first).h1 == "Throw an idea"
        poster = get_page(mine, f"/unit-links/units/{home.units[0].id}/poster")
        pictures = [each.get("src") for each in poster.all("img")]
        assert [each.partition(",")[0] for each in pictures] == ["data:image/svg+xml;charset=utf-8"]
        assert f"http://localhost{first}" in poster.main
        post(mine, f"/unit-links/units/{home.units[0].id}")
        assert client.get(first).status_code == 404

    @pytest.mark.parametrize(
        ("language", "words"),
        [("fi", "Heitä idea!"), ("sv", "Kasta en idé!"), ("en", "Throw an idea!")],
    )
    def test_posters_are_in_three_languages(
        self, session, partner, home, sign_in_as, language, words
    ):
        add_unit_link(session, home.units[0])
        poster = get_page(
            sign_in_as(partner), f"/unit-links/units/{home.units[0].id}/poster?language={language}"
        )
        assert poster.one("html").get("lang") == language
        assert poster.h1.startswith(words)

    def test_no_page_shows_a_link_to_those_who_do_not_make_them(self, session, home, sign_in_as):
        add_capture(session, home.units[0])
        member = sign_in_as(add_user(session, Role.MEMBER, organisation=home))
        assert "Links and posters" not in get_page(member, f"/organisations/{home.id}").main


def test_the_same_key_at_the_same_moment_is_one_idea(app, session, link):
    key = str(uuid4())
    clients = [browser(app) for _ in range(4)]
    tokens = [token_of(client) for client in clients]

    def send(client, token):
        data = {"csrf_token": token, "key": key, "text": TEXT}
        return client.post(f"/i/{link.code}", data=data).location

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = set(pool.map(send, clients, tokens))
    assert len(answers) == 1
    assert len(stored(session)) == 1
