"""What people are told of what others did."""

import pytest

from needsbank.db.models import Notice
from needsbank.db.transaction import transaction
from needsbank.domain.errors import NotFound
from needsbank.domain.notices import NoticeKind, Notify
from needsbank.domain.roles import Role
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
