"""Pages of what has already been developed."""

import pytest

from needsbank.app import engine_of
from needsbank.db.models import PriorWork
from needsbank.domain.languages import Language
from needsbank.domain.prior_works import PriorWorkKind
from tests.factories import add_prior_work
from tests.pages import get_page


def test_a_work_is_shown_with_all_that_its_source_tells(client, session):
    work = add_prior_work(
        session,
        title="Avainten hallinta",
        abstract="Miten avaimet löytyvät.",
        source="Theseus",
        year=2024,
        language=Language.FI,
        url="https://example.com/1",
        subjects=["avaimet", "kotihoito"],
    )
    page = get_page(client, f"/prior-works/{work.id}")
    assert (page.h1, page.one("h1").get("lang")) == ("Avainten hallinta", "fi")
    for said in ("Miten avaimet löytyvät.", "Theseus", "2024", "avaimet", "kotihoito", "Thesis"):
        assert said in page.main
    (link,) = page.all("a", href="https://example.com/1")
    assert link.get("rel") == "noopener noreferrer nofollow"


def test_a_work_of_a_title_alone_is_shown_too(client, session):
    page = get_page(client, f"/prior-works/{add_prior_work(session).id}")
    assert "The source gives no abstract." in page.main


def test_a_work_that_is_not_there_is_not_found(client):
    get_page(client, "/prior-works/00000000-0000-4000-8000-000000000000", 404)


def test_the_list_is_narrowed_and_counted(client, session):
    for number in range(1234):
        session.add(_thesis(number))
    session.commit()
    add_prior_work(session, kind=PriorWorkKind.REPORT, title="The report")
    assert "1,235 works" in get_page(client, "/prior-works/").main
    page = get_page(client, "/prior-works/?kind=report")
    assert [e.text for e in page.all("h2")] == ["The report"]


def _thesis(number):
    return PriorWork(
        source="tests",
        source_key=f"thesis {number}",
        title=f"Thesis {number}",
        kind=PriorWorkKind.THESIS,
        language=Language.EN,
        subjects=[],
    )


@pytest.mark.parametrize("rows", [1, 5])
def test_the_list_costs_as_many_queries_however_long_it_is(
    app, client, session, count_queries, rows
):
    for _ in range(rows):
        add_prior_work(session)
    client.get("/prior-works/")
    with count_queries(engine_of(app)) as queries:
        assert len(get_page(client, "/prior-works/").all("article")) == rows
    assert len(queries) == 2, queries
