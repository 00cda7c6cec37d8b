"""All tables, imported in one place so that the metadata is whole."""

from needsbank.db.models.adoption_ledger import AdoptionAnswer, AdoptionQuestion, Uptake
from needsbank.db.models.adoptions import Adoption
from needsbank.db.models.audit import AuditEntry
from needsbank.db.models.boards import (
    Board,
    BoardIdea,
    BoardParticipant,
    ChallengeSheet,
    ChallengeWording,
    Dot,
    IdeaGroup,
)
from needsbank.db.models.calendar_feeds import CalendarFeed
from needsbank.db.models.captures import Capture
from needsbank.db.models.catching import CaptureLine, CatchRule, MailRequest
from needsbank.db.models.collaborations import (
    AgreementAcceptance,
    Collaboration,
    Milestone,
    Party,
    SharedFile,
    ThreadNote,
    UnclearPart,
)
from needsbank.db.models.competences import Competence, Reference
from needsbank.db.models.embeddings import Embedding, Subject
from needsbank.db.models.events import Event, ProgrammeSlot
from needsbank.db.models.imports import ImportRun
from needsbank.db.models.journeys import Journey, JourneyStep
from needsbank.db.models.matcher_versions import MatcherVersion, VersionState
from needsbank.db.models.merges import Merge, MergeSource
from needsbank.db.models.messages import MailRefusal, Message
from needsbank.db.models.needs import Need
from needsbank.db.models.notices import Notice
from needsbank.db.models.organisations import Organisation, Unit
from needsbank.db.models.people import Attempt, Membership, SignInSession, User
from needsbank.db.models.prior_works import PriorWork
from needsbank.db.models.representatives import Representative
from needsbank.db.models.results import Feedback, Receipt, Result
from needsbank.db.models.route_decisions import RouteAnswer, RouteDecision
from needsbank.db.models.sketches import Sketch, SketchSource
from needsbank.db.models.sources import Harvest, Source
from needsbank.db.models.suggestions import Answer, Decision, Suggestion
from needsbank.db.models.supports import Support
from needsbank.db.models.sweeps import SweepPosition, SweptPair
from needsbank.db.models.unit_links import UnitLink, UnitVoice
from needsbank.db.models.vector_sets import MOST_SETS, SetState, VectorSet
from needsbank.db.models.verdicts import PairJudgement
from needsbank.db.models.webhooks import Webhook
from needsbank.db.models.workshops import (
    PossibleTime,
    SeriesAmbassador,
    Workshop,
    WorkshopSeries,
)

__all__ = [
    "MOST_SETS",
    "Adoption",
    "AdoptionAnswer",
    "AdoptionQuestion",
    "AgreementAcceptance",
    "Answer",
    "Attempt",
    "AuditEntry",
    "Board",
    "BoardIdea",
    "BoardParticipant",
    "CalendarFeed",
    "Capture",
    "CaptureLine",
    "CatchRule",
    "ChallengeSheet",
    "ChallengeWording",
    "Collaboration",
    "Competence",
    "Decision",
    "Dot",
    "Embedding",
    "Event",
    "Feedback",
    "Harvest",
    "IdeaGroup",
    "ImportRun",
    "Journey",
    "JourneyStep",
    "MailRefusal",
    "MailRequest",
    "MatcherVersion",
    "Membership",
    "Merge",
    "MergeSource",
    "Message",
    "Milestone",
    "Need",
    "Notice",
    "Organisation",
    "PairJudgement",
    "Party",
    "PossibleTime",
    "PriorWork",
    "ProgrammeSlot",
    "Receipt",
    "Reference",
    "Representative",
    "Result",
    "RouteAnswer",
    "RouteDecision",
    "SeriesAmbassador",
    "SetState",
    "SharedFile",
    "SignInSession",
    "Sketch",
    "SketchSource",
    "Source",
    "Subject",
    "Suggestion",
    "Support",
    "SweepPosition",
    "SweptPair",
    "ThreadNote",
    "UnclearPart",
    "Unit",
    "UnitLink",
    "UnitVoice",
    "Uptake",
    "User",
    "VectorSet",
    "VersionState",
    "Webhook",
    "Workshop",
    "WorkshopSeries",
]
