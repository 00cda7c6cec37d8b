"""The page of likely duplicates."""

import pytest

from needsbank.db.models import Subject, SweepPosition, SweptPair
from needsbank.domain.clock import now
from tests.factories import add_need, add_prior_work
from tests.pages import get_page

PAGE = "/coordination/duplicates"


@pytest.fixture
def desk(coordinator, sign_in_as):
    return sign_in_as(coordinator)


def add_pair(session, one, other, probability=0.9):
    def subject_of(text):
        return Subject.NEED if hasattr(text, "problem") else Subject.PRIOR_WORK

    session.add(
        SweptPair(
            subject=subject_of(one),
            owner_id=one.id,
            other_subject=subject_of(other),
            other_id=other.id,
            probability=probability,
        )
    )
    session.commit()


def finish(session):
    for subject in (Subject.NEED, Subject.PRIOR_WORK):
        session.add(SweepPosition(subject=subject, matcher_version="m", finished=now()))
    session.commit()


def test_before_the_first_sweep_the_page_says_how_to_begin(desk):
    assert "needsbank duplicates sweep" in get_page(desk, PAGE).main


def test_when_nothing_is_alike_the_page_says_so(desk, session):
    finish(session)
    assert "Nothing to look at" in get_page(desk, PAGE).main


def test_a_group_leads_to_merging_and_to_judging(desk, session):
    needs = [add_need(session, title="Keys") for _ in range(2)]
    work = add_prior_work(session, title="A key cabinet", year=2024)
    add_pair(session, needs[0], needs[1])
    add_pair(session, needs[0], work, 0.6)
    finish(session)
    page = get_page(desk, PAGE)
    assert "A key cabinet tests, 2024" in page.main
    links = [a.get("href") for a in page.all("a") if a.is_inside("main")]
    (merge,) = [each for each in links if each.startswith("/coordination/merges/new")]
    assert all(str(need.id) in merge for need in needs)
    assert f"/coordination/needs/{needs[0].id}" in links
    assert get_page(desk, merge).value_of("lead_id") in {str(need.id) for need in needs}


def test_the_desk_leads_to_the_page(desk):
    links = [a.get("href") for a in get_page(desk, "/coordination/").all("a")]
    assert PAGE in links
