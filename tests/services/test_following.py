import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from needsbank.db.models import CaptureLine, MailRequest, Message
from needsbank.db.transaction import transaction
from needsbank.domain.captures import MOST_LINES, PersonalDataFound
from needsbank.domain.catching import JoinIdea, LetGo, TargetKind
from needsbank.domain.errors import Conflict, IllegalTransition, Invalid, NotFound
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.languages import Language
from needsbank.domain.outbox import Channel, MessageKind
from needsbank.domain.roles import Role
from needsbank.services import catching, following, journeys, needs
from needsbank.services.mail_levels import stop_mails
from needsbank.services.outbox import claim_next
from tests.factories import add_capture, add_user, describing


@pytest.fixture
def leo(session):
    return add_user(session, Role.AMBASSADOR)


@pytest.fixture
def idea(session):
    return add_capture(session, language=Language.SV)


def do(session, use_case, *arguments):
    with transaction(session):
        return use_case(session, *arguments)


def steps_of(session, idea):
    session.expire_all()
    seen = following.followed(session, idea.follow_code)
    return [(step.act, step.reason) for step in seen.steps]


def test_each_step_is_seen_with_its_reason(session, leo, idea):
    do(session, catching.catch, leo.actor, idea.id, Stage.THROWN)
    with transaction(session):
        journeys.move(session, leo.actor, idea.journey, Act.LET_GO, reason="Jag är borta.")
    assert steps_of(session, idea) == [(None, ""), (Act.CATCH, ""), (Act.LET_GO, "Jag är borta.")]


def test_after_joining_another_the_later_steps_of_that_one_are_seen_only(session, leo, idea):
    other = add_capture(session)
    for each in (idea, other):
        do(session, catching.catch, leo.actor, each.id, Stage.THROWN)
    with transaction(session):
        journeys.move(session, leo.actor, other.journey, Act.TAKE_TO_WORKSHOP)
    command = JoinIdea(
        capture_id=idea.id,
        kind=TargetKind.IDEA,
        target_id=other.id,
        reason="Samma nycklar.",
        seen=Stage.CAUGHT,
    )
    do(session, catching.join_idea, leo.actor, command)
    with transaction(session):
        journeys.move(session, leo.actor, other.journey, Act.TAKE_TO_COORDINATION)
    assert steps_of(session, idea) == [
        (None, ""),
        (Act.CATCH, ""),
        (Act.JOIN, "Samma nycklar."),
        (Act.TAKE_TO_COORDINATION, ""),
    ]
    seen = following.followed(session, idea.follow_code)
    assert seen.has_joined
    assert seen.leading.id == other.journey_id


def test_a_sender_takes_the_idea_back_and_undoes_it(session, leo, idea):
    do(session, catching.catch, leo.actor, idea.id, Stage.THROWN)
    do(session, following.withdraw, idea.follow_code)
    assert idea.journey.stage is Stage.WITHDRAWN
    do(session, following.restore, idea.follow_code)
    assert (idea.journey.stage, idea.journey.holder_id) == (Stage.THROWN, None)
    assert idea.journey.due is not None


def test_what_has_joined_another_cannot_be_taken_back(session):
    joined = add_capture(session, stage=Stage.JOINED)
    assert not following.may_withdraw(joined)
    with pytest.raises(IllegalTransition):
        do(session, following.withdraw, joined.follow_code)


def test_what_is_a_need_now_is_its_authors(session, leo, idea):
    with transaction(session):
        need = needs.draft_for(session, leo.actor, idea.unit, describing(session, leo))
        idea.journey.need_id = need.id
        session.flush()
        needs.take_up(session, leo.actor, need)
    with pytest.raises(Conflict):
        do(session, following.withdraw, idea.follow_code)


def test_lines_are_added_and_never_changed(session, idea):
    do(session, following.add_line, idea.follow_code, " Även på kvällarna. ")
    (line,) = following.followed(session, idea.follow_code).lines
    assert line.text == "Även på kvällarna."
    line.text = "Annat."
    with pytest.raises(IntegrityError, match="can only be added to"):
        session.commit()


def test_lines_hold_nothing_personal_and_are_not_endless(session, idea):
    with pytest.raises(PersonalDataFound):
        do(session, following.add_line, idea.follow_code, "Ring 040 123 4567.")
    session.rollback()
    assert session.scalars(select(CaptureLine)).all() == []
    for number in range(MOST_LINES):
        do(session, following.add_line, idea.follow_code, f"Rad {number}")
    with pytest.raises(Invalid):
        do(session, following.add_line, idea.follow_code, "En rad till")


def test_a_sender_joins_in_by_name(session, idea):
    do(session, following.tell_name, idea.follow_code, " Lena ")
    assert (idea.sender_name, idea.anonymous) == ("Lena", False)


class TestMail:
    def ask(self, session, idea, address="lena@county.example"):
        return do(session, following.ask_for_mail, idea.follow_code, address)

    def test_nothing_is_told_before_the_address_is_confirmed(self, session, leo, idea):
        request = self.ask(session, idea)
        do(session, catching.catch, leo.actor, idea.id, Stage.THROWN)
        (asked,) = session.scalars(select(Message))
        assert (asked.kind, asked.address, asked.language) == (
            MessageKind.CONFIRM_MAIL,
            "lena@county.example",
            Language.SV,
        )
        assert asked.words == {"path": f"/follow/mail/{request.code}"}

    def test_a_confirmed_address_is_told_of_each_step_until_it_stops(self, session, leo, idea):
        request = self.ask(session, idea)
        for _ in range(2):
            do(session, following.confirm_mail, request.code)
        do(session, catching.catch, leo.actor, idea.id, Stage.THROWN)
        do(session, following.stop_mail, idea.follow_code)
        let_go = LetGo(capture_id=idea.id, reason="Jag är borta.", seen=Stage.CAUGHT)
        do(session, catching.let_go, leo.actor, let_go)
        kinds = [message.kind for message in session.scalars(select(Message))]
        assert sorted(kinds, key=str) == sorted(
            [MessageKind.CONFIRM_MAIL, MessageKind.STEP], key=str
        )
        assert idea.email == ""
        assert session.scalars(select(MailRequest)).all() == []

    def test_whoever_wanted_no_mail_is_asked_and_told_again_once_they_confirm(
        self, session, leo, idea
    ):
        before = add_capture(session, email="lena@county.example")
        do(session, catching.catch, leo.actor, before.id, Stage.THROWN)
        with transaction(session):
            stop_mails(session, session.scalars(select(Message)).one())
        request = self.ask(session, idea)
        with transaction(session):
            told = [claim_next(session, Channel.MAIL) for _ in range(2)]
        assert [each.kind for each in told if each] == [MessageKind.CONFIRM_MAIL]
        do(session, following.confirm_mail, request.code)
        do(session, catching.catch, leo.actor, idea.id, Stage.THROWN)
        with transaction(session):
            told = [claim_next(session, Channel.MAIL) for _ in range(2)]
        assert [each.kind for each in told if each] == [MessageKind.STEP]

    def test_nobody_is_mailed_of_what_they_did_themselves(self, session, idea):
        do(session, following.confirm_mail, self.ask(session, idea).code)
        do(session, following.withdraw, idea.follow_code)
        do(session, following.restore, idea.follow_code)
        kinds = {message.kind for message in session.scalars(select(Message))}
        assert kinds == {MessageKind.CONFIRM_MAIL}

    def test_an_address_is_asked_once_and_few_are_asked(self, session, idea):
        first = self.ask(session, idea)
        assert self.ask(session, idea).id == first.id
        self.ask(session, idea, "b@county.example")
        self.ask(session, idea, "c@county.example")
        with pytest.raises(Invalid):
            self.ask(session, idea, "d@county.example")

    def test_what_is_no_address_is_refused(self, session, idea):
        with pytest.raises(Invalid):
            self.ask(session, idea, "lena@")


def test_an_unknown_code_leads_nowhere(session):
    for use_case in (following.followed, following.mail_request):
        with pytest.raises(NotFound):
            use_case(session, "x" * 43)
