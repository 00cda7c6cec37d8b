"""Ideas come from phones, from paper and from those caught before; each begins in the workshop."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import BoardIdea, Capture, Journey, JourneyStep, Message
from needsbank.db.transaction import transaction
from needsbank.domain.boards import BoardStep
from needsbank.domain.errors import Conflict, Invalid
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.languages import Language
from needsbank.domain.roles import Role
from needsbank.domain.workshops import SeriesState
from needsbank.services import boards, gathering
from tests.factories import add_board, add_capture, add_series, add_user


@pytest.fixture
def ambassador(session):
    return add_user(session, Role.AMBASSADOR)


@pytest.fixture
def series(session, ambassador):
    return add_series(session, state=SeriesState.UNDER_WAY, ambassadors=[ambassador])


@pytest.fixture
def board(session, series):
    return add_board(session, series)


@pytest.fixture
def participant(session, board):
    key = gathering.join(session, board, "Mari")
    session.commit()
    return gathering.participant_of(session, board, key)


def write(session, board, participant, text="Avaimet hukassa", key=None):
    return gathering.add_idea(
        session, board, participant, text, key=key or uuid4(), language=Language.FI
    )


def test_an_idea_begins_in_the_workshop_and_can_be_followed(
    session, board, participant, ambassador
):
    idea = write(session, board, participant, "  Avaimet hukassa ")
    session.commit()
    capture = session.get_one(Capture, idea.capture_id)
    assert (capture.text, capture.sender_name, capture.anonymous) == (
        "Avaimet hukassa",
        "Mari",
        True,
    )
    assert capture.unit_id == board.series.unit_id
    assert len(capture.follow_code) == 43
    assert capture.journey.stage is Stage.IN_WORKSHOP
    assert capture.journey.holder_id == ambassador.id
    assert [each.capture.text for each in gathering.ideas_by(session, participant)] == [
        "Avaimet hukassa"
    ]


def test_the_same_key_twice_is_one_idea(session, board, participant):
    key = uuid4()
    first = write(session, board, participant, key=key)
    assert write(session, board, participant, key=key).id == first.id
    assert boards.standing(session, board).ideas == 1


@pytest.mark.parametrize(("text", "code"), [("  ", "required"), ("x" * 1001, "too_long")])
def test_an_empty_or_endless_idea_is_refused(session, board, participant, text, code):
    with pytest.raises(Invalid) as refused:
        write(session, board, participant, text)
    assert refused.value.errors == {"text": code}


def test_what_tells_of_a_person_is_not_stored(session, board, participant, ambassador):
    paper = "Avaimet\nPotilas Matti Virtanen"
    with pytest.raises(Invalid) as refused:
        write(session, board, participant, "Soita 040 123 4567")
    assert refused.value.errors == {"text": "personal"}
    with pytest.raises(Invalid) as refused, transaction(session):
        gathering.add_from_paper(session, ambassador.actor, board, paper, Language.FI)
    assert refused.value.errors == {"paper": "personal"}
    assert session.scalars(select(Capture)).all() == []


def test_ideas_are_gathered_in_the_first_step_alone(session, board, participant, ambassador):
    board.step = BoardStep.GROUP
    session.commit()
    with pytest.raises(Conflict):
        write(session, board, participant)
    with pytest.raises(Conflict):
        gathering.add_from_paper(session, ambassador.actor, board, "x", Language.FI)


def test_paper_is_typed_in_at_once(session, board, ambassador):
    paper = "- Ruoka kylmää\n- Melu yöllä\n\n- Ruoka kylmää"
    gathering.add_from_paper(session, ambassador.actor, board, paper, Language.FI)
    session.commit()
    texts = [each.capture.text for each in boards.standing(session, board).loose]
    assert sorted(texts) == ["Melu yöllä", "Ruoka kylmää"]
    with pytest.raises(Invalid) as refused:
        gathering.add_from_paper(session, ambassador.actor, board, " \n", Language.FI)
    assert refused.value.errors == {"paper": "required"}


def test_a_board_takes_no_more_than_can_be_read(session, board, ambassador):
    paper = "\n".join(f"Idea {number}" for number in range(121))
    with pytest.raises(Invalid) as refused:
        gathering.add_from_paper(session, ambassador.actor, board, paper, Language.FI)
    assert refused.value.errors == {"paper": "full"}


def test_caught_ideas_of_the_unit_are_taken_in_and_their_senders_told(session, board, ambassador):
    unit = board.series.unit
    caught = add_capture(session, unit, Stage.CAUGHT, text="Kaappi lukossa", email="a@b.example")
    add_capture(session, unit, Stage.THROWN)
    foreign = add_capture(session, None, Stage.CAUGHT)
    assert [each.id for each in gathering.caught_ideas(session, board)] == [caught.id]
    taken = gathering.take_caught(session, ambassador.actor, board, [caught.id, foreign.id])
    session.commit()
    assert [each.capture_id for each in taken] == [caught.id]
    step = session.scalar(select(JourneyStep).where(JourneyStep.act == Act.TAKE_TO_WORKSHOP))
    assert step.journey_id == caught.journey_id
    assert session.scalars(select(Message)).one().address == "a@b.example"
    assert session.get_one(Journey, foreign.journey_id).stage is Stage.CAUGHT
    with pytest.raises(Invalid):
        gathering.take_caught(session, ambassador.actor, board, [foreign.id])


def test_a_key_opens_its_own_board_only(session, board):
    other = add_board(session)
    key = gathering.join(session, board)
    session.commit()
    assert gathering.participant_of(session, board, key)
    assert gathering.participant_of(session, other, key) is None
    assert gathering.participant_of(session, board, "") is None
    assert gathering.participant_of(session, board, "guessed") is None


def test_many_phones_at_once_lose_nothing(engine, session, board):
    def phone(number):
        with Session(engine) as own:
            with transaction(own):
                mine = boards.board_to_join(own, board.code)
                key = gathering.join(own, mine, f"Phone {number}")
            for turn in range(3):
                with transaction(own):
                    mine = boards.board_to_join(own, board.code)
                    who = gathering.participant_of(own, mine, key)
                    write(own, mine, who, f"Idea {turn} of phone {number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(phone, range(8)))
    session.rollback()
    stood = boards.standing(session, board)
    assert (stood.ideas, stood.participants) == (24, 8)
    assert len({each.capture.text for each in stood.loose}) == 24
    assert session.query(BoardIdea).count() == 24
