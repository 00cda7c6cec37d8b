"""The admin's page of matcher versions: its report in words, take into use, go back."""

import pytest
from sqlalchemy import func, select

from needsbank.db.models import AuditEntry, VersionState
from needsbank.domain.languages import Language
from needsbank.domain.roles import Role
from tests.factories import add_user, day, reread
from tests.pages import get_page, post
from tests.trained_version import CALIBRATION, REPORT, add_trained

PAGE = "/administration/matcher"
UNSURE = "It was not surely better than what was in use"


@pytest.fixture
def admin(session):
    return add_user(session, Role.ADMIN)


@pytest.fixture
def office(admin, sign_in_as):
    return sign_in_as(admin)


@pytest.fixture
def trained(session, settings, fake_matcher):
    return add_trained(session, settings, fake_matcher)


def buttons(page):
    return [e.text for e in page.all("button") if e.is_inside("main")]


def act(client, version, name):
    return post(client, f"{PAGE}/{version.id}/{name}")


def test_the_page_is_one_step_from_the_admin_s_own_page(office):
    page = get_page(office, "/my")
    assert PAGE in [a.get("href") for a in page.all("a") if a.is_inside("main")]


def test_others_are_not_led_there(coordinator, sign_in_as):
    page = get_page(sign_in_as(coordinator), "/my")
    assert PAGE not in [a.get("href") for a in page.all("a")]


def test_a_bank_without_training_uses_the_shipped_version(office, fake_matcher):
    page = get_page(office, PAGE)
    assert fake_matcher.version in page.main
    assert "No version has been trained" in page.main
    assert buttons(page) == []


def test_a_candidate_is_shown_with_its_report(office, trained):
    page = get_page(office, PAGE)
    said = "120 approved and 1,180 rejected pairs of 40 needs, and tested on the latest 12 needs"
    assert said in page.main
    assert [e.text for e in page.all("td")] == [
        *("0.80 (0.75–0.85)", "0.70 (0.60–0.80)", "0.03 (0.02–0.04)"),
        *("0.66 (0.60–0.70)", "–", "0.20 (0.10–0.30)"),
        *("0.80 (0.75–0.85)", "0.80 (0.75–0.85)", "–"),
    ]
    assert buttons(page) == ["Take into use"]


@pytest.mark.parametrize(
    ("kept", "said"), [(True, "which was surely better"), (False, "was tried too and left out")]
)
def test_it_is_told_what_became_of_the_map_of_needs(
    session, settings, fake_matcher, office, kept, said
):
    report = {**REPORT, "adapter": {"kept": kept, "gain": {}}}
    add_trained(session, settings, fake_matcher, report=report)
    assert said in get_page(office, PAGE).main


def test_what_verdicts_taught_is_told_in_words_and_figures(session, settings, fake_matcher, office):
    report = {"calibration": CALIBRATION}
    add_trained(session, settings, fake_matcher, report=report)
    page = get_page(office, PAGE)
    assert "for 31 needs: 45 said the same, 7 partly the same, 1,070 something else" in page.main
    assert "0.25 instead of 0.10, 0.78 instead of 0.50. Which of two" in page.main
    assert [e.text for e in page.all("td")] == [
        *("0.41 (0.30–0.50)", "0.80 (0.75–0.85)"),
        *("0.80 (0.75–0.85)", "0.20 (0.10–0.30)"),
    ]
    assert "Too few pairs had been approved or rejected" in page.main
    assert UNSURE not in page.main
    assert buttons(page) == ["Take into use"]


def test_a_part_that_was_too_little_told_of_is_said_to_stay(office, trained):
    page = get_page(office, PAGE)
    assert "There were too few verdicts on what was found" in page.main
    assert "Too few pairs" not in page.main
    assert UNSURE not in page.main


@pytest.mark.parametrize("part", ["decisions", "verdicts"])
def test_a_part_that_gains_nothing_is_said_to_stay(session, settings, fake_matcher, office, part):
    report = {
        **REPORT,
        "gains": part != "decisions",
        "calibration": {**CALIBRATION, "gains": part != "verdicts"},
    }
    add_trained(session, settings, fake_matcher, report=report)
    page = get_page(office, PAGE)
    assert page.main.count(UNSURE) == 1
    assert ("instead of" in page.main) is (part == "decisions")
    assert len(page.all("td")) == 13


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fi", ["Viisi ensimmäistä", "0,78 entisen 0,50 sijaan", "Yllättyneisyys"]),
        ("sv", ["De fem första", "0,78 i stället för 0,50", "Överraskning"]),
    ],
)
def test_the_report_is_in_the_reader_s_language(
    session, settings, fake_matcher, sign_in_as, language, said
):
    report = {**REPORT, "calibration": CALIBRATION}
    add_trained(session, settings, fake_matcher, report=report)
    admin = add_user(session, Role.ADMIN, language=Language(language))
    main = get_page(sign_in_as(admin, language), PAGE).main
    assert [each for each in said if each not in main] == []


def test_a_version_is_taken_into_use_and_given_up(office, session, trained, admin):
    response = act(office, trained, "promotion")
    assert (response.status_code, response.headers["Location"]) == (303, PAGE)
    assert reread(session, trained).state is VersionState.ACTIVE
    page = get_page(office, PAGE)
    assert page.flashes == [
        "The trained version is in use. Needs are matched again in the background."
    ]
    assert buttons(page) == ["Go back to the shipped version"]
    assert admin.name in page.main
    assert act(office, trained, "rollback").status_code == 303
    assert reread(session, trained).state is VersionState.RETIRED
    assert buttons(get_page(office, PAGE)) == ["Take into use"]
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert [(each.act, each.actor_id) for each in entries] == [
        ("promote", admin.id),
        ("roll_back", admin.id),
    ]


def test_a_page_that_is_out_of_date_changes_nothing(office, session, trained):
    assert act(office, trained, "rollback").status_code == 409
    act(office, trained, "promotion")
    assert act(office, trained, "promotion").status_code == 409
    assert session.scalar(select(func.count(AuditEntry.seq))) == 1


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_other_roles_are_refused(session, sign_in_as, trained, role):
    client = sign_in_as(add_user(session, role))
    assert client.get(PAGE).status_code == 403
    for name in ("promotion", "rollback"):
        assert act(client, trained, name).status_code == 403
    assert reread(session, trained).state is VersionState.CANDIDATE


def test_a_version_for_another_release_is_not_offered(office, session, settings, fake_matcher):
    old = add_trained(session, settings, fake_matcher, base="m1-of-before")
    page = get_page(office, PAGE)
    assert "it cannot be taken into use" in page.main
    assert buttons(page) == []
    assert act(office, old, "promotion").status_code == 409


def test_the_active_version_says_when_it_no_longer_fits(office, session, settings, fake_matcher):
    add_trained(
        session,
        settings,
        fake_matcher,
        base="m1-of-before",
        state=VersionState.ACTIVE,
        promoted=day(1),
    )
    page = get_page(office, PAGE)
    assert "the shipped version matches until a new one has been trained" in page.main
    assert buttons(page) == ["Go back to the shipped version"]


def test_the_log_names_what_was_done(office, sign_in_as, coordinator, trained):
    act(office, trained, "promotion")
    main = get_page(sign_in_as(coordinator), "/coordination/log").main
    assert "took a trained matcher version into use" in main
    assert trained.version in main
