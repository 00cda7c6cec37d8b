"""A bank with everything that routes name, made once for all that look at its routes."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Journey, Message, Party, RouteDecision, User
from needsbank.db.transaction import transaction
from needsbank.domain.collaborations import PartyRole, PartyState
from needsbank.domain.journeys import Stage
from needsbank.domain.needs import CloseReason, NeedState
from needsbank.domain.representatives import NameRepresentative
from needsbank.domain.roles import Role
from needsbank.domain.routes import Route
from needsbank.domain.suggestions import SuggestionState
from needsbank.domain.workshops import SeriesState
from needsbank.services import representing
from needsbank.settings import Settings
from tests.factories import (
    add_adoption_question,
    add_board,
    add_capture,
    add_catalogue,
    add_challenge,
    add_collaboration,
    add_competence,
    add_event,
    add_journey,
    add_mail_request,
    add_milestone,
    add_need,
    add_organisation,
    add_prior_work,
    add_result,
    add_series,
    add_shared_file,
    add_sketch,
    add_suggestion,
    add_unclear_part,
    add_unit_link,
    add_user,
)


@dataclass(frozen=True)
class Furnished:
    """Who is in the bank, by role, and what the arguments of addresses are filled with.

    `own` says what an argument means to a feature, or to a single route of it.
    """

    people: Mapping[str, UUID]
    arguments: Mapping[str, object]
    own: Mapping[str, Mapping[str, object]]

    def values(self, endpoint: str) -> dict[str, object]:
        """Return what a route's arguments are filled with."""
        area = endpoint.partition(".")[0]
        return {**self.arguments, **self.own.get(area, {}), **self.own.get(endpoint, {})}


def furnish(session: Session, settings: Settings) -> Furnished:
    """Fill a bank: a need is the partner's, a competence the member's, and both are paired."""
    people = {role.value: add_user(session, role) for role in Role}
    need = add_need(session, people["partner"])
    competence = add_competence(session, people["member"])
    (home,) = people["partner"].memberships
    unit = home.organisation.units[0]
    link = add_unit_link(session, unit)
    idea = add_capture(session, unit)
    asked = add_mail_request(session, idea)
    pairing = add_suggestion(session, need, competence, state=SuggestionState.APPROVED)
    series = add_series(session, people["partner"], SeriesState.UNDER_WAY, [people["ambassador"]])
    journey = add_journey(session, add_need(session, people["partner"]), Stage.DECIDED)
    journey.holder_id = people["ambassador"].id
    decided_on(session, journey, people["coordinator"])
    collaboration = add_collaboration(session, None, (people["partner"], PartyRole.PARTNER))
    collaboration.parties.append(
        Party(user_id=people["member"].id, role=PartyRole.TEAM, state=PartyState.ACCEPTED)
    )
    result = add_result(session)
    shown = add_shared_file(session, settings, result.collaboration, in_result=True)
    shared = add_shared_file(session, settings, collaboration, people["member"])
    arguments: dict[str, object] = {
        "series_id": series.id,
        "number": 1,
        "board_code": add_board(session, series).code,
        "group_id": UUID(int=5),
        "idea_id": UUID(int=6),
        "collaboration_id": collaboration.id,
        "milestone_id": add_milestone(session, collaboration).id,
        "unclear_id": add_unclear_part(session, collaboration).id,
        "result_id": result.id,
        "unit_id": UUID(int=5),
        "event_id": add_event(session).id,
        "slot_id": UUID(int=6),
        "sketch_id": add_sketch(session).id,
        "need_id": need.id,
        "competence_id": competence.id,
        "suggestion_id": pairing.id,
        "organisation_id": add_organisation(session).id,
        "version_id": UUID(int=3),
        "source_id": add_catalogue(session).id,
        "token": "x" * 32,
        "work_id": add_prior_work(session).id,
        "challenge_id": add_challenge(session).id,
        "notice_id": UUID(int=4),
        "message_id": UUID(int=5),
        "feed_id": UUID(int=6),
        "webhook_id": UUID(int=7),
        "subject": "need",
        "other_id": add_need(session).id,
        "solution_id": add_need(
            session, state=NeedState.CLOSED, close_reason=CloseReason.SOLVED
        ).id,
        "capture_id": idea.id,
        "rule_id": UUID(int=5),
        "journey_id": journey.id,
        "code": "sv",
        "key": "00" * 32,
        "filename": "favicon.svg",
    }
    # What the same name means to some features, and to single routes of theirs.
    own: dict[str, dict[str, object]] = {
        "throwing": {"code": link.code},
        "follow": {"code": idea.follow_code},
        "follow.confirming": {"code": asked.code},
        "follow.confirm": {"code": asked.code},
        "unit_links": {"organisation_id": unit.organisation_id, "unit_id": unit.id},
        "representatives": {"code": code_of_invitation(session, people["partner"])},
        "shared_files": {"file_id": shared.id},
        "results": {"file_id": shown.id},
        "adoption_ledger": {"code": add_adoption_question(session, result).code},
    }
    return Furnished({role: each.id for role, each in people.items()}, arguments, own)


def decided_on(session: Session, journey: Journey, coordinator: User) -> None:
    row = RouteDecision(
        journey_id=journey.id,
        route=Route.DECLINE,
        reason="No time.",
        criteria={"urgent": "no"},
        details={},
        stage_seen=Stage.IN_COORDINATION,
        decided_by_id=coordinator.id,
    )
    session.add(row)
    journey.route = row.route
    session.commit()


def code_of_invitation(session: Session, author: User) -> str:
    """Have somebody asked to represent a need's community; return the secret of their link."""
    journey = add_journey(session, add_need(session, author), Stage.AWAITING_PARTNER)
    with transaction(session):
        command = NameRepresentative(
            journey_id=journey.id, name="Anna", email="anna@county.example"
        )
        representing.name_representative(session, author.actor, command)
    message = session.scalars(select(Message)).one()
    return str(message.words["path"]).removeprefix("/accept/")
