"""Posting a need and leading it to its end, on pages that work without scripts."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from needsbank.app import engine_of
from needsbank.db.models import Need, Organisation
from needsbank.domain.fields import Field
from needsbank.domain.licences import Licence
from needsbank.domain.needs import CloseReason, NeedState, Scope
from needsbank.domain.roles import Role
from needsbank.domain.suggestions import SuggestionState
from needsbank.domain.visibility import Visibility
from tests.factories import (
    add_competence,
    add_need,
    add_organisation,
    add_prior_work,
    add_suggestion,
    add_unit,
    add_user,
    organisation_id_of,
    reread,
    unit_id_of,
)
from tests.pages import Page, get_page, post, token_of

TEXTS = {
    "title": "Avaimet hukkuvat",
    "problem": "Sijaiset eivät löydä asiakkaiden avaimia iltavuorossa.",
    "wished_change": "Avain löytyy minuutissa.",
    "who_suffers": "asiakkaat",
    "measure": "Turhia ajoja on puolet vähemmän.",
    "timing": "iltaisin",
    "place": "kotihoidossa",
}
CHOICES = {"field": "health_social", "scope": "team", "language": "fi", "visibility": "network"}

# What a browser sends of an untouched form.
EMPTY = {
    **dict.fromkeys([*TEXTS, "unit_id", "field", "scope", "language"], ""),
    "visibility": "public",
}


@pytest.fixture
def mine(session, partner, sign_in_as):
    return sign_in_as(partner)


def filled(session, partner, **values):
    return {**TEXTS, **CHOICES, "unit_id": str(unit_id_of(session, partner)), **values}


def only_need(session):
    session.rollback()
    session.expire_all()
    return session.scalars(select(Need)).one()


def count(session):
    session.rollback()
    return session.scalar(select(func.count(Need.id)))


def test_a_need_is_posted_with_everything_said(mine, session, partner):
    response = post(mine, "/needs/", **filled(session, partner))
    need = only_need(session)
    assert (response.status_code, response.headers["Location"]) == (303, f"/needs/{need.id}")
    assert {name: getattr(need, name) for name in TEXTS} == TEXTS
    assert (need.state, need.author_id) == (NeedState.OPEN, partner.id)
    assert (need.field, need.scope) == (Field.HEALTH_SOCIAL, Scope.TEAM)
    assert need.visibility is Visibility.NETWORK
    page = get_page(mine, f"/needs/{need.id}")
    assert page.flashes == ["Thank you! Your need is in the bank."]
    assert get_page(mine, f"/needs/{need.id}").flashes == []


def test_three_answers_are_enough(mine, session, partner):
    said = {name: TEXTS[name] for name in ("title", "problem")}
    values = {**EMPTY, **said, "unit_id": str(unit_id_of(session, partner))}
    response = post(mine, "/needs/", **values)
    assert response.status_code == 303
    assert only_need(session).state is NeedState.OPEN


def test_a_need_can_be_kept_as_a_draft(mine, session, partner):
    post(mine, "/needs/", **filled(session, partner, draft="1"))
    need = only_need(session)
    assert (need.state, need.opened) == (NeedState.DRAFT, None)
    post(mine, f"/needs/{need.id}/open")
    assert reread(session, need).state is NeedState.OPEN


def test_what_is_missing_is_told_and_what_was_typed_is_kept(mine, session, partner):
    values = filled(session, partner, title="  ", wished_change='"quoted" & <b>')
    page = Page(post(mine, "/needs/", **values))
    assert (page.status, page.broken_rules()) == (422, [])
    assert page.errors == ["Say in a few words what you need."]
    kept = {name: page.value_of(name) for name in values if name != "title"}
    assert kept == {name: value for name, value in values.items() if name != "title"}
    summary = [e for e in page.all("div") if "data-error-summary" in e.attributes]
    assert [e.get("href") for e in page.all("a") if summary[0] in e.around] == ["#title"]
    assert page.one("input", name="title").get("aria-invalid") == "true"
    assert count(session) == 0


def test_everything_that_is_missing_is_told_at_once(mine, session, partner):
    organisation = session.get_one(Organisation, organisation_id_of(partner))
    add_unit(session, organisation, "Night team")
    page = Page(post(mine, "/needs/", **EMPTY))
    assert page.status == 422
    assert page.errors == [
        "Say in a few words what you need.",
        "Tell what the problem is.",
        "Choose the unit whose need this is.",
    ]


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("title", 200),
        ("problem", 4000),
        ("wished_change", 1000),
        ("who_suffers", 1000),
        ("timing", 1000),
        ("place", 1000),
    ],
)
def test_texts_have_a_longest_length(mine, session, partner, name, most):
    page = Page(post(mine, "/needs/", **filled(session, partner, **{name: "x" * (most + 1)})))
    assert (page.status, page.errors) == (422, [f"Shorten this to at most {most} characters."])
    assert page.value_of(name) == "x" * (most + 1)
    assert [e.get("maxlength") for e in page.elements if e.get("name") == name] == [str(most)]
    assert (
        post(mine, "/needs/", **filled(session, partner, **{name: "x" * most})).status_code == 303
    )


@pytest.mark.parametrize("name", ["unit_id", *CHOICES])
def test_what_is_not_on_offer_cannot_be_chosen(mine, session, partner, name):
    page = Page(post(mine, "/needs/", **filled(session, partner, **{name: "made-up"})))
    assert page.status == 422
    assert len(page.errors) == 1
    assert count(session) == 0


def test_a_unit_of_another_organisation_cannot_be_chosen(mine, session, partner):
    other = add_organisation(session).units[0]
    page = Page(post(mine, "/needs/", **filled(session, partner, unit_id=str(other.id))))
    assert page.status == 422
    assert count(session) == 0


def test_a_single_unit_is_chosen_already(mine, session, partner):
    assert get_page(mine, "/needs/new").value_of("unit_id") == str(unit_id_of(session, partner))


def test_units_are_offered_as_a_tree_under_their_organisation(mine, session, partner):
    organisation = session.get_one(Organisation, organisation_id_of(partner))
    add_unit(session, organisation, "Night team", organisation.units[0])
    page = get_page(mine, "/needs/new")
    (group,) = page.all("optgroup")
    assert group.get("label") == organisation.name
    options = [e for e in page.all("option") if group in e.around]
    assert ["".join(e.words) for e in options] == [
        organisation.name,
        "\N{NO-BREAK SPACE}" * 3 + "Night team",
    ]


def test_a_need_starts_out_as_public(mine):
    assert get_page(mine, "/needs/new").value_of("visibility") == "public"


def test_the_form_shows_what_the_need_says_now(mine, session, partner):
    post(mine, "/needs/", **filled(session, partner))
    page = get_page(mine, f"/needs/{only_need(session).id}/edit")
    values = filled(session, partner)
    assert {name: page.value_of(name) for name in values} == values


def test_a_change_is_saved(mine, session, partner):
    need = add_need(session, partner, embedded_in=1, matched_with="y")
    values = filled(session, partner, title="Changed", visibility="coordinators")
    response = post(mine, f"/needs/{need.id}/edit", **values)
    assert response.headers["Location"] == f"/needs/{need.id}"
    need = reread(session, need)
    assert (need.title, need.visibility) == ("Changed", Visibility.COORDINATORS)
    assert (need.embedded_in, need.matched_with) == (None, None)


def test_a_change_that_says_nothing_of_who_may_see_it_publishes_nothing(mine, session, partner):
    """A form that lost a field must not make a confidential need public."""
    need = add_need(session, partner, visibility=Visibility.COORDINATORS)
    values = filled(session, partner)
    del values["visibility"]
    post(mine, f"/needs/{need.id}/edit", **values)
    assert reread(session, need).visibility is Visibility.COORDINATORS


def test_a_change_with_mistakes_keeps_what_was_typed(mine, session, partner):
    need = add_need(session, partner, title="As it was")
    page = Page(post(mine, f"/needs/{need.id}/edit", **filled(session, partner, problem="")))
    assert (page.status, page.broken_rules()) == (422, [])
    assert page.errors == ["Tell what the problem is."]
    assert page.value_of("title") == TEXTS["title"]
    assert reread(session, need).title == "As it was"


def test_a_need_that_has_ended_cannot_be_changed(mine, session, partner):
    need = add_need(session, partner, state=NeedState.CLOSED, close_reason=CloseReason.SOLVED)
    response = post(mine, f"/needs/{need.id}/edit", **filled(session, partner))
    assert response.status_code == 409


def test_a_need_ends_with_a_reason_that_everybody_reads(mine, client, session, partner):
    need = add_need(session, partner)
    asked = get_page(mine, f"/needs/{need.id}/close")
    assert asked.h1 == "End the need"
    post(mine, f"/needs/{need.id}/close", reason="adopted", note="In use since May.")
    page = get_page(client, f"/needs/{need.id}")
    assert "This need has ended: We took an existing solution into use" in page.main
    assert "In use since May." in page.main


def test_an_end_without_a_reason_is_asked_again(mine, session, partner):
    need = add_need(session, partner)
    page = Page(post(mine, f"/needs/{need.id}/close", note="because"))
    assert (page.status, page.errors) == (422, ["Choose how it ended."])
    assert page.value_of("note") == "because"
    assert reread(session, need).state is NeedState.OPEN


def test_a_withdrawn_need_is_its_author_s_until_it_is_restored(mine, client, session, partner):
    need = add_need(session, partner)
    post(mine, f"/needs/{need.id}/withdraw")
    get_page(client, f"/needs/{need.id}", 404)
    page = get_page(mine, f"/needs/{need.id}")
    assert page.flashes == ["The need is withdrawn; only you see it. You can still restore it."]
    post(mine, f"/needs/{need.id}/restore")
    assert reread(session, need).state is NeedState.DRAFT


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (NeedState.DRAFT, {"open", "edit", "withdraw"}),
        (NeedState.OPEN, {"edit", "close", "withdraw"}),
        (NeedState.AGREED, {"close"}),
        (NeedState.CLOSED, {"open"}),
        (NeedState.WITHDRAWN, {"restore"}),
    ],
)
def test_authors_are_offered_what_the_state_allows(mine, session, partner, state, offered):
    need = add_need(session, partner, state=state, close_reason=CloseReason.SOLVED)
    html = get_page(mine, f"/needs/{need.id}").html
    assert set(re.findall(rf"/needs/{need.id}/(\w+)\"", html)) - {"status"} == offered


def test_others_are_offered_no_more_than_to_join(client, session, sign_in_as, partner):
    need = add_need(session, partner)
    colleague = add_user(session, Role.PARTNER, organisation=need.organisation)
    for reader, offered in ((client, set()), (sign_in_as(colleague), {"support"})):
        html = get_page(reader, f"/needs/{need.id}").html
        assert set(re.findall(rf"/needs/{need.id}/(\w+)\"", html)) == offered


def test_the_author_sees_how_the_matching_goes(mine, session, partner, work):
    need = add_need(session, partner, title="Keys get lost", problem="Keys of customers are lost.")
    page = get_page(mine, f"/needs/{need.id}/status")
    assert "looking for those who could take this up" in page.main
    assert page.one("section", id="status").get("hx-trigger") == "every 1s"
    competence = add_competence(session, title="Lost keys of customers are found")
    work()
    page = get_page(mine, f"/needs/{need.id}/status")
    assert "The bank found 1 possible pair." in page.main
    assert "hx-trigger" not in page.one("section", id="status").attributes
    assert f"/competences/{competence.id}" in [a.get("href") for a in page.all("a")]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (SuggestionState.APPROVED, "A coordinator has approved a pairing."),
        (SuggestionState.AGREED, "A pairing has been agreed."),
    ],
)
def test_the_author_is_led_to_the_pairings_once_there_is_one(mine, session, partner, state, told):
    agreed = state is SuggestionState.AGREED
    need_state = NeedState.AGREED if agreed else NeedState.OPEN
    need = add_need(session, partner, state=need_state, matched_with="some version")
    add_suggestion(session, need, state=state)
    page = get_page(mine, f"/needs/{need.id}/status")
    assert told in page.main
    main = [a.get("href") for a in page.all("a") if a.is_inside("main")]
    assert "/pairings/" in main
    if agreed:
        assert [each for each in main if each.startswith("/competences/")] == []


def test_the_author_is_told_when_there_is_no_good_pair(mine, session, partner, work):
    need = add_need(session, partner)
    work()
    page = get_page(mine, f"/needs/{need.id}")
    assert "There is no good pair among the competences" in page.main


def test_an_author_whose_need_names_nothing_is_asked_for_more(mine, session, partner, work):
    need = add_need(session, partner, title="See the attached file", problem="It has the details.")
    add_competence(session, title="We read every attached file", description="And the details.")
    work()
    page = get_page(mine, f"/needs/{need.id}")
    assert "The need says too little yet" in page.main
    hrefs = [a.get("href") for a in page.all("a") if a.is_inside("main")]
    assert f"/needs/{need.id}/edit" in hrefs
    assert not [each for each in hrefs if each.startswith("/competences/")]


def test_a_part_of_a_page_is_given_when_htmx_asks_for_it(mine, session, partner):
    need = add_need(session, partner)
    part = mine.get(f"/needs/{need.id}/status", headers={"HX-Request": "true"})
    assert part.get_data(as_text=True).strip().startswith("<section")
    assert "HX-Request" in part.headers["Vary"]
    for header in ("HX-Boosted", "HX-History-Restore-Request"):
        headers = {"HX-Request": "true", header: "true"}
        whole = mine.get(f"/needs/{need.id}/status", headers=headers)
        assert "<html" in whole.get_data(as_text=True)


def test_what_is_like_a_text_is_shown_as_a_page_without_scripts(mine, session, partner, work):
    alike = add_need(session, title=TEXTS["title"], problem=TEXTS["problem"])
    thesis = add_prior_work(session, title=TEXTS["title"], abstract=TEXTS["problem"])
    work()
    page = Page(post(mine, "/needs/similar", **filled(session, partner)))
    assert (page.status, page.broken_rules()) == (200, [])
    addresses = [a.get("href") for a in page.all("a") if a.is_inside("main")]
    assert {f"/needs/{alike.id}", f"/prior-works/{thesis.id}"} <= set(addresses)
    assert count(session) == 1


def test_what_is_like_a_text_is_shown_beside_it_with_scripts(mine, session, partner, work):
    add_need(session, title=TEXTS["title"], problem=TEXTS["problem"])
    work()
    response = mine.post(
        "/needs/similar",
        data={"csrf_token": token_of(mine), **filled(session, partner)},
        headers={"HX-Request": "true"},
    )
    html = response.get_data(as_text=True)
    assert "<html" not in html
    assert TEXTS["title"] in html


def test_a_similar_work_can_be_compared_sentence_by_sentence(mine, session, partner, work):
    need = add_need(session, partner, title=TEXTS["title"], problem=TEXTS["problem"])
    add_prior_work(session, title=TEXTS["title"], abstract=TEXTS["problem"])
    work()
    page = get_page(mine, f"/needs/{need.id}")
    (address,) = [a.get("href") for a in page.all("a") if "/similar/" in (a.get("href") or "")]
    whole = get_page(mine, address)
    assert (whole.status, whole.broken_rules()) == (200, [])
    assert whole.main.count(TEXTS["problem"]) >= 2
    part = mine.get(address, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in part
    assert part.count(TEXTS["problem"]) >= 2


def test_a_work_that_may_not_be_quoted_is_not(mine, session, partner, work):
    need = add_need(session, partner, title=TEXTS["title"], problem=TEXTS["problem"])
    kept = "Avaimia hukkuu."
    thesis = add_prior_work(
        session,
        title=TEXTS["title"],
        abstract=f"{TEXTS['problem']} {kept}",
        licence=Licence.IN_COPYRIGHT,
    )
    work()
    page = get_page(mine, f"/needs/{need.id}/similar/prior_work/{thesis.id}")
    assert {e.text for e in page.all("blockquote")} <= {TEXTS["title"], TEXTS["problem"]}
    assert page.main.count(TEXTS["problem"]) <= 1, "the need's own sentence at most"
    assert kept not in page.html + get_page(mine, f"/needs/{need.id}").html


def test_the_text_being_written_is_compared_too(mine, session, partner, work):
    thesis = add_prior_work(session, title=TEXTS["title"], abstract=TEXTS["problem"])
    work()
    said = filled(session, partner)
    beside = post(mine, "/needs/similar", **said).get_data(as_text=True)
    assert "What do they have in common?" not in beside
    page = Page(post(mine, f"/needs/similar/prior_work/{thesis.id}", **said))
    assert (page.status, page.broken_rules()) == (200, [])
    assert page.main.count(TEXTS["problem"]) >= 2
    assert post(mine, f"/needs/similar/competence/{thesis.id}", **said).status_code == 404


def test_only_those_signed_in_are_offered_to_compare(client, session, partner, work):
    need = add_need(session, partner, title=TEXTS["title"], problem=TEXTS["problem"])
    add_prior_work(session, title=TEXTS["title"], abstract=TEXTS["problem"])
    work()
    assert "/similar/" not in client.get(f"/needs/{need.id}").get_data(as_text=True)


def test_a_need_tells_what_is_like_it_but_not_itself(client, session, partner, work):
    texts: dict[str, Any] = {"title": TEXTS["title"], "problem": TEXTS["problem"]}
    need, other = add_need(session, partner, **texts), add_need(session, **texts)
    assert "Not checked yet" in get_page(client, f"/needs/{need.id}").main
    work()
    page = get_page(client, f"/needs/{need.id}")
    beside = [a.get("href") for a in page.all("a") if a.is_inside("aside")]
    assert f"/needs/{other.id}" in beside
    assert f"/needs/{need.id}" not in beside


@pytest.mark.parametrize("rows", [1, 5])
@pytest.mark.parametrize("address", ["/needs/", "/", "/my"])
def test_a_list_costs_as_many_queries_however_long_it_is(
    app, mine, session, partner, count_queries, rows, address
):
    for _ in range(rows):
        add_need(session, partner)
    mine.get(address)
    with count_queries(engine_of(app)) as queries:
        page = get_page(mine, address)
    assert len([e for e in page.all("article") if "posting" in e.get("class")]) == rows
    # The session, the reader and their roles come before what the page itself asks for.
    assert len(queries) == {"/needs/": 8, "/": 4, "/my": 10}[address], queries


def test_the_list_keeps_words_and_filters_from_page_to_page(client, session, partner):
    for _ in range(21):
        add_need(session, partner, field=Field.SAFETY)
    page = get_page(client, "/needs/?field=safety&ended=1")
    assert "21 needs" in page.main
    (next_page,) = (a.get("href") for a in page.all("a") if a.get("rel") == "next")
    assert next_page == "/needs/?field=safety&ended=1&page=2"
    assert len(get_page(client, next_page).all("article")) == 1


@pytest.mark.parametrize(
    "asked", ["page=0", "page=-1", "page=x", "page=99999999999999999999", "page=²", "field=made-up"]
)
def test_an_address_that_asks_for_nonsense_gets_the_list(client, session, asked):
    add_need(session)
    assert len(get_page(client, f"/needs/?{asked}").all("article")) == 1


@pytest.mark.parametrize("words", ["%00", "%FF%FE", "%F0%9F%94%91", "'; drop table needs; --", "*"])
def test_any_words_can_be_searched_for(client, session, work, words):
    add_need(session)
    work()
    for address in ("/search", "/needs/", "/competences/", "/prior-works/"):
        get_page(client, f"{address}?q={words}")


def test_a_null_character_does_not_cut_a_text_short(mine, session, partner):
    post(mine, "/needs/", **filled(session, partner, problem="before\0after"))
    need = only_need(session)
    assert "\0" not in need.problem
    assert "after" in need.problem
