"""Pages of what has already been developed."""

import pytest

from needsbank.app import engine_of
from needsbank.db.models import PriorWork
from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence
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


READ_ONLY_AT_THE_SOURCE = (Licence.IN_COPYRIGHT, Licence.UNKNOWN)


@pytest.mark.parametrize("licence", [None, *Licence])
def test_only_what_the_licence_allows_is_shown(client, session, licence):
    work = add_prior_work(
        session, abstract="How keys are found.", licence=licence, url="https://example.com/1"
    )
    shown = licence not in READ_ONLY_AT_THE_SOURCE
    for address in (f"/prior-works/{work.id}", "/prior-works/"):
        page = get_page(client, address)
        assert ("How keys are found." in page.html) is shown, address
        assert work.title in page.main
        assert ("Licence:" in page.main) is (licence is not None)
    (link,) = get_page(client, f"/prior-works/{work.id}").all("a", href="https://example.com/1")
    assert link.get("rel") == "noopener noreferrer nofollow"


@pytest.mark.parametrize("shown", [True, False])
def test_a_search_reads_every_abstract_and_shows_what_it_may(client, session, work, shown):
    licence = Licence.CC_BY if shown else Licence.IN_COPYRIGHT
    add_prior_work(session, title="A thesis", abstract="Lost keys of home care", licence=licence)
    work()
    for address in ("/prior-works/?q=lost+keys+home+care", "/search?q=lost+keys+home+care"):
        page = get_page(client, address)
        assert "A thesis" in page.main
        assert ("Lost keys of home care" in page.html) is shown
        assert ("The abstract is read at the source." in page.main) is not shown


ATTACK = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'{{7*7}}"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        ' https://example.com/"onmouseover=alert(1)',
        "https://example.com/'\"><script>",
        "vbscript:x",
        "//evil.example",
    ],
)
def test_harvested_markup_stays_text_and_odd_addresses_are_no_links(client, session, url):
    work = add_prior_work(
        session, title=ATTACK, abstract=ATTACK, source=ATTACK, subjects=[ATTACK], url=url
    )
    for address in (f"/prior-works/{work.id}", "/prior-works/"):
        page = get_page(client, address)  # which holds it to no inline script and no on…
        assert "alert(1)" in page.main
        assert [e for e in page.all("img") + page.all("script") if e.is_inside("main")] == []
        led_to = [a.get("href") for a in page.all("a") if a.is_inside("article")]
        assert all(each.startswith(("https://example.com/", "/prior-works/")) for each in led_to)


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
