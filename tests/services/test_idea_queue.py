from datetime import timedelta

import pytest

from needsbank.db.transaction import transaction
from needsbank.domain import clock
from needsbank.domain.errors import NotAllowed
from needsbank.domain.journeys import Stage
from needsbank.domain.roles import Role
from needsbank.services.catching import catch
from needsbank.services.idea_queue import idea_queue, shown_name, waiting_for
from tests.factories import add_capture, add_organisation, add_unit, add_user, day


@pytest.fixture
def leo(session):
    return add_user(session, Role.AMBASSADOR)


def texts(ideas):
    return [idea.text for idea in ideas]


def test_the_oldest_waits_first_and_mine_are_apart(session, leo):
    add_capture(session, text="later", created=day(2))
    add_capture(session, text="first", created=day(1))
    taken = [add_capture(session, text=text) for text in ("mine", "another's")]
    for idea, person in zip(taken, (leo, add_user(session, Role.AMBASSADOR)), strict=True):
        with transaction(session):
            catch(session, person.actor, idea.id, Stage.THROWN)
    add_capture(session, stage=Stage.ANSWERED)
    queue = idea_queue(session, leo.actor)
    assert texts(queue.waiting) == ["first", "later"]
    assert (texts(queue.mine), texts(queue.others)) == (["mine"], ["another's"])


def test_a_unit_stands_for_those_below_it(session, leo):
    county = add_organisation(session)
    area = add_unit(session, county, "Area", county.units[0])
    team = add_unit(session, county, "Team", area)
    add_capture(session, team, text="of the team")
    add_capture(session, county.units[0], text="of the county")
    add_capture(session, text="of elsewhere")
    assert texts(idea_queue(session, leo.actor, area.id).waiting) == ["of the team"]
    assert len(idea_queue(session, leo.actor, county.units[0].id).waiting) == 2


@pytest.mark.parametrize("many", [1, 4])
def test_the_queue_takes_as_many_queries_however_long_it_is(session, leo, count_queries, many):
    for _ in range(many):
        add_capture(session)
        with transaction(session):
            catch(session, leo.actor, add_capture(session).id, Stage.THROWN)
    actor = leo.actor
    session.expire_all()
    with count_queries() as queries:
        queue = idea_queue(session, actor)
        for idea in (*queue.waiting, *queue.mine):
            assert idea.unit.organisation.name
            assert idea.journey.holder is None or idea.journey.holder.name
    # Units, what waits, what is held, and the roles of those who hold.
    assert len(queries) == 4, queries


def test_only_those_who_catch_see_it(session):
    with pytest.raises(NotAllowed):
        idea_queue(session, add_user(session, Role.PARTNER).actor)


def test_the_name_of_an_anonymous_sender_is_for_coordinators(session, leo):
    hidden = add_capture(session, sender_name="Liisa", anonymous=True)
    told = add_capture(session, sender_name="Liisa", anonymous=False)
    kaisa = add_user(session, Role.COORDINATOR)
    assert (shown_name(leo.actor, hidden), shown_name(leo.actor, told)) == ("", "Liisa")
    assert shown_name(kaisa.actor, hidden) == "Liisa"


def test_what_waits_for_somebody_in_particular(session, leo):
    add_capture(session, proposed_id=leo.id)
    mine = add_capture(session)
    with transaction(session):
        catch(session, leo.actor, mine.id, Stage.THROWN)
    waits = waiting_for(session, leo.actor)
    assert (waits.proposed, waits.late, waits.overdue) == (1, 0, 0)
    with clock.moved(timedelta(days=40)):
        assert waiting_for(session, leo.actor).overdue == 1
    assert not waiting_for(session, add_user(session, Role.PARTNER).actor)
