"""Asking for workshops: three possible times, for a unit of one's own, and an answer."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from needsbank.db.models import AuditEntry, Message, WorkshopSeries
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, IllegalTransition, Invalid, NotAllowed, NotFound
from needsbank.domain.languages import Language
from needsbank.domain.outbox import MessageKind
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.domain.workshops import AskForWorkshops, SeriesState
from needsbank.services import workshop_requests
from tests.factories import add_series, add_user, in_finland, unit_id_of


@pytest.fixture
def partner(session):
    return add_user(session, Role.PARTNER)


@pytest.fixture
def coordinator(session):
    return add_user(session, Role.COORDINATOR)


def in_days(number, hour=13):
    return in_finland(now().date() + timedelta(days=number), hour)


def asking(session, user, **values):
    defaults = {
        "unit_id": unit_id_of(session, user),
        "team_size": 8,
        "times": (in_days(21), in_days(20), in_days(22)),
        "hours_granted": 6,
        "granted_by": "Osastonhoitaja Oona",
        "place": "Neuvotteluhuone 2",
    }
    return AskForWorkshops(**{**defaults, **values})


def test_a_request_keeps_what_was_asked(session, partner):
    command = asking(session, partner, wishes=" Aamupäivä sopii. ")
    series = workshop_requests.ask(session, partner.actor, command)
    session.commit()
    kept = session.get_one(WorkshopSeries, series.id)
    assert kept.state is SeriesState.ASKED
    assert kept.wishes == "Aamupäivä sopii."
    assert [each.starts for each in kept.times] == [in_days(20), in_days(21), in_days(22)]
    entry = session.scalar(select(AuditEntry).where(AuditEntry.subject_id == series.id))
    assert (entry.act, entry.actor_id) == ("ask", partner.id)


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"granted_by": " "}, {"granted_by": "required"}),
        ({"place": ""}, {"place": "required"}),
        (
            {"team_size": 0, "hours_granted": 999},
            {"team_size": "number", "hours_granted": "number"},
        ),
        ({"times": ()}, {"times": "three_times"}),
        ({"wishes": "x" * 2001}, {"wishes": "too_long"}),
    ],
)
def test_a_request_that_lacks_something_is_refused(session, partner, values, errors):
    with pytest.raises(Invalid) as refused:
        workshop_requests.ask(session, partner.actor, asking(session, partner, **values))
    assert refused.value.errors == errors


def test_nobody_asks_for_a_unit_of_others_or_as_a_member(session, partner):
    for other in (add_user(session, Role.PARTNER), add_user(session, Role.MEMBER)):
        with pytest.raises(Invalid) as refused:
            workshop_requests.ask(session, other.actor, asking(session, partner))
        assert refused.value.errors == {"unit_id": "unknown"}
    member = add_user(session, Role.MEMBER)
    with pytest.raises(Invalid):
        workshop_requests.ask(session, member.actor, asking(session, member))


def test_only_those_concerned_may_read_a_series(session, partner, coordinator):
    ambassador = add_user(session, Role.AMBASSADOR)
    series = add_series(session, partner, SeriesState.CONFIRMED, [ambassador])
    for reader in (partner, coordinator, ambassador):
        assert workshop_requests.readable(session, reader.actor, series.id).id == series.id
    others = (add_user(session, Role.PARTNER), add_user(session, Role.AMBASSADOR))
    for actor in (ANONYMOUS, *(other.actor for other in others)):
        with pytest.raises(NotFound):
            workshop_requests.readable(session, actor, series.id)


def test_the_queue_is_by_age_and_for_coordinators(session, partner, coordinator):
    newer = add_series(session, partner, created=now() - timedelta(days=1))
    older = add_series(session, partner, created=now() - timedelta(days=3))
    add_series(session, partner, SeriesState.CONFIRMED)
    queue = workshop_requests.waiting(session, coordinator.actor)
    assert [each.id for each in queue] == [older.id, newer.id]
    with pytest.raises(NotAllowed):
        workshop_requests.waiting(session, partner.actor)


@pytest.mark.parametrize("number", [1, 3])
def test_lists_ask_the_database_as_often_for_many_as_for_one(
    session, partner, coordinator, count_queries, number
):
    for _ in range(number):
        add_series(session, partner, SeriesState.CONFIRMED)
        add_series(session, partner)
    session.expunge_all()
    with count_queries() as mine:
        found = workshop_requests.own_series(session, partner.actor)
        assert [each.unit.organisation.name for each in found]
        assert [a.user.name for each in found for a in each.ambassadors]
    assert len(mine) == 6
    session.expunge_all()
    with count_queries() as queue:
        workshop_requests.waiting(session, coordinator.actor)
    assert len(queue) == 5


def test_a_no_tells_its_reason_to_who_asked(session, partner, coordinator):
    series = add_series(session, partner)
    with pytest.raises(Invalid):
        workshop_requests.decline(session, coordinator.actor, series.id, " ")
    with pytest.raises(NotAllowed):
        workshop_requests.decline(session, partner.actor, series.id, "No.")
    workshop_requests.decline(session, coordinator.actor, series.id, "Kevät on täynnä.")
    session.commit()
    assert series.state is SeriesState.DECLINED
    message = session.scalars(select(Message)).one()
    assert (message.kind, message.user_id) == (MessageKind.WORKSHOPS_DECLINED, partner.id)
    assert message.words["reason"] == "Kevät on täynnä."
    with pytest.raises(IllegalTransition):
        workshop_requests.decline(session, coordinator.actor, series.id, "Again.")


def test_a_request_is_taken_back_by_who_asked_while_nobody_has_answered(
    session, partner, coordinator
):
    series = add_series(session, partner)
    with pytest.raises(NotAllowed):
        workshop_requests.withdraw(session, coordinator.actor, series.id)
    workshop_requests.withdraw(session, partner.actor, series.id)
    assert series.state is SeriesState.CANCELLED
    confirmed = add_series(session, partner, SeriesState.CONFIRMED)
    with pytest.raises(Conflict):
        workshop_requests.withdraw(session, partner.actor, confirmed.id)


def test_holidays_among_the_times_are_named_in_the_readers_language(session, partner):
    eve = in_finland(date(2027, 6, 25), 13)
    series = add_series(session, partner, starts=eve - timedelta(days=1))
    (friday, saturday) = [each.id for each in series.times[1:]]
    assert workshop_requests.holidays_among(series, Language.FI) == {
        friday: "Juhannusaatto",
        saturday: "Juhannuspäivä",
    }
    assert workshop_requests.holidays_among(series, Language.SV)[friday] == "Midsommarafton"
