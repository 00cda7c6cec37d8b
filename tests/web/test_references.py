"""What a competence has done before: written in its form, shown on its page."""

from functools import partial

import pytest
from sqlalchemy import func, select

from needsbank.app import engine_of
from needsbank.db.models import Competence
from needsbank.domain.clock import now
from needsbank.domain.languages import Language
from needsbank.domain.references import MOST_REFERENCES
from needsbank.domain.roles import Role
from tests.factories import (
    add_competence,
    add_reference,
    add_suggestion,
    add_user,
    reread,
)
from tests.pages import Page, get_page, post, token_of
from tests.web.competence_form import filled_form, only_competence


@pytest.fixture
def mine(session, member, sign_in_as):
    return sign_in_as(member)


@pytest.fixture
def filled(session, member):
    return partial(filled_form, session, member)


WORK = {
    "id": "",
    "kind": "publication",
    "title": "Avaimet kotihoidossa",
    "year": "2024",
    "description": "Selvitimme, miten avaimet kulkevat.",
    "url": "https://works.example/avaimet",
}


def row(place, **values):
    """Return a row of the form, as a browser sends it."""
    return {f"references-{place}-{name}": text for name, text in {**WORK, **values}.items()}


BLANK = {"kind": "project", "title": "", "year": "", "description": " ", "url": ""}


def test_what_was_done_before_is_kept_and_shown(mine, client, session, filled):
    second = row(1, kind="course", title="Tracking keys in home care", year="", url="")
    response = post(mine, "/competences/", **filled(), **row(0), **second)
    assert response.status_code == 303
    page = get_page(client, f"/competences/{only_competence(session).id}")
    assert "Done before: projects, courses, publications" in [e.text for e in page.all("h2")]
    assert page.one("a", href=WORK["url"]).text == WORK["title"]
    assert "Publication, 2024" in page.main
    assert [(e.text, e.get("lang")) for e in page.all("h3")] == [
        ("Avaimet kotihoidossa", "fi"),
        ("Tracking keys in home care", "en"),
    ]


def test_a_competence_that_tells_of_no_works_shows_no_empty_list(client, session, member):
    competence = add_competence(session, member)
    assert "Done before" not in get_page(client, f"/competences/{competence.id}").main


def test_works_are_changed_removed_and_left_as_they_are(mine, session, member, filled):
    competence = add_competence(session, member)
    kept, gone = [
        add_reference(session, competence, title=title, embedded_in=1) for title in ("A", "B")
    ]
    page = get_page(mine, f"/competences/{competence.id}/edit")
    assert page.value_of("references-1-title") == "B"
    values = {
        **row(0, id=page.value_of("references-0-id"), title="A", kind="project"),
        **{f"references-0-{name}": "" for name in ("year", "description", "url")},
        **row(1, id=str(gone.id), **BLANK),
        **row(2, title="New"),
    }
    assert post(mine, f"/competences/{competence.id}/edit", **filled(), **values).status_code == 303
    after = reread(session, competence).references
    assert [(each.id == kept.id, each.title, each.embedded_in) for each in after] == [
        (True, "A", 1),
        (False, "New", None),
    ]


def test_a_row_in_which_nothing_was_typed_is_no_work(mine, session, filled):
    post(mine, "/competences/", **filled(), **row(0, **BLANK))
    assert only_competence(session).references == []


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"title": " "}, "Say what it was called."),
        ({"title": "x" * 301}, "Shorten this to at most 300 characters."),
        ({"description": "x" * 1001}, "Shorten this to at most 1000 characters."),
        ({"year": "1066"}, f"Type a year from 1900 to {now().year + 1}."),
        ({"url": "works.example"}, "Type the whole address, with https:// at its beginning."),
        (
            {"url": "ftp://works.example/avaimet"},
            "Type the whole address, with https:// at its beginning.",
        ),
        ({"url": "https://["}, "Type the whole address, with https:// at its beginning."),
    ],
)
def test_a_mistake_in_a_row_is_told_at_its_field(mine, session, filled, values, error):
    page = Page(post(mine, "/competences/", **filled(), **row(3), **row(7, **values)))
    assert (page.status, page.broken_rules(), page.errors) == (422, [], [error])
    (name,) = values
    wrong = page.one("a", class_="ds-link")
    assert (wrong.text, wrong.get("href")) == (error, f"#references-1-{name}")
    assert page.value_of(f"references-1-{name}").strip() == values[name].strip()
    assert page.value_of("references-0-title") == WORK["title"]
    assert session.scalar(select(func.count(Competence.id))) == 0


def test_a_year_that_is_no_number_is_told_and_kept(mine, filled):
    page = Page(post(mine, "/competences/", **filled(), **row(0, year="soon")))
    assert (page.status, len(page.errors)) == (422, 1)
    assert page.value_of("references-0-year") == "soon"


def test_more_works_than_anybody_reads_are_refused(mine, session, filled):
    many: dict[str, str] = {}
    for place in range(MOST_REFERENCES + 5):
        many |= row(place)
    page = Page(post(mine, "/competences/", **filled(), **many))
    assert (page.status, page.errors) == (422, ["Choose the 30 best works."])
    assert session.scalar(select(func.count(Competence.id))) == 0


def rows_of(page):
    return [e.get("name") for e in page.elements if e.get("name").endswith("-title")]


def test_rows_come_and_go_and_keep_what_was_typed(mine, session, filled):
    page = Page(post(mine, "/competences/", **filled(title="Typed"), **row(0), add_reference="1"))
    assert (page.status, page.broken_rules(), page.errors) == (200, [], [])
    assert rows_of(page) == ["references-0-title", "references-1-title"]
    assert page.value_of("title") == "Typed"
    assert page.value_of("references-0-description") == WORK["description"]
    assert page.value_of("references-0-kind") == "publication"
    (focused,) = [e.get("id") for e in page.elements if "autofocus" in e.attributes]
    assert focused == "references-1-title"
    both = {**row(0, title="First"), **row(1, title="Second")}
    page = Page(post(mine, "/competences/", **filled(), **both, remove_reference="references-0"))
    assert [page.value_of(name) for name in rows_of(page)] == ["Second"]
    (focused,) = [e.get("id") for e in page.elements if "autofocus" in e.attributes]
    assert focused == "add-reference"
    assert session.scalar(select(func.count(Competence.id))) == 0


def test_a_row_is_added_to_a_competence_that_is_being_edited(mine, session, member, filled):
    competence = add_competence(session, member, title="As it was")
    values = filled(title="Typed", add_reference="1")
    page = Page(post(mine, f"/competences/{competence.id}/edit", **values))
    assert (page.status, rows_of(page)) == (200, ["references-0-title"])
    assert reread(session, competence).title == "As it was"


def test_with_scripts_only_the_rows_come_back(mine, filled):
    sent = {"csrf_token": token_of(mine), **filled(), **row(0), "add_reference": "1"}
    page = Page(mine.post("/competences/", data=sent, headers={"HX-Request": "true"}))
    assert (page.all("html"), page.all("form")) == ([], [])
    assert page.one("section").get("id") == "references"
    assert len(rows_of(page)) == 2


def test_a_full_list_takes_no_more_rows(mine, filled):
    many: dict[str, str] = {}
    for place in range(MOST_REFERENCES):
        many |= row(place)
    page = Page(post(mine, "/competences/", **filled(), **many, add_reference="1"))
    assert (page.status, len(rows_of(page))) == (200, MOST_REFERENCES)
    assert page.all("button", name="add_reference") == []


def test_nobody_but_the_author_adds_rows(session, sign_in_as, member):
    competence = add_competence(session, member)
    colleague = add_user(session, Role.MEMBER, organisation=competence.organisation)
    address = f"/competences/{competence.id}/edit"
    assert post(sign_in_as(colleague), address, add_reference="1").status_code == 403


@pytest.mark.parametrize("works", [1, 5])
def test_a_page_costs_as_many_queries_however_many_works(
    app, client, session, member, count_queries, works
):
    competence = add_competence(session, member)
    for _ in range(works):
        add_reference(session, competence)
    client.get(f"/competences/{competence.id}")
    with count_queries(engine_of(app)) as queries:
        get_page(client, f"/competences/{competence.id}")
    assert len(queries) == 2, queries


def test_a_coordinator_sees_which_work_a_sentence_is_from(session, sign_in_as, member):
    competence = add_competence(session, member)
    add_reference(session, competence, title="Nyckelprojektet", language=Language.SV)
    quoted = {"need": "Keys?", "competence": "Vi fann dem.", "shared": []}
    own = {"need": "Where?", "competence": "We can help.", "shared": []}
    source = {"reference": "Nyckelprojektet", "language": "sv"}
    suggestion = add_suggestion(
        session, competence=competence, evidence=[{**quoted, **source}, own]
    )
    reader = sign_in_as(add_user(session, Role.COORDINATOR))
    page = get_page(reader, f"/coordination/suggestions/{suggestion.id}")
    assert [(e.text, e.get("lang")) for e in page.all("blockquote")] == [
        ("Keys?", "en"),
        ("Vi fann dem.", "sv"),
        ("Where?", "en"),
        ("We can help.", "en"),
    ]
    captions = [e.text for e in page.all("figcaption")]
    assert captions == ["The need", "Done before: Nyckelprojektet", "The need", "Student team"]
    assert "Done before: projects, courses, publications (1)" in page.main
