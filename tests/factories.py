"""Rows with sensible defaults; each is committed, so that other connections see it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from itertools import count
from random import choices
from secrets import token_urlsafe
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from needsbank.db.models import (
    Adoption,
    AdoptionQuestion,
    Board,
    BoardIdea,
    Capture,
    Collaboration,
    Competence,
    Event,
    Harvest,
    IdeaGroup,
    Journey,
    JourneyStep,
    MailRequest,
    Membership,
    Merge,
    MergeSource,
    Milestone,
    Need,
    Organisation,
    Party,
    PossibleTime,
    PriorWork,
    Receipt,
    Reference,
    Result,
    SeriesAmbassador,
    SharedFile,
    Sketch,
    SketchSource,
    Source,
    Subject,
    Suggestion,
    Support,
    UnclearPart,
    Unit,
    UnitLink,
    User,
    Workshop,
    WorkshopSeries,
)
from needsbank.domain.boards import CODE_LENGTH, CODE_LETTERS, BoardStep
from needsbank.domain.captures import ThrowIdea
from needsbank.domain.clock import now, today
from needsbank.domain.collaborations import CollaborationState, PartyRole, PartyState, UnclearAbout
from needsbank.domain.competences import CompetenceKind, CompetenceState
from needsbank.domain.events import EventKind
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence
from needsbank.domain.merging import TIME_TO_OBJECT
from needsbank.domain.needs import CloseReason, DescribeNeed, NeedState
from needsbank.domain.organisations import Region, Sector
from needsbank.domain.prior_works import PriorWorkKind
from needsbank.domain.references import ReferenceKind
from needsbank.domain.roles import POSTS_COMPETENCES, POSTS_NEEDS, Role
from needsbank.domain.route_decisions import (
    Assessment,
    Criterion,
    DecideAdopt,
    DecideAdvise,
    DecideDecline,
    DecideMinno,
    DecidePark,
    DecideProject,
    DecideRefer,
    DecideRoute,
    DecideService,
    DecideThesis,
)
from needsbank.domain.routes import Route
from needsbank.domain.shared_files import FileKind
from needsbank.domain.sources import HarvestState, SourceKind, TrustTier
from needsbank.domain.suggestions import SuggestionState
from needsbank.domain.unit_links import new_code
from needsbank.domain.verdicts import JudgePair, PairVerdict
from needsbank.domain.visibility import Visibility
from needsbank.domain.workshops import SeriesState, a_week_apart, finnish_moment
from needsbank.services.reading import fingerprint
from needsbank.settings import Settings
from needsbank.sources.file_store import FileStore

PASSWORD = "a password of tests"
# Argon2id with the least work that it allows: a test signs in often.
PASSWORD_HASH = (
    "$argon2id$v=19$m=8,t=1,p=1$35ogbgLRtBg9K9A5UFCMdw$HVRgFBhe8gkzv/ZGRA002FWw7gyqmig9nMRA/jjw13g"
)

_numbers = count(1)


def _stored(session: Session, row: Any) -> Any:
    session.add(row)
    session.commit()
    return row


def add_organisation(session: Session, name: str = "", **values: Any) -> Organisation:
    """Add an organisation with one unit of its own name."""
    name = name or f"Organisation {next(_numbers)}"
    values = {"sector": Sector.WELLBEING_COUNTY, "region": Region.PIRKANMAA, **values}
    organisation = Organisation(name=name, units=[Unit(name=name)], **values)
    stored: Organisation = _stored(session, organisation)
    return stored


def add_unit(
    session: Session, organisation: Organisation, name: str, parent: Unit | None = None
) -> Unit:
    stored: Unit = _stored(
        session,
        Unit(
            organisation_id=organisation.id,
            name=name,
            parent_id=None if parent is None else parent.id,
        ),
    )
    return stored


def add_user(
    session: Session,
    *roles: Role,
    organisation: Organisation | None = None,
    email: str = "",
    **values: Any,
) -> User:
    """Add a person with roles in an organisation, by default one of their own."""
    number = next(_numbers)
    user = User(
        email=email or f"person{number}@bank.example",
        **{
            "name": f"Person {number}",
            "password": PASSWORD_HASH,
            "language": Language.EN,
            **values,
        },
    )
    if roles:
        organisation = organisation or add_organisation(session)
        user.memberships = [Membership(organisation_id=organisation.id, role=r) for r in roles]
    stored: User = _stored(session, user)
    return stored


def organisation_id_of(user: User) -> UUID:
    """Return the organisation of a person of one organisation."""
    (only,) = {membership.organisation_id for membership in user.memberships}
    return only


def unit_id_of(session: Session, user: User) -> UUID:
    """Return the first unit of a person's organisation."""
    return session.get_one(Organisation, organisation_id_of(user)).units[0].id


def _poster(session: Session, author: User | None, wanted: frozenset[Role]) -> User:
    return author or add_user(session, min(wanted, key=lambda role: role.value))


def add_need(session: Session, author: User | None = None, **values: Any) -> Need:
    """Add an open public need."""
    author = _poster(session, author, POSTS_NEEDS)
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "title": f"Need {number}",
        "problem": f"Trolleys squeak in corridor {number}.",
        "language": Language.EN,
        "visibility": Visibility.PUBLIC,
        "state": NeedState.OPEN,
        "opened": now(),
        "organisation_id": organisation_id_of(author),
        "unit_id": unit_id_of(session, author),
    }
    stored: Need = _stored(session, Need(author_id=author.id, **{**defaults, **values}))
    return stored


def add_challenge(session: Session, sources: Sequence[Need] = (), **values: Any) -> Need:
    """Merge needs, or two new ones, into a challenge; return it."""
    chosen = list(sources) or [add_need(session), add_need(session)]
    challenge = add_need(session, chosen[0].author, **values)
    coordinator = add_user(session, Role.COORDINATOR)
    merge = Merge(
        challenge_id=challenge.id,
        merged_by_id=coordinator.id,
        object_by=now() + TIME_TO_OBJECT,
        sources=[MergeSource(need_id=need.id) for need in chosen],
    )
    _stored(session, merge)
    return challenge


def add_competence(session: Session, author: User | None = None, **values: Any) -> Competence:
    """Add an open public competence of a student team."""
    author = _poster(session, author, POSTS_COMPETENCES)
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "kind": CompetenceKind.STUDENT_TEAM,
        "title": f"Competence {number}",
        "description": f"We can do something ({number}).",
        "language": Language.EN,
        "visibility": Visibility.PUBLIC,
        "state": CompetenceState.OPEN,
        "organisation_id": organisation_id_of(author),
        "unit_id": unit_id_of(session, author),
    }
    stored: Competence = _stored(session, Competence(author_id=author.id, **{**defaults, **values}))
    return stored


def add_reference(session: Session, competence: Competence, **values: Any) -> Reference:
    """Add a project that a competence has done."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "kind": ReferenceKind.PROJECT,
        "title": f"Project {number}",
        "language": Language.EN,
        "position": number,
    }
    stored: Reference = _stored(
        session, Reference(competence_id=competence.id, **{**defaults, **values})
    )
    return stored


def add_prior_work(session: Session, **values: Any) -> PriorWork:
    """Add a thesis."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "source": "tests",
        "source_key": f"work-{number}",
        "title": f"Work {number}",
        "abstract": "",
        "kind": PriorWorkKind.THESIS,
        "language": Language.EN,
        "subjects": [],
    }
    stored: PriorWork = _stored(session, PriorWork(**{**defaults, **values}))
    return stored


def add_source(session: Session, **values: Any) -> Source:
    """Add a repository of theses that is harvested when asked."""
    defaults: dict[str, Any] = {
        "name": f"Source {next(_numbers)}",
        "kind": SourceKind.OAI_PMH,
        "address": "https://repo.example/oai",
        "prefix": "oai_dc",
        "licence": Licence.CC0,
        "trust": TrustTier.CURATED,
    }
    stored: Source = _stored(session, Source(**{**defaults, **values}))
    return stored


def add_catalogue(session: Session, **values: Any) -> Source:
    """Add a catalogue that people bring as files."""
    kind = {"kind": SourceKind.CATALOGUE, "address": "", "prefix": "", "licence": Licence.CC_BY}
    return add_source(session, **{**kind, **values})


def add_harvest(session: Session, source: Source, **values: Any) -> Harvest:
    """Add a harvest that ended well."""
    defaults: dict[str, Any] = {"full": True, "state": HarvestState.COMPLETE, "finished": now()}
    stored: Harvest = _stored(session, Harvest(source_id=source.id, **{**defaults, **values}))
    return stored


def add_suggestion(
    session: Session,
    need: Need | None = None,
    competence: Competence | None = None,
    **values: Any,
) -> Suggestion:
    """Add a proposed pairing of a need and a competence."""
    need = need or add_need(session)
    competence = competence or add_competence(session)
    defaults: dict[str, Any] = {
        "rank": 1,
        "score": 0.75,
        "band": "good",
        "parts": [
            {"name": "meaning", "value": 0.8, "contribution": 0.5},
            {"name": "words", "value": 0.4, "contribution": 0.25},
        ],
        "evidence": [],
        "matcher_version": "m-test",
        "state": SuggestionState.PROPOSED,
    }
    row = Suggestion(need_id=need.id, competence_id=competence.id, **{**defaults, **values})
    stored: Suggestion = _stored(session, row)
    return stored


def add_support(
    session: Session, need: Need | None = None, supporter: User | None = None, **values: Any
) -> Support:
    """Add a voice for a need, by default of somebody in an organisation of their own."""
    need = need or add_need(session)
    supporter = supporter or add_user(session, Role.PARTNER)
    values = {"unit_id": unit_id_of(session, supporter), **values}
    stored: Support = _stored(
        session, Support(need_id=need.id, supporter_id=supporter.id, **values)
    )
    return stored


def add_adoption(
    session: Session, need: Need, solution: Need | PriorWork, **values: Any
) -> Adoption:
    """Add what was taken into use for a need, by its author."""
    subject = Subject.NEED if isinstance(solution, Need) else Subject.PRIOR_WORK
    defaults = {"adopted_by_id": need.author_id, "unit_id": need.unit_id}
    row = Adoption(
        need_id=need.id, subject=subject, solution_id=solution.id, **{**defaults, **values}
    )
    stored: Adoption = _stored(session, row)
    return stored


def describing(session: Session, author: User, **values: Any) -> DescribeNeed:
    """Return the command that posts a need for the author's first unit."""
    defaults: dict[str, Any] = {
        "title": "Keys get lost",
        "problem": "Substitutes cannot find the keys of the homes that they visit.",
        "unit_id": unit_id_of(session, author),
    }
    return DescribeNeed(**{**defaults, **values})


def judging(need: Need, other: Need | PriorWork, verdict: PairVerdict) -> JudgePair:
    """Return the command that judges a found text by what both say now."""
    return JudgePair(
        verdict=verdict,
        rank=1,
        probability=0.5,
        matcher_version="m",
        need_seen=fingerprint(need),
        other_seen=fingerprint(other),
    )


def reread(session: Session, row: Any) -> Any:
    """Bring a row up to what the database holds now."""
    session.rollback()
    session.refresh(row)
    return row


def day(number: int) -> datetime:
    """Return a moment; a greater number is later."""
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def add_journey(
    session: Session, need: Need | None = None, stage: Stage = Stage.IN_COORDINATION, **values: Any
) -> Journey:
    """Add a need's journey, at a stage that it has reached in no particular way."""
    need = need or add_need(session)
    row = Journey(need_id=need.id, stage=stage, steps=[JourneyStep(stage=stage)], **values)
    stored: Journey = _stored(session, row)
    return stored


def add_round(session: Session, **values: Any) -> Competence:
    """Add a round of student projects that begins in a month."""
    begins = (now() + timedelta(days=30)).date()
    kind = {"kind": CompetenceKind.COURSE_ROUND, "starts_on": begins, "slots": 4}
    return add_competence(session, **{**kind, **values})


def deciding(route: Route, **values: Any) -> DecideRoute:
    """Return the command of a route, with all that it asks for but a round or a solution."""
    command, asked = _ROUTES[route]
    made: DecideRoute = command(
        **{
            "reason": "It helps many, and it can be done.",
            "criteria": {Criterion.FEASIBLE: Assessment.YES},
            "seen": Stage.IN_COORDINATION,
            **asked,
            **values,
        }
    )
    return made


_ROUTES: dict[Route, tuple[Any, dict[str, Any]]] = {
    Route.MINNO: (DecideMinno, {"round_id": None, "representative": "A team leader"}),
    Route.THESIS: (DecideThesis, {"publicity_seen": True, "secret_annex": True}),
    Route.SERVICE: (DecideService, {"starter": "The library"}),
    Route.PROJECT: (DecideProject, {"parties": "Two counties", "funding_call": "ERDF 2027"}),
    Route.ADOPT: (DecideAdopt, {"solution": None}),
    Route.ADVISE: (DecideAdvise, {"advice": "Ask the library."}),
    Route.REFER: (DecideRefer, {"refer_to": "The city's housing service"}),
    Route.PARK: (DecidePark, {"returns_on": today() + timedelta(days=90)}),
    Route.DECLINE: (DecideDecline, {}),
}


def add_capture(
    session: Session, unit: Unit | None = None, stage: Stage = Stage.THROWN, **values: Any
) -> Capture:
    """Add an idea on its own journey, at a stage that it has reached in no particular way."""
    unit = unit or add_organisation(session).units[0]
    journey = Journey(stage=stage, steps=[JourneyStep(stage=stage)])
    stored: Capture = _stored(
        session,
        Capture(
            journey=journey,
            unit_id=unit.id,
            **{
                "key": uuid4(),
                "follow_code": token_urlsafe(32),
                "text": f"Keys are hard to find {next(_numbers)}",
                "language": Language.FI,
                **values,
            },
        ),
    )
    return stored


def add_unit_link(session: Session, unit: Unit | None = None, **values: Any) -> UnitLink:
    """Add a link that works, of a unit that nothing else is of."""
    unit = unit or add_organisation(session).units[0]
    row = UnitLink(unit_id=unit.id, **{"code": new_code(), **values})
    stored: UnitLink = _stored(session, row)
    return stored


def throwing(code: str, text: str = "Keys are hard to find.", **values: Any) -> ThrowIdea:
    """Return the command that throws an idea by a unit's link."""
    return ThrowIdea(
        **{"key": uuid4(), "code": code, "text": text, "language": Language.EN, **values}
    )


def add_series(
    session: Session,
    requester: User | None = None,
    state: SeriesState = SeriesState.ASKED,
    ambassadors: Sequence[User] = (),
    starts: datetime | None = None,
    **values: Any,
) -> WorkshopSeries:
    """Add a request for workshops; once it is confirmed, with its three workshops."""
    requester = requester or add_user(session, Role.PARTNER)
    first = starts or in_finland(now().date() + timedelta(days=30), 13)
    named = list(ambassadors)
    if state is not SeriesState.ASKED and not named:
        named = [add_user(session, Role.AMBASSADOR)]
    series = WorkshopSeries(
        requester_id=requester.id,
        state=state,
        **{
            "unit_id": unit_id_of(session, requester),
            "team_size": 8,
            "hours_granted": 6,
            "granted_by": "Head nurse",
            "place": "Meeting room 2",
            **values,
        },
        times=[PossibleTime(starts=first + timedelta(days=n)) for n in range(3)],
        ambassadors=[
            SeriesAmbassador(user_id=each.id, position=place) for place, each in enumerate(named)
        ],
        workshops=[
            Workshop(
                number=number,
                theme=f"Theme {number}",
                starts=begins,
                ends=begins + timedelta(hours=2),
                place="Meeting room 2",
            )
            for number, begins in enumerate(a_week_apart(first), 1)
            if named
        ],
    )
    stored: WorkshopSeries = _stored(session, series)
    return stored


def in_finland(day: date, hour: int) -> datetime:
    """Return a full hour of a day in Finland."""
    return finnish_moment(day, time(hour))


def add_board(
    session: Session,
    series: WorkshopSeries | None = None,
    step: BoardStep = BoardStep.GATHER,
    groups: Mapping[str, Sequence[str]] | None = None,
    loose: Sequence[str] = (),
) -> Board:
    """Add the board of a series under way, with ideas in groups and loose ones."""
    series = series or add_series(session, state=SeriesState.UNDER_WAY)
    code = "".join(choices(CODE_LETTERS, k=CODE_LENGTH))
    board: Board = _stored(session, Board(series_id=series.id, code=code, step=step))
    for position, (name, texts) in enumerate((groups or {}).items()):
        group = _stored(session, IdeaGroup(board_id=board.id, name=name, position=position))
        for text in texts:
            add_board_idea(session, board, text, group)
    for text in loose:
        add_board_idea(session, board, text)
    return board


def add_board_idea(
    session: Session, board: Board, text: str, group: IdeaGroup | None = None
) -> BoardIdea:
    """Add an idea to a board."""
    unit = session.get_one(Unit, board.series.unit_id)
    capture = add_capture(session, unit, Stage.IN_WORKSHOP, text=text)
    row = BoardIdea(board_id=board.id, capture_id=capture.id, group_id=group.id if group else None)
    stored: BoardIdea = _stored(session, row)
    return stored


def add_collaboration(
    session: Session, need: Need | None = None, *parties: tuple[User, PartyRole], **values: Any
) -> Collaboration:
    """Add a need's workspace, under way; the need's author is its partner, all have accepted."""
    need = need or add_need(session, state=NeedState.AGREED)
    journey = Journey(
        stage=Stage.UNDER_WAY, need_id=need.id, steps=[JourneyStep(stage=Stage.UNDER_WAY)]
    )
    known = {"state": PartyState.ACCEPTED, "answered": now()}
    stored: Collaboration = _stored(
        session,
        Collaboration(
            journey=journey,
            parties=[
                Party(user_id=user.id, role=role, **known)
                for user, role in ((need.author, PartyRole.PARTNER), *parties)
            ],
            **{"title": need.title, "language": need.language, **values},
        ),
    )
    return stored


def add_result(session: Session, need: Need | None = None, **values: Any) -> Result:
    """Add what was handed over for a need, which has ended by it; the author has signed."""
    need = need or add_need(session)
    collaboration = add_collaboration(session, need, state=CollaborationState.HANDED_OVER)
    need.state, need.close_reason = NeedState.CLOSED, CloseReason.SOLVED
    journey = collaboration.journey
    journey.stage = Stage.HANDED_OVER
    handed_over = JourneyStep(act=Act.HAND_OVER, stage=Stage.HANDED_OVER)
    journey.steps.append(handed_over)
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "title": f"Result {number}",
        "summary": f"A shared key box ({number}).",
        "handed_over": "The drawings.",
        "links": [],
        "licence": Licence.CC_BY,
        "language": Language.EN,
        "offered_by_id": need.author_id,
    }
    receipt = Receipt(signed_by_id=need.author_id, content_hash="0" * 64)
    row = Result(collaboration_id=collaboration.id, receipt=receipt, **{**defaults, **values})
    stored: Result = _stored(session, row)
    return stored


def add_mail_request(session: Session, capture: Capture, **values: Any) -> MailRequest:
    """Add an address that asks to be told of an idea and has not confirmed it."""
    defaults = {"address": "sender@county.example", "code": token_urlsafe(32)}
    row = MailRequest(capture_id=capture.id, **{**defaults, **values})
    stored: MailRequest = _stored(session, row)
    return stored


def add_milestone(session: Session, collaboration: Collaboration, **values: Any) -> Milestone:
    """Add something that is to be done."""
    row = Milestone(collaboration_id=collaboration.id, **{"title": "Interviews", **values})
    stored: Milestone = _stored(session, row)
    return stored


def add_unclear_part(session: Session, collaboration: Collaboration, **values: Any) -> UnclearPart:
    """Add a question of a collaboration's first party."""
    defaults: dict[str, Any] = {
        "about": UnclearAbout.GOAL,
        "question": "What is the measure?",
        "asked_by_id": collaboration.parties[0].user_id,
    }
    row = UnclearPart(collaboration_id=collaboration.id, **{**defaults, **values})
    stored: UnclearPart = _stored(session, row)
    return stored


def add_shared_file(
    session: Session,
    settings: Settings,
    collaboration: Collaboration,
    brought_by: User | None = None,
    **values: Any,
) -> SharedFile:
    """Add a text file that lies on disk, by default of a collaboration's first party."""
    kept = FileStore(settings.instance / "files").keep(BytesIO(b"Where keys are."), FileKind.TXT)
    defaults: dict[str, Any] = {
        "name": "keys.txt",
        "kind": FileKind.TXT.value,
        "brought_by_id": brought_by.id if brought_by else collaboration.parties[0].user_id,
        **asdict(kept),
    }
    row = SharedFile(collaboration_id=collaboration.id, **{**defaults, **values})
    stored: SharedFile = _stored(session, row)
    return stored


def add_adoption_question(session: Session, result: Result, **values: Any) -> AdoptionQuestion:
    """Add what a result's partner is asked after three months."""
    step = result.collaboration.journey.steps[-1]
    defaults: dict[str, Any] = {
        "step_seq": step.seq,
        "months": 3,
        "code": token_urlsafe(32),
        "user_id": result.receipt.signed_by_id if result.receipt else None,
    }
    stored: AdoptionQuestion = _stored(session, AdoptionQuestion(**{**defaults, **values}))
    return stored


def add_event(session: Session, **values: Any) -> Event:
    """Add a MINNO Fest a month from now."""
    defaults: dict[str, Any] = {
        "title": f"MINNO Fest {next(_numbers)}",
        "kind": EventKind.FEST,
        "starts": now() + timedelta(days=30),
        "ends": now() + timedelta(days=30, hours=3),
        "place": "Campus hall",
    }
    if "created_by_id" not in values:
        defaults["created_by_id"] = add_user(session, Role.COORDINATOR).id
    stored: Event = _stored(session, Event(**{**defaults, **values}))
    return stored


def add_sketch(session: Session, needs: Sequence[Need] = (), **values: Any) -> Sketch:
    """Add a sketch of some needs, or of three new ones."""
    chosen = list(needs) or [add_need(session) for _ in range(3)]
    defaults: dict[str, Any] = {
        "title": f"Project {next(_numbers)}",
        "problem": "Keys get lost everywhere.",
        "written_by_id": add_user(session, Role.COORDINATOR).id,
        "sources": [SketchSource(need_id=need.id) for need in chosen],
    }
    stored: Sketch = _stored(session, Sketch(**{**defaults, **values}))
    return stored
