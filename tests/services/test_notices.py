"""What people are told of what others did."""

import pytest
from sqlalchemy import select

from needsbank.channels.rendering import rendered
from needsbank.db.models import Message, Notice
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.errors import NotFound
from needsbank.domain.languages import INTERFACE_LANGUAGES, Language
from needsbank.domain.notices import NoticeKind, Notify
from needsbank.domain.roles import Role
from needsbank.domain.visibility import Visibility
from needsbank.services.notices import notify, put_away, unseen_notices
from tests.factories import add_need, add_prior_work, add_user


@pytest.fixture
def told(session):
    user = add_user(session, Role.PARTNER)
    need = add_need(session, user)
    with transaction(session):
        notice = notify(
            session, Notify(user_id=user.id, kind=NoticeKind.ADOPTED, need_id=need.id, text="Here.")
        )
    return user, notice


def test_a_notice_is_shown_to_its_reader_until_put_away(session, told):
    user, notice = told
    me = user.actor
    assert [each.text for each in unseen_notices(session, me)] == ["Here."]
    with transaction(session):
        put_away(session, me, notice.id)
    assert unseen_notices(session, me) == []


def test_putting_away_twice_keeps_the_first_moment(session, told):
    user, notice = told
    me = user.actor
    with transaction(session):
        first = put_away(session, me, notice.id).seen
    with transaction(session):
        assert put_away(session, me, notice.id).seen == first


def test_nobody_reads_or_puts_away_what_another_was_told(session, told):
    _, notice = told
    other = add_user(session, Role.COORDINATOR).actor
    assert unseen_notices(session, other) == []
    with pytest.raises(NotFound), transaction(session):
        put_away(session, other, notice.id)
    assert session.get_one(Notice, notice.id).seen is None


def test_what_was_told_of_a_work_outlives_it(session, told):
    user, notice = told
    work = add_prior_work(session)
    with transaction(session):
        notice.prior_work_id = work.id
    with transaction(session):
        session.delete(work)
    session.expire_all()
    assert [each.prior_work for each in unseen_notices(session, user.actor)] == [None]


@pytest.mark.parametrize("kind", NoticeKind)
def test_each_notice_is_posted_too_and_can_be_put_into_words(session, kind):
    user = add_user(session, Role.COORDINATOR, language=Language.SV)
    need = add_need(session, user)
    told = Notify(
        user_id=user.id,
        kind=kind,
        need_id=need.id,
        other_need_id=need.id,
        text="Because.",
        due=now(),
    )
    with transaction(session):
        notify(session, told)
    (message,) = session.scalars(select(Message))
    assert (message.user_id, message.language) == (user.id, Language.SV)
    subjects = set()
    for language in INTERFACE_LANGUAGES:
        text = rendered(message.kind, language, {**message.words, "link": "https://b.example/x"})
        subjects.add(text.subject)
        assert "> Because." in text.body
        assert "https://b.example/x" in text.body
        assert need.title not in text.subject + text.body
    assert len(subjects) == 3


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_notice_leads_to_a_page_of_its_reader(client, session, kind):
    user = add_user(session, Role.COORDINATOR)
    need = add_need(session, user)
    with transaction(session):
        notify(
            session,
            Notify(user_id=user.id, kind=kind, need_id=need.id, other_need_id=need.id),
        )
    (message,) = session.scalars(select(Message))
    routes = client.application.url_map.bind("localhost")
    assert routes.match(message.words["path"])


def test_words_about_a_hidden_need_stay_in_the_bank(session):
    need = add_need(session, visibility=Visibility.COORDINATORS)
    told = Notify(
        user_id=need.author_id, kind=NoticeKind.UNMERGED, need_id=need.id, text="Secret words."
    )
    with transaction(session):
        notify(session, told)
    (message,) = session.scalars(select(Message))
    assert message.words["text"] == ""
