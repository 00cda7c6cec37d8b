"""Lists hold everything that the reader may see, once, whatever page it is on."""

import pytest

from needsbank import jobs
from needsbank.db.models import Subject
from needsbank.db.queries.competences import CompetenceFilter
from needsbank.db.queries.needs import NeedFilter
from needsbank.db.queries.prior_works import PriorWorkFilter
from needsbank.domain.fields import Field
from needsbank.domain.needs import NeedState
from needsbank.domain.prior_works import PriorWorkKind
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.domain.visibility import Visibility
from needsbank.services.browsing import (
    PAGE_SIZE,
    Wanted,
    browse_competences,
    browse_needs,
    browse_prior_works,
)
from tests.factories import (
    add_competence,
    add_need,
    add_prior_work,
    add_user,
    day,
    organisation_id_of,
)


@pytest.fixture
def author(session):
    return add_user(session, Role.PARTNER, Role.MEMBER)


@pytest.fixture
def browse(session, retrieval):
    """Browse needs as anybody would."""

    def browse(words="", page=1, actor=ANONYMOUS, **narrowed):
        session.rollback()
        wanted = Wanted(words=words, page=page)
        return browse_needs(session, retrieval, actor, NeedFilter(**narrowed), wanted)

    return browse


@pytest.fixture
def embed(engine, retrieval):
    def embed():
        for subject in Subject:
            jobs.embed_pending(engine, retrieval, subject)

    return embed


def test_pages_hold_everything_once_newest_first(session, author, browse):
    added = [
        add_need(session, author, created=day(number // 3)) for number in range(2 * PAGE_SIZE + 5)
    ]
    pages = [browse(page=number) for number in (1, 2, 3)]
    found = [need for page in pages for need in page.rows]
    assert [len(page.rows) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 5]
    assert sorted(need.id for need in found) == sorted(need.id for need in added)
    assert [need.created for need in found] == sorted((n.created for n in added), reverse=True)
    assert {(page.total, page.last) for page in pages} == {(len(added), 3)}


@pytest.mark.parametrize(("asked", "shown"), [(-5, 1), (0, 1), (2, 2), (3, 2), (10**9, 2)])
def test_a_page_that_is_not_there_is_the_nearest_one(session, author, browse, asked, shown):
    for _ in range(PAGE_SIZE + 1):
        add_need(session, author)
    assert browse(page=asked).number == shown


@pytest.mark.parametrize("words", ["", "keys"])
def test_an_empty_bank_has_one_empty_page(browse, words):
    page = browse(words)
    assert (list(page.rows), page.number, page.total, page.last) == ([], 1, 0, 1)


def test_a_search_ranks_what_is_about_the_words_first(session, author, browse, embed):
    add_need(session, author, title="Meals arrive cold", problem="Trolleys are slow.")
    keys = add_need(session, author, title="Keys get lost", problem="Nobody finds the keys.")
    embed()
    page = browse("lost keys")
    assert page.rows[0].id == keys.id
    assert page.total == len(page.rows)


def test_a_search_pages_like_a_list(session, author, browse, embed):
    added = {
        add_need(session, author, title="Keys get lost", problem=f"Case {number}.").id
        for number in range(PAGE_SIZE + 3)
    }
    embed()
    first, second = browse("keys get lost"), browse("keys get lost", page=2)
    assert (len(first.rows), len(second.rows)) == (PAGE_SIZE, 3)
    assert {need.id for need in [*first.rows, *second.rows]} == added
    assert [need.id for need in browse("keys get lost").rows] == [n.id for n in first.rows]


def test_words_of_white_space_ask_for_the_list(session, browse):
    add_need(session)
    assert browse("   ").total == 1


def test_very_long_words_are_cut_and_not_refused(session, browse, embed):
    need = add_need(session, title="Keys get lost")
    embed()
    assert [row.id for row in browse("keys get lost " * 500).rows] == [need.id]


@pytest.mark.parametrize("words", ["", "keys get lost"])
def test_what_the_reader_may_not_see_is_neither_shown_nor_counted(
    session, author, browse, embed, words
):
    shown = add_need(session, author, title="Keys get lost")
    for level in (Visibility.NETWORK, Visibility.ORGANISATION, Visibility.COORDINATORS):
        add_need(session, author, title="Keys get lost", visibility=level)
    add_need(session, author, title="Keys get lost", state=NeedState.DRAFT)
    embed()
    page = browse(words)
    assert ([row.id for row in page.rows], page.total) == ([shown.id], 1)
    assert browse(words, actor=add_user(session, Role.MEMBER).actor).total == 2
    assert browse(words, actor=author.actor).total == 4
    assert browse(words, actor=add_user(session, Role.COORDINATOR).actor).total == 4


@pytest.mark.parametrize("words", ["", "keys get lost"])
def test_filters_hold_for_lists_and_for_searches(session, author, browse, embed, words):
    wanted = add_need(session, author, title="Keys get lost", field=Field.SAFETY)
    add_need(session, author, title="Keys get lost", field=Field.ICT)
    ended = add_need(session, author, title="Keys get lost", state=NeedState.CLOSED)
    embed()
    assert [row.id for row in browse(words, field=Field.SAFETY).rows] == [wanted.id]
    assert ended.id not in {row.id for row in browse(words).rows}
    assert ended.id in {row.id for row in browse(words, ended=True).rows}


def test_competences_and_prior_works_are_listed_and_searched(session, retrieval, embed):
    competence = add_competence(session, title="Key systems")
    thesis = add_prior_work(session, title="Keys in home care")
    add_prior_work(session, title="Keys in schools", kind=PriorWorkKind.REPORT)
    embed()
    for words in ("", "keys"):
        wanted = Wanted(words=words)
        found = browse_competences(session, retrieval, ANONYMOUS, CompetenceFilter(), wanted)
        assert [row.id for row in found.rows] == [competence.id]
        narrowed = PriorWorkFilter(kind=PriorWorkKind.THESIS)
        works = browse_prior_works(session, retrieval, narrowed, wanted)
        assert ([row.id for row in works.rows], works.total) == ([thesis.id], 1)
        assert browse_prior_works(session, retrieval, PriorWorkFilter(), wanted).total == 2


def test_what_was_withdrawn_after_the_index_saw_it_is_not_found(session, author, browse, embed):
    need = add_need(session, author, title="Keys get lost")
    embed()
    assert browse("keys").total == 1
    need.state = NeedState.WITHDRAWN
    session.commit()
    page = browse("keys")
    assert (list(page.rows), page.total) == ([], 0)


@pytest.mark.parametrize("words", ["", "keys get lost"])
@pytest.mark.parametrize("rows", [1, 5])
def test_a_list_costs_as_many_queries_however_long_it_is(
    session, author, browse, embed, count_queries, rows, words
):
    for _ in range(rows):
        add_need(session, author, title="Keys get lost")
    embed()
    browse(words)
    session.expunge_all()
    with count_queries() as queries:
        page = browse(words)
        organisation_ids = [need.organisation.id for need in page.rows]
    assert organisation_ids == [organisation_id_of(author)] * rows
    # The list: how many, and the page. The search: its pool, what is new, and the owners.
    assert len(queries) == (3 if words else 2), queries
