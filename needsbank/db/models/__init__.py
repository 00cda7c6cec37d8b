"""All tables, imported in one place so that the metadata is whole."""

from needsbank.db.models.adoption_ledger import AdoptionAnswer, AdoptionQuestion, Uptake
from needsbank.db.models.adoptions import Adoption
from needsbank.db.models.audit import AuditEntry
from needsbank.db.models.captures import Capture
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
from needsbank.db.models.messages import Message
from needsbank.db.models.needs import Need
from needsbank.db.models.notices import Notice
from needsbank.db.models.organisations import Organisation, Unit
from needsbank.db.models.people import Attempt, Membership, SignInSession, User
from needsbank.db.models.prior_works import PriorWork
from needsbank.db.models.results import Feedback, Receipt, Result
from needsbank.db.models.sketches import Sketch, SketchSource
from needsbank.db.models.sources import Harvest, Source
from needsbank.db.models.suggestions import Answer, Decision, Suggestion
from needsbank.db.models.supports import Support
from needsbank.db.models.sweeps import SweepPosition, SweptPair
from needsbank.db.models.vector_sets import MOST_SETS, SetState, VectorSet
from needsbank.db.models.verdicts import PairJudgement

__all__ = [
    "MOST_SETS",
    "Adoption",
    "AdoptionAnswer",
    "AdoptionQuestion",
    "AgreementAcceptance",
    "Answer",
    "Attempt",
    "AuditEntry",
    "Capture",
    "Collaboration",
    "Competence",
    "Decision",
    "Embedding",
    "Event",
    "Feedback",
    "Harvest",
    "ImportRun",
    "Journey",
    "JourneyStep",
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
    "PriorWork",
    "ProgrammeSlot",
    "Receipt",
    "Reference",
    "Result",
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
    "Uptake",
    "User",
    "VectorSet",
    "VersionState",
]
