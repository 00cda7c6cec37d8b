"""Pages of workshops: asking, confirming after a look at the clashes, moving, calling off."""

import re
from datetime import date, timedelta

import pytest
from icalendar import Calendar

from needsbank.db.models import WorkshopSeries
from needsbank.domain.clock import now
from needsbank.domain.languages import Language
from needsbank.domain.roles import Role
from needsbank.domain.workshops import SeriesState
from tests.factories import add_series, add_user, in_finland, reread, unit_id_of
from tests.pages import Page, get_page, post


@pytest.fixture
def ambassador(session):
    return add_user(session, Role.AMBASSADOR, name="Leo")


def asking(session, user, **values):
    day = now().date() + timedelta(days=20)
    times = {f"day_{n}": (day + timedelta(days=n)).isoformat() for n in (1, 2, 3)}
    times |= {f"time_{n}": "13:00" for n in (1, 2, 3)}
    return {
        "unit_id": str(unit_id_of(session, user)),
        "team_size": "8",
        "hours_granted": "6",
        "granted_by": "Osastonhoitaja Oona",
        "place": "Neuvotteluhuone 2",
        "wishes": "Aamupäivä sopii.",
        **times,
        **values,
    }


def test_a_partner_asks_for_workshops(session, sign_in_as, partner):
    client = sign_in_as(partner)
    form = get_page(client, "/workshops/new")
    assert form.value_of("unit_id") == str(unit_id_of(session, partner))
    response = post(client, "/workshops/", **asking(session, partner))
    assert response.status_code == 303
    page = get_page(client, response.location)
    assert "Waits for a coordinator" in page.main
    assert "6 h each, by Osastonhoitaja Oona" in page.main
    assert len(re.findall(r"13:00", page.main)) == 3
    assert "Aamupäivä sopii." in page.main


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"team_size": ""}, "Type a whole number from 1 to 200."),
        ({"granted_by": ""}, "Tell who granted the hours."),
        ({"time_2": ""}, "Choose a time."),
        ({"day_3": ""}, "Choose a day."),
        ({"place": " "}, "Tell where the workshops are held."),
        ({"day_1": "2020-01-01"}, "Choose a time that is still to come."),
        ({"day_1": "2031-03-30", "time_1": "03:30"}, "The clocks change that night"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    session, sign_in_as, partner, values, error
):
    client = sign_in_as(partner)
    sent = asking(session, partner, **values)
    page = Page(post(client, "/workshops/", **sent))
    assert (page.status, page.broken_rules()) == (422, [])
    assert any(said.startswith(error) for said in page.errors), page.errors
    for name in ("wishes", "place", "team_size", "day_2", "time_3"):
        assert page.value_of(name) == sent[name]


def test_the_same_time_twice_is_no_choice(session, sign_in_as, partner):
    sent = asking(session, partner)
    sent["day_2"] = sent["day_1"]
    page = Page(post(sign_in_as(partner), "/workshops/", **sent))
    assert page.errors == ["Give three different times."]


def test_a_holiday_is_pointed_out_and_not_refused(session, sign_in_as, partner, coordinator):
    eve = in_finland(date(2031, 6, 20), 13)
    series = add_series(session, partner, starts=eve)
    page = get_page(sign_in_as(coordinator), f"/workshops/{series.id}")
    assert "Public holiday: Midsummer Eve" in page.main


def planned(form, *people, **values):
    options = [e.get("value") for e in form.all("input", name="times")]
    return {
        "ambassadors": [str(each.id) for each in people],
        "times": options[0],
        "minutes": "120",
        "place": "Neuvotteluhuone 2",
        **{f"theme_{n}": form.value_of(f"theme_{n}") for n in (1, 2, 3)},
        **values,
    }


def accepting(plan):
    """Return what the second press sends along: what was shown."""
    return {name: plan.value_of(name) for name in ("seen", "shown")}


def test_a_coordinator_confirms_after_seeing_the_plan(
    session, sign_in_as, partner, coordinator, ambassador
):
    series = add_series(session, partner)
    client = sign_in_as(coordinator)
    assert partner.memberships[0].organisation.name in get_page(client, "/workshops/").main
    address = f"/workshops/{series.id}/confirm"
    form = get_page(client, address)
    assert form.value_of("theme_1") == "Gathering ideas"
    sent = planned(form, ambassador)
    plan = Page(post(client, address, look="1", **sent))
    assert (plan.status, plan.broken_rules()) == (200, [])
    assert "Nothing clashes with these times." in plan.main
    assert reread(session, series).state is SeriesState.ASKED
    response = post(client, address, send="1", **accepting(plan), **sent)
    assert response.status_code == 303
    page = get_page(client, response.location)
    assert "Times agreed" in page.main
    assert [h.text for h in page.all("h3")] == [
        "1. Gathering ideas",
        "2. Grouping ideas, and what is known already",
        "3. Voting, and wording one challenge",
    ]


def test_a_time_that_was_changed_after_looking_is_shown_again(
    session, sign_in_as, partner, coordinator, ambassador
):
    series = add_series(session, partner)
    client, address = sign_in_as(coordinator), f"/workshops/{series.id}/confirm"
    form = get_page(client, address)
    plan = Page(post(client, address, look="1", **planned(form, ambassador)))
    other = [e.get("value") for e in form.all("input", name="times")][1]
    sent = planned(form, ambassador, times=other)
    again = Page(post(client, address, send="1", **accepting(plan), **sent))
    assert (again.status, reread(session, series).state) == (200, SeriesState.ASKED)
    assert post(client, address, send="1", **accepting(again), **sent).status_code == 303


def test_a_clash_is_shown_before_the_second_press_sends(
    session, sign_in_as, partner, coordinator, ambassador
):
    series = add_series(session, partner)
    add_series(session, None, SeriesState.CONFIRMED, [ambassador], starts=series.times[0].starts)
    client, address = sign_in_as(coordinator), f"/workshops/{series.id}/confirm"
    sent = planned(get_page(client, address), ambassador)
    # A first press on "send" shows what clashes, too.
    plan = Page(post(client, address, send="1", **sent))
    assert (plan.status, plan.broken_rules()) == (200, [])
    assert "Workshop 1: Leo holds another workshop at the same time." in plan.main
    assert reread(session, series).state is SeriesState.ASKED
    response = post(client, address, send="1", **accepting(plan), **sent)
    assert response.status_code == 303
    assert reread(session, series).state is SeriesState.CONFIRMED


def test_the_third_week_is_moved_in_the_same_form(
    session, sign_in_as, partner, coordinator, ambassador
):
    series = add_series(session, partner, starts=in_finland(date(2031, 2, 5), 13))
    client, address = sign_in_as(coordinator), f"/workshops/{series.id}/confirm"
    moved = {"day_3": "2031-02-20", "time_3": ""}
    sent = planned(get_page(client, address), ambassador, **moved)
    plan = Page(post(client, address, look="1", **sent))
    post(client, address, send="1", **accepting(plan), **sent)
    starts = [each.starts for each in reread(session, series).workshops]
    assert starts[2] == in_finland(date(2031, 2, 20), 13)


def test_a_plan_without_an_ambassador_is_refused(session, sign_in_as, partner, coordinator):
    series = add_series(session, partner)
    client, address = sign_in_as(coordinator), f"/workshops/{series.id}/confirm"
    form = get_page(client, address)
    page = Page(post(client, address, look="1", **planned(form, theme_2="")))
    assert page.status == 422
    assert page.errors == [
        "Name at least one ambassador.",
        "Say what the workshop is about.",
    ]


def test_the_calendar_file_leads_back_to_the_page(session, sign_in_as, partner):
    series = add_series(session, partner, SeriesState.CONFIRMED)
    response = sign_in_as(partner).get(f"/workshops/{series.id}/workshops.ics")
    assert response.content_type == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(response.get_data()).walk("VEVENT")
    assert [str(each["location"]) for each in events] == ["Meeting room 2"] * 3
    assert str(events[0]["url"]) == f"http://localhost/workshops/{series.id}"
    assert str(events[0]["summary"]).startswith("INNO workshop 1/3: ")


def test_an_ambassador_moves_and_calls_off(session, sign_in_as, partner, ambassador):
    series = add_series(session, partner, SeriesState.CONFIRMED, [ambassador])
    client = sign_in_as(ambassador)
    form = get_page(client, f"/workshops/{series.id}/3/move")
    assert form.value_of("place") == "Meeting room 2"
    day = series.workshops[2].starts.date() + timedelta(days=2)
    sent = {"day": day.isoformat(), "time": "09:30", "place": "https://video.example/paja"}
    response = post(client, f"/workshops/{series.id}/3/move", **sent)
    assert response.status_code == 303
    get_page(client, f"/workshops/{series.id}/2/call-off")
    response = post(client, f"/workshops/{series.id}/2/call-off", reason="Vetäjä sairastui.")
    page = get_page(client, response.location)
    assert "Vetäjä sairastui." in page.main
    assert page.one("a", href="https://video.example/paja").text == "https://video.example/paja"
    text = client.get(f"/workshops/{series.id}/workshops.ics").get_data(as_text=True)
    assert text.count("STATUS:CANCELLED") == 1
    assert text.count("SEQUENCE:1") == 2


def test_a_move_that_clashes_is_shown_first(session, sign_in_as, partner, ambassador):
    series = add_series(session, partner, SeriesState.CONFIRMED, [ambassador])
    other = series.workshops[2].starts + timedelta(days=1)
    add_series(session, None, SeriesState.CONFIRMED, [ambassador], starts=other)
    client, address = sign_in_as(ambassador), f"/workshops/{series.id}/3/move"
    sent = {"day": other.date().isoformat(), "time": "13:00", "place": "Aula"}
    page = Page(post(client, address, **sent))
    assert (page.status, page.broken_rules()) == (200, [])
    assert "Leo holds another workshop at the same time." in page.main
    response = post(client, address, seen=page.value_of("seen"), **sent)
    assert response.status_code == 303


def test_a_cancelled_series_takes_its_events_off_calendars(session, sign_in_as, partner):
    series = add_series(session, partner, SeriesState.CONFIRMED)
    client = sign_in_as(partner)
    assert Page(post(client, f"/workshops/{series.id}/cancel", reason="")).status == 422
    response = post(client, f"/workshops/{series.id}/cancel", reason="Yksikkö muuttaa.")
    assert "Yksikkö muuttaa." in get_page(client, response.location).main
    text = client.get(f"/workshops/{series.id}/workshops.ics").get_data(as_text=True)
    assert "METHOD:CANCEL" in text
    assert text.count("STATUS:CANCELLED") == 3


def test_declining_asks_for_a_reason(session, sign_in_as, partner, coordinator):
    series = add_series(session, partner)
    client = sign_in_as(coordinator)
    page = Page(post(client, f"/workshops/{series.id}/decline", reason=" "))
    assert (page.status, page.errors, page.broken_rules()) == (422, ["Say why."], [])
    assert post(client, f"/workshops/{series.id}/decline", reason="Täynnä.").status_code == 303
    assert "Täynnä." in get_page(sign_in_as(partner), f"/workshops/{series.id}").main


def test_what_others_asked_for_is_not_there(session, sign_in_as, partner):
    series = add_series(session)
    client = sign_in_as(partner)
    for page in ("", "/workshops.ics", "/sheet", "/cancel"):
        assert client.get(f"/workshops/{series.id}{page}").status_code == 404
    assert session.query(WorkshopSeries).count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_many_as_for_one(
    app, session, sign_in_as, coordinator, count_queries, number
):
    from needsbank.app import engine_of

    for _ in range(number):
        add_series(session, coordinator)
        add_series(session, coordinator, SeriesState.CONFIRMED)
    client = sign_in_as(coordinator)
    get_page(client, "/workshops/")
    with count_queries(engine_of(app)) as seen:
        get_page(client, "/workshops/")
    assert len(seen) == 14


def test_a_swedish_reader_reads_swedish(session, sign_in_as):
    reader = add_user(session, Role.PARTNER, language=Language.SV)
    assert get_page(sign_in_as(reader, "sv"), "/workshops/").h1 == "INNO-verkstäder"
