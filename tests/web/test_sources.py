"""Pages of sources: what is fed from where, how it went, and the admins' forms."""

import json

import pytest
from sqlalchemy import select

from needsbank.app import engine_of
from needsbank.db.models import AuditEntry, Source
from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence
from needsbank.domain.roles import Role
from needsbank.domain.sources import HarvestState, Schedule, SourceKind
from needsbank.sources.mapping import mapping_of
from needsbank.web.sources.presets import PRESETS
from tests.factories import (
    add_catalogue,
    add_harvest,
    add_prior_work,
    add_user,
    day,
    reread,
)
from tests.pages import get_page, post, token_of

MAPPING = {"fields": {"title": {"column": "Nimi"}}}


@pytest.fixture
def office(session, sign_in_as):
    """An admin's browser."""
    return sign_in_as(add_user(session, Role.ADMIN))


@pytest.fixture
def desk(coordinator, sign_in_as):
    """A coordinator's browser."""
    return sign_in_as(coordinator)


def filled_in(**values):
    return {
        "name": "Projects",
        "kind": "catalogue",
        "mapping": json.dumps(MAPPING),
        "licence": "cc_by",
        "trust": "curated",
        "schedule": "manual",
        "language": "fi",
        "work_kind": "project",
        **values,
    }


def send(client, address, values):
    """Send a form, one of whose fields is called `address`."""
    return client.post(address, data={"csrf_token": token_of(client), **values})


def stored(session):
    session.rollback()
    return session.scalars(select(Source)).one()


def test_an_empty_list_says_what_a_source_is_for(office, desk):
    page = get_page(office, "/sources/")
    assert "No sources yet" in page.main
    assert [a.get("href") for a in page.all("a", class_="ds-button") if a.is_inside("main")] == [
        "/sources/new"
    ]
    assert "An administrator adds them." in get_page(desk, "/sources/").main


def test_those_who_may_see_the_sources_find_them_in_the_menu(office, desk, partner, sign_in_as):
    for reader, led_there in ((office, True), (desk, True), (sign_in_as(partner), False)):
        links = [a.get("href") for a in get_page(reader, "/").all("a") if a.is_inside("nav")]
        assert ("/sources/" in links) is led_there


def test_a_coordinator_sees_what_comes_from_where_and_how_it_went(desk, session):
    source = add_catalogue(
        session, name="Theseus", kind=SourceKind.OAI_PMH, schedule=Schedule.WEEKLY
    )
    add_harvest(session, source, started=day(0), added=1200, changed=3, rejected=1)
    add_prior_work(session, source="Theseus", source_id=source.id)
    add_catalogue(session, name="Paused", active=False)
    page = get_page(desk, "/sources/")
    assert [e.text for e in page.all("h2")] == ["Paused", "Theseus"]
    for said in (
        "1 work",
        "Licence: CC BY",
        "Every week",
        "Next: 8 Jan 2026",
        "New 1,200, changed 3, removed 0, not taken 1.",
        "Nothing has been read from here yet.",
    ):
        assert said in page.main
    assert page.all("button", type="submit", form="") == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"state": HarvestState.PARTIAL, "problem": "too_slow", "added": 2},
            "It broke off: the answer took too long."
            " What had come is kept, and nothing was removed. New 2,",
        ),
        (
            {"state": HarvestState.FAILED, "problem": "not_reachable"},
            "Nothing could be read: the address does not answer. The bank is as it was.",
        ),
        (
            {"state": HarvestState.FAILED, "problem": "never heard of", "detail": "<b>odd</b>"},
            "Nothing could be read: the answer could not be understood.",
        ),
        ({"state": HarvestState.CANCELLED}, "Somebody stopped it. What had come is kept."),
    ],
)
def test_how_a_harvest_ended_is_told_in_a_line(desk, session, values, said):
    source = add_catalogue(session)
    add_harvest(session, source, **values)
    assert said in get_page(desk, f"/sources/{source.id}").main
    assert said in get_page(desk, "/sources/").main


def test_a_harvest_under_way_has_a_bar_that_is_asked_for_again(desk, session):
    source = add_catalogue(session)
    harvest = add_harvest(
        session, source, state=HarvestState.RUNNING, finished=None, position=250, expected=1000
    )
    address = f"/sources/{source.id}/progress"
    for page in (
        get_page(desk, f"/sources/{source.id}"),
        get_page(desk, "/sources/"),
        get_page(desk, address),
    ):
        bar = page.one("progress")
        assert (bar.get("value"), bar.get("max")) == ("250", "1000")
        assert "250 of 1,000 records read." in page.main
        assert page.one("div", hx_get=address).get("hx-trigger") == "every 2s"
    harvest.state = HarvestState.COMPLETE
    session.commit()
    assert "hx-get" not in desk.get(address, headers={"HX-Request": "true"}).text


def test_a_bar_without_an_end_shows_no_share(desk, session):
    source = add_catalogue(session)
    add_harvest(session, source, state=HarvestState.RUNNING, finished=None, position=7)
    page = get_page(desk, f"/sources/{source.id}")
    assert page.one("progress").get("max", "none") == "none"
    assert "Records read: 7." in page.main


def test_the_page_of_a_source_says_what_readers_see_of_its_works(desk, session):
    shown, hidden = add_catalogue(session), add_catalogue(session, licence=Licence.UNKNOWN)
    assert "Title, abstract and link" in get_page(desk, f"/sources/{shown.id}").main
    main = get_page(desk, f"/sources/{hidden.id}").main
    assert "Title and link; the abstract is used for searching only" in main


def test_only_admins_are_offered_to_change_anything(office, desk, session):
    source = add_catalogue(session, address="https://example.com/works.csv")
    address = f"/sources/{source.id}"

    def acts(client):
        page = get_page(client, address)
        return [e.text for e in page.all("button") + page.all("a") if e.is_inside("main")]

    assert {"Fetch now", "Bring a file", "Edit", "Pause"} <= set(acts(office))
    assert {"Fetch now", "Bring a file", "Edit", "Pause"} & set(acts(desk)) == set()


def test_the_bank_s_own_collaborations_are_not_configured(office, session):
    source = add_catalogue(session, kind=SourceKind.OWN)
    page = get_page(office, f"/sources/{source.id}")
    assert [e for e in page.all("button") if e.is_inside("main")] == []
    get_page(office, f"/sources/{source.id}/edit", 404)
    assert post(office, f"/sources/{source.id}/pause").status_code == 409
    get_page(office, f"/sources/{source.id}/files/new", 409)


def test_a_source_is_added_and_changed(office, session):
    added = post(office, "/sources/", **filled_in())
    source = stored(session)
    assert (added.status_code, added.headers["Location"]) == (303, f"/sources/{source.id}")
    assert (source.name, source.mapping, source.licence) == ("Projects", MAPPING, Licence.CC_BY)
    page = get_page(office, f"/sources/{source.id}/edit")
    assert page.value_of("name") == "Projects"
    assert json.loads(page.value_of("mapping")) == MAPPING
    changed = post(
        office, f"/sources/{source.id}/edit", **filled_in(name="Hankkeet", licence="in_copyright")
    )
    assert changed.status_code == 303
    source = reread(session, source)
    assert (source.name, source.licence) == ("Hankkeet", Licence.IN_COPYRIGHT)
    acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.seq)).all()
    assert acts == ["add", "change"]


def test_a_source_is_paused_and_used_again(office, session):
    source = add_catalogue(session)
    assert post(office, f"/sources/{source.id}/pause").status_code == 303
    page = get_page(office, f"/sources/{source.id}")
    assert page.flashes == ["The source is paused. Its works stay in the bank."]
    assert reread(session, source).active is False
    assert post(office, f"/sources/{source.id}/edit", **filled_in()).status_code == 303
    assert reread(session, source).active is False
    assert post(office, f"/sources/{source.id}/resume").status_code == 303
    assert reread(session, source).active is True


def test_a_harvest_is_asked_for_and_cancelled(office, session):
    source = add_catalogue(session, address="https://example.com/works.csv")
    address = f"/sources/{source.id}"
    assert post(office, f"{address}/harvest").status_code == 303
    page = get_page(office, address)
    assert page.flashes == ["The harvest begins in a moment; this page shows how far it is."]
    buttons = [e.text for e in page.all("button") if e.is_inside("main")]
    assert "Cancel the harvest" in buttons
    assert "Fetch now" not in buttons
    assert post(office, f"{address}/harvest").status_code == 409
    assert post(office, f"{address}/harvest/cancel").status_code == 303
    page = get_page(office, address)
    assert "Somebody stopped it. What had come is kept." in page.main
    assert post(office, f"{address}/harvest/cancel").status_code == 409


@pytest.mark.parametrize("code", PRESETS)
def test_an_example_fills_the_form_in_and_can_be_saved_as_it_is(office, session, code):
    page = get_page(office, f"/sources/new?preset={code}")
    names = ("name", "kind", "address", "prefix", "set_spec", "mapping")
    codes = ("licence", "trust", "schedule", "language", "work_kind")
    values = {name: page.value_of(name) for name in (*names, *codes)}
    assert values["kind"] == PRESETS[code].kind.value
    if values["mapping"]:
        assert mapping_of(json.loads(values["mapping"])).places
    values["name"] = values["name"] or "A name"
    assert send(office, "/sources/", values).status_code == 303
    assert stored(session).kind is PRESETS[code].kind


def test_what_is_no_example_gives_an_empty_form(office):
    assert get_page(office, "/sources/new?preset=../etc").value_of("name") == ""


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Type the source's name."),
        ({"licence": ""}, "Choose the licence."),
        ({"address": "ftp://example.com"}, "Give a full web address,"),
        ({"address": "https://me:secret@example.com/"}, "Give a full web address,"),
        ({"kind": "oai_pmh"}, "Fill this in."),
        ({"kind": "oai_pmh", "address": "https://a.example/oai?x=1"}, "Give the base address"),
        ({"kind": "oai_pmh", "address": "https://a.example", "prefix": "a b"}, "Only letters"),
        ({"schedule": "daily"}, "What is to be fetched by itself needs an address."),
        ({"mapping": "{"}, "mapping:1:2: this is not JSON"),
        (
            {"mapping": '{"fields": {"title": {"column": "a"}, "kind": {"constant": "book"}}}'},
            "fields.kind.constant: the bank knows no such kind of work",
        ),
        ({"mapping": '{"fields": {}}'}, "fields.title: this is missing"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(office, session, wrong, said):
    values = filled_in(name="My catalogue", prefix="oai_dc") | wrong
    response = send(office, "/sources/", values)
    assert response.status_code == 422
    assert said in response.text
    assert values["mapping"].replace('"', "&#34;") in response.text
    session.rollback()
    assert session.scalars(select(Source)).all() == []


def test_a_name_is_given_once(office, session):
    add_catalogue(session, name="Projects")
    assert "This is already in the bank." in post(office, "/sources/", **filled_in()).text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_as_many_queries_however_long_it_is(app, desk, session, count_queries, rows):
    for _ in range(rows):
        add_harvest(session, add_catalogue(session))
    get_page(desk, "/sources/")
    with count_queries(engine_of(app)) as queries:
        get_page(desk, "/sources/")
    assert len(queries) == 6, queries


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_the_pages_are_in_the_reader_s_language(session, sign_in_as, language):
    admin = add_user(session, Role.ADMIN, language=Language(language))
    client = sign_in_as(admin, language)
    source = add_catalogue(session)
    heading = {"fi": "Lähteet", "sv": "Källor"}[language]
    assert get_page(client, "/sources/").h1 == heading
    for address in ("/sources/new", f"/sources/{source.id}/files/new"):
        get_page(client, address)
