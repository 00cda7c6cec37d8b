"""Decisions, answers and the log can only be added to, even by whoever writes SQL."""

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import IntegrityError

from needsbank.db.models import Answer, AuditEntry, Decision
from needsbank.domain.roles import Role
from needsbank.domain.suggestions import Side, Verdict
from needsbank.services import audit
from tests.factories import add_need, add_suggestion, add_user


@pytest.fixture
def history(session):
    """A decision, an answer and a log entry."""
    user, suggestion = add_user(session, Role.COORDINATOR), add_suggestion(session)
    session.add(
        Decision(
            suggestion_id=suggestion.id,
            decided_by_id=user.id,
            verdict=Verdict.APPROVED,
            reason="fits",
            rank_seen=1,
            matcher_version="m",
        )
    )
    session.add(
        Answer(suggestion_id=suggestion.id, answered_by_id=user.id, side=Side.NEED, accepted=True)
    )
    audit.record(session, user.actor, "approved", "suggestion", suggestion.id, rank=1)
    session.commit()


@pytest.mark.parametrize("model", [Decision, Answer, AuditEntry])
def test_history_cannot_be_removed(session, history, model):
    with pytest.raises(IntegrityError, match=f"{model.__tablename__} can only be added to"):
        session.execute(delete(model))


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Decision, {"reason": "changed"}),
        (Answer, {"accepted": False}),
        (AuditEntry, {"act": "rejected"}),
    ],
)
def test_history_cannot_be_changed(session, history, model, change):
    with pytest.raises(IntegrityError, match=f"{model.__tablename__} can only be added to"):
        session.execute(update(model).values(**change))


def test_a_decided_suggestion_cannot_be_removed(session, history):
    with pytest.raises(IntegrityError):
        session.execute(text("delete from suggestions"))


def test_log_entries_are_numbered_and_numbers_never_come_back(session):
    user, need = add_user(session), add_need(session)
    for _ in range(3):
        audit.record(session, user.actor, "open", "need", need.id)
    session.commit()
    numbers = session.scalars(AuditEntry.__table__.select().with_only_columns(AuditEntry.seq)).all()
    assert numbers == [1, 2, 3]


def test_a_person_as_an_actor_has_the_roles_of_their_memberships(session):
    user = add_user(session, Role.PARTNER, Role.COORDINATOR)
    (organisation_id,) = {m.organisation_id for m in user.memberships}
    assert user.actor.user_id == user.id
    assert user.actor.roles == {
        (organisation_id, Role.PARTNER),
        (organisation_id, Role.COORDINATOR),
    }
