"""What codes are called in the reader's language."""

from collections.abc import Iterable
from enum import Enum

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms.fields.choices import SelectChoice

from needsbank.db.models import AuditEntry, VersionState
from needsbank.domain.answers import AnswerRelation
from needsbank.domain.competences import CompetenceKind, CompetenceState
from needsbank.domain.fields import Field
from needsbank.domain.journeys import Stage
from needsbank.domain.languages import INTERFACE_LANGUAGES, Language
from needsbank.domain.licences import Licence
from needsbank.domain.mail_levels import MailLevel
from needsbank.domain.needs import CloseReason, NeedState, Scope
from needsbank.domain.organisations import Region, Sector
from needsbank.domain.outbox import Channel, MessageState, Trouble
from needsbank.domain.prior_works import PriorWorkKind
from needsbank.domain.references import ReferenceKind
from needsbank.domain.roles import Role
from needsbank.domain.routes import Route
from needsbank.domain.sources import HarvestState, Schedule, SourceKind, TrustTier
from needsbank.domain.suggestions import Side, SuggestionState, Verdict
from needsbank.domain.verdicts import PairVerdict
from needsbank.domain.visibility import Visibility
from needsbank.domain.webhooks import WebhookEvent

LABELS: dict[Enum, LazyString] = {
    Role.PARTNER: _l("Working-life partner"),
    Role.MEMBER: _l("Member of a university"),
    Role.COMPANY: _l("Company"),
    Role.AMBASSADOR: _l("INNO ambassador"),
    Role.COORDINATOR: _l("Coordinator"),
    Role.LEAD: _l("Lead coordinator"),
    Role.OBSERVER: _l("Observer"),
    Role.ADMIN: _l("Administrator"),
    Stage.THROWN: _l("Waits for a catcher"),
    Stage.CAUGHT: _l("Caught"),
    Stage.IN_WORKSHOP: _l("In a workshop"),
    Stage.IN_COORDINATION: _l("With the coordination team"),
    Stage.DECIDED: _l("Decided; the answer is being written"),
    Stage.AWAITING_PARTNER: _l("Waits for the work community's representative"),
    Stage.UNDER_WAY: _l("Being worked on"),
    Stage.HANDED_OVER: _l("Result handed over"),
    Stage.ADOPTED: _l("A ready solution is being taken into use"),
    Stage.IN_USE: _l("In use"),
    Stage.PARTLY_IN_USE: _l("Partly in use"),
    Stage.NOT_IN_USE: _l("Not in use"),
    Stage.PARKED: _l("Parked"),
    Stage.ANSWERED: _l("Answered"),
    Stage.JOINED: _l("Goes on as part of another"),
    Stage.BROKEN_OFF: _l("Broken off"),
    Stage.CLOSED: _l("Ended by its sender"),
    Stage.WITHDRAWN: _l("Taken back"),
    Route.MINNO: _l("MINNO project"),
    Route.THESIS: _l("Thesis"),
    Route.SERVICE: _l("New service"),
    Route.PROJECT: _l("Larger project"),
    Route.ADOPT: _l("Adopting what exists"),
    Route.ADVISE: _l("Advice"),
    Route.REFER: _l("Referral to somebody else"),
    Route.PARK: _l("Parking until later"),
    Route.DECLINE: _l("No"),
    Sector.WELLBEING_COUNTY: _l("Wellbeing services county"),
    Sector.MUNICIPALITY: _l("Municipality"),
    Sector.COMPANY: _l("Company"),
    Sector.ASSOCIATION: _l("Association"),
    Sector.UNIVERSITY_APPLIED: _l("University of applied sciences"),
    Sector.UNIVERSITY: _l("University"),
    Sector.RESEARCH_INSTITUTE: _l("Research institute"),
    Sector.STATE: _l("State"),
    Region.UUSIMAA: _l("Uusimaa"),
    Region.VARSINAIS_SUOMI: _l("Southwest Finland"),
    Region.SATAKUNTA: _l("Satakunta"),
    Region.KANTA_HAME: _l("Kanta-Häme"),
    Region.PIRKANMAA: _l("Pirkanmaa"),
    Region.PAIJAT_HAME: _l("Päijät-Häme"),
    Region.KYMENLAAKSO: _l("Kymenlaakso"),
    Region.ETELA_KARJALA: _l("South Karelia"),
    Region.ETELA_SAVO: _l("South Savo"),
    Region.POHJOIS_SAVO: _l("North Savo"),
    Region.POHJOIS_KARJALA: _l("North Karelia"),
    Region.KESKI_SUOMI: _l("Central Finland"),
    Region.ETELA_POHJANMAA: _l("South Ostrobothnia"),
    Region.POHJANMAA: _l("Ostrobothnia"),
    Region.KESKI_POHJANMAA: _l("Central Ostrobothnia"),
    Region.POHJOIS_POHJANMAA: _l("North Ostrobothnia"),
    Region.KAINUU: _l("Kainuu"),
    Region.LAPPI: _l("Lapland"),
    Region.AHVENANMAA: _l("Åland"),
    Field.HEALTH_SOCIAL: _l("Health and social services"),
    Field.EDUCATION: _l("Education"),
    Field.TECHNOLOGY: _l("Technology"),
    Field.ICT: _l("Information technology"),
    Field.BUSINESS: _l("Business and administration"),
    Field.CULTURE: _l("Culture and media"),
    Field.ENVIRONMENT: _l("Environment and energy"),
    Field.CONSTRUCTION: _l("Construction and housing"),
    Field.HOSPITALITY: _l("Food, travel and hospitality"),
    Field.SAFETY: _l("Safety"),
    Scope.OWN_WORK: _l("My own work"),
    Scope.TEAM: _l("Our team"),
    Scope.AREA: _l("Our area"),
    Scope.ORGANISATION: _l("The whole organisation"),
    AnswerRelation.READY_SOLUTION: _l("Ready solution"),
    AnswerRelation.SAME_NEED: _l("The same need"),
    AnswerRelation.PART_OF: _l("Partly the same"),
    AnswerRelation.CONTINUES: _l("The same of another year"),
    AnswerRelation.RELATED: _l("Related only"),
    PairVerdict.SAME: _l("The same"),
    PairVerdict.PARTLY: _l("Partly"),
    PairVerdict.NO: _l("Not the same"),
    Visibility.PUBLIC: _l("Everyone"),
    Visibility.NETWORK: _l("Everyone in the network"),
    Visibility.ORGANISATION: _l("My organisation and the coordinators"),
    Visibility.COORDINATORS: _l("Only the coordinators"),
    NeedState.DRAFT: _l("Draft"),
    NeedState.OPEN: _l("Open"),
    NeedState.AGREED: _l("Pairing agreed"),
    NeedState.CLOSED: _l("Ended"),
    NeedState.WITHDRAWN: _l("Withdrawn"),
    CloseReason.SOLVED: _l("Solved"),
    CloseReason.ADOPTED: _l("We took an existing solution into use"),
    CloseReason.NO_LONGER_NEEDED: _l("No longer needed"),
    CloseReason.NO_PARTNER: _l("No partner was found"),
    CloseReason.DUPLICATE: _l("The same need is already in the bank"),
    CloseReason.OTHER: _l("Another reason"),
    CompetenceKind.STUDENT_TEAM: _l("Student team"),
    CompetenceKind.COURSE_ROUND: _l("Course round"),
    CompetenceKind.RESEARCHER: _l("Researcher or research group"),
    CompetenceKind.COMPANY: _l("Company"),
    CompetenceKind.FACILITY: _l("Facility or test environment"),
    CompetenceState.DRAFT: _l("Draft"),
    CompetenceState.OPEN: _l("On offer"),
    CompetenceState.CLOSED: _l("Not on offer"),
    PriorWorkKind.THESIS: _l("Thesis"),
    PriorWorkKind.PROJECT: _l("Project"),
    PriorWorkKind.REPORT: _l("Report"),
    PriorWorkKind.ARTICLE: _l("Article"),
    PriorWorkKind.SERVICE_MODEL: _l("Service model"),
    PriorWorkKind.PRODUCT: _l("Product"),
    PriorWorkKind.OTHER: _l("Other work"),
    Licence.CC0: _l("CC0"),
    Licence.PUBLIC_DOMAIN: _l("Public domain"),
    Licence.CC_BY: _l("CC BY"),
    Licence.CC_BY_SA: _l("CC BY-SA"),
    Licence.CC_BY_ND: _l("CC BY-ND"),
    Licence.CC_BY_NC: _l("CC BY-NC"),
    Licence.CC_BY_NC_SA: _l("CC BY-NC-SA"),
    Licence.CC_BY_NC_ND: _l("CC BY-NC-ND"),
    Licence.IN_COPYRIGHT: _l("In copyright"),
    Licence.UNKNOWN: _l("Terms not known"),
    SourceKind.OAI_PMH: _l("Repository (OAI-PMH)"),
    SourceKind.CATALOGUE: _l("Catalogue"),
    SourceKind.OWN: _l("The bank's own collaborations"),
    TrustTier.REVIEWED: _l("Reviewed: theses, publications"),
    TrustTier.CURATED: _l("Curated: somebody looks after it"),
    TrustTier.OPEN: _l("Open: anybody may add to it"),
    Schedule.MANUAL: _l("Only when asked"),
    Schedule.DAILY: _l("Every day"),
    Schedule.WEEKLY: _l("Every week"),
    Schedule.MONTHLY: _l("Every month"),
    HarvestState.RUNNING: _l("Under way"),
    HarvestState.COMPLETE: _l("Complete"),
    HarvestState.PARTIAL: _l("Partly read"),
    HarvestState.FAILED: _l("Failed"),
    HarvestState.CANCELLED: _l("Cancelled"),
    ReferenceKind.PROJECT: _l("Project"),
    ReferenceKind.COURSE: _l("Course"),
    ReferenceKind.PUBLICATION: _l("Publication"),
    ReferenceKind.THESIS: _l("Thesis"),
    ReferenceKind.OTHER: _l("Other work"),
    SuggestionState.PROPOSED: _l("To be reviewed"),
    SuggestionState.DEFERRED: _l("Deferred"),
    SuggestionState.REJECTED: _l("Rejected"),
    SuggestionState.APPROVED: _l("Waiting for answers"),
    SuggestionState.AGREED: _l("Agreed"),
    SuggestionState.DECLINED: _l("Declined"),
    Verdict.APPROVED: _l("Approve"),
    Verdict.REJECTED: _l("Reject"),
    Verdict.DEFERRED: _l("Defer"),
    Side.NEED: _l("The need's side"),
    Side.COMPETENCE: _l("The competence's side"),
    VersionState.CANDIDATE: _l("Not in use yet"),
    VersionState.ACTIVE: _l("In use"),
    VersionState.RETIRED: _l("Used before"),
    MailLevel.AT_ONCE: _l("At once"),
    MailLevel.DAILY: _l("Once a day, at seven in the morning"),
    MailLevel.NEVER: _l("Never"),
    Channel.MAIL: _l("Mail"),
    Channel.TEAMS: _l("Teams"),
    Channel.SLACK: _l("Slack"),
    WebhookEvent.MORNING: _l("Each morning, how much waits"),
    WebhookEvent.THROWN: _l("An idea has come"),
    WebhookEvent.UNDER_WAY: _l("Work on an idea has begun"),
    WebhookEvent.HANDED_OVER: _l("A result has been handed over"),
    WebhookEvent.IN_USE: _l("A result is in use"),
    MessageState.WAITING: _l("Waiting"),
    MessageState.SENDING: _l("Being sent"),
    MessageState.SENT: _l("Sent"),
    MessageState.UNCERTAIN: _l("Nobody knows whether it left"),
    MessageState.DEAD: _l("Did not leave"),
    MessageState.CANCELLED: _l("Not to be sent"),
    MessageState.GATHERED: _l("Told in a digest"),
    Trouble.NOT_REACHED: _l("Nobody answered, for almost three days."),
    Trouble.REFUSED: _l("The recipient or the message was refused."),
    Trouble.UNREADABLE: _l("It could not be put into words: a mistake of the service."),
    Trouble.NO_ANSWER: _l("It was handed over, and nobody said whether it was taken."),
    Trouble.WORKER_GONE: _l("The worker ended while it was sending it."),
    Trouble.DISABLED: _l("The recipient's account is closed."),
    Trouble.NO_ADDRESS: _l("There is no address."),
    Trouble.NOT_WANTED: _l("The recipient wants no mail."),
    Trouble.UNSUBSCRIBED: _l("The address asked for no more mail."),
    Trouble.WEBHOOK_GONE: _l("The channel has been removed."),
    Trouble.LEFT: _l("Left as it is by an admin."),
    Language.FI: _l("Finnish"),
    Language.SV: _l("Swedish"),
    Language.EN: _l("English"),
    Language.OTHER: _l("Another language"),
}

BANDS: dict[str, LazyString] = {
    "strong": _l("Strong match"),
    "good": _l("Good match"),
    "possible": _l("Possible match"),
}
PERHAPS: dict[AnswerRelation, LazyString] = {
    AnswerRelation.READY_SOLUTION: _l("Perhaps a ready solution"),
    AnswerRelation.SAME_NEED: _l("Perhaps the same need"),
}
PARTS: dict[str, LazyString] = {
    "meaning": _l("Same meaning"),
    "words": _l("Same words and word stems"),
    "terms": _l("Same rare terms, translated ones too"),
    "region": _l("Same region"),
    "field": _l("Same field"),
    "language": _l("Same language"),
}
ACTS: dict[tuple[str, str], LazyString] = {
    ("organisation", "add"): _l("added an organisation"),
    ("organisation", "change"): _l("changed an organisation"),
    ("unit", "add"): _l("added a unit"),
    ("user", "add"): _l("added a person"),
    ("user", "set_password"): _l("set a person's password"),
    ("user", "disable"): _l("closed a person's account"),
    ("membership", "grant"): _l("gave a person a role"),
    ("need", "draft"): _l("drafted a need"),
    ("need", "change"): _l("changed a need"),
    ("need", "open"): _l("posted a need"),
    ("need", "withdrawn"): _l("withdrew a need"),
    ("need", "restore"): _l("restored a need"),
    ("need", "closed"): _l("ended a need"),
    ("need", "adopt"): _l("took something ready into use for a need"),
    ("need", "support"): _l("joined a need"),
    ("need", "change_support"): _l("changed how they joined a need"),
    ("need", "unsupport"): _l("left a need that they had joined"),
    ("need", "judge"): _l("judged whether a need is known already"),
    ("need", "unjudge"): _l("took back a verdict on whether a need is known"),
    ("need", "merge"): _l("merged needs into a challenge"),
    ("need", "merged"): _l("made a need part of a challenge"),
    ("need", "undo_merge"): _l("took a challenge apart"),
    ("need", "unmerged"): _l("let a need stand by itself again"),
    ("need", "object"): _l("objected to a merge"),
    ("competence", "draft"): _l("drafted a competence"),
    ("competence", "change"): _l("changed a competence"),
    ("competence", "open"): _l("put a competence on offer"),
    ("competence", "closed"): _l("took a competence off offer"),
    ("source", "add"): _l("added a source"),
    ("source", "change"): _l("changed a source"),
    ("source", "bring"): _l("brought a file to a source"),
    ("source", "order_harvest"): _l("asked for a harvest of a source"),
    ("source", "cancel_harvest"): _l("cancelled a harvest of a source"),
    ("source", "pause"): _l("paused a source"),
    ("source", "resume"): _l("resumed a source"),
    ("suggestion", "approved"): _l("approved a suggestion"),
    ("suggestion", "rejected"): _l("rejected a suggestion"),
    ("suggestion", "deferred"): _l("deferred a suggestion"),
    ("suggestion", "accept"): _l("accepted a pairing"),
    ("suggestion", "decline"): _l("declined a pairing"),
    ("journey", "begin"): _l("set a matter on its way"),
    ("journey", "catch"): _l("caught a matter"),
    ("journey", "let_go"): _l("let go of a matter"),
    ("journey", "take_to_workshop"): _l("took a matter to a workshop"),
    ("journey", "leave_workshop"): _l("took a matter out of a workshop"),
    ("journey", "take_to_coordination"): _l("took a matter to the coordination team"),
    ("journey", "send_back"): _l("sent a matter back to its catcher"),
    ("journey", "join"): _l("joined a matter to another one"),
    ("journey", "separate"): _l("separated a matter from another one"),
    ("journey", "decide"): _l("decided on a route"),
    ("journey", "reconsider"): _l("took a decision back"),
    ("journey", "answer_and_start"): _l("sent an answer: work begins"),
    ("journey", "answer_and_adopt"): _l("sent an answer: something ready is taken into use"),
    ("journey", "answer_and_park"): _l("sent an answer: it is parked"),
    ("journey", "answer_and_end"): _l("sent an answer"),
    ("journey", "return"): _l("took a parked matter up again"),
    ("journey", "accept"): _l("accepted a part in the work"),
    ("journey", "decline"): _l("declined a part in the work"),
    ("journey", "agree"): _l("agreed on working together"),
    ("journey", "hand_over"): _l("handed a result over"),
    ("journey", "break_off"): _l("broke the work off"),
    ("journey", "adopt"): _l("took something ready into use"),
    ("journey", "use"): _l("told that a result is in use"),
    ("journey", "use_partly"): _l("told that a result is partly in use"),
    ("journey", "leave_unused"): _l("told that a result is not in use"),
    ("journey", "close"): _l("ended a matter"),
    ("journey", "withdraw"): _l("took a matter back"),
    ("journey", "restore"): _l("restored a matter"),
    ("journey", "reopen"): _l("opened a matter again"),
    ("message", "send_again"): _l("had a message sent again"),
    ("message", "leave"): _l("left a message as it is"),
    ("webhook", "add"): _l("added a channel"),
    ("webhook", "turn_on"): _l("turned a channel on"),
    ("webhook", "turn_off"): _l("turned a channel off"),
    ("webhook", "remove"): _l("removed a channel"),
    ("calendar_feed", "add"): _l("made an address for a calendar"),
    ("calendar_feed", "revoke"): _l("took a calendar's address out of use"),
    ("matcher_version", "train"): _l("trained a matcher version"),
    ("matcher_version", "promote"): _l("took a trained matcher version into use"),
    ("matcher_version", "roll_back"): _l("went back to the shipped matcher version"),
}
DECIDED: dict[str, LazyString] = {
    "approved": _l("Approved"),
    "rejected": _l("Rejected"),
    "deferred": _l("Deferred"),
}
DETAILS: dict[str, type[Enum]] = {
    "reason": CloseReason,
    "side": Side,
    "role": Role,
    "likeness": PairVerdict,
    "route": Route,
    "stage": Stage,
}
INVALID: dict[str, LazyString] = {
    "required": _l("Fill this in."),
    "taken": _l("This is already in the bank."),
    "unknown": _l("Choose one from the list."),
    "business_id": _l("Check the business ID: seven digits, a hyphen and a check digit."),
    "too_long": _l("Shorten this."),
    "characters": _l("Only letters, digits and - _ . ! ~ * ' ( ) may stand here."),
    "url": _l("Give a full web address, which begins with https:// and holds no password."),
    "base_url": _l("Give the base address alone, without anything after ? or #."),
    "needs_address": _l("What is to be fetched by itself needs an address."),
    "team_size": _l("The largest team cannot be smaller than the smallest."),
}


def label(code: Enum) -> LazyString:
    """Return what an enum's member is called."""
    return LABELS[code]


def choices(codes: Iterable[Enum], *, empty: LazyString | None = None) -> list[SelectChoice]:
    """Return codes as choices of a form, with an empty first choice if one is named."""
    listed = [SelectChoice(code.value, LABELS[code]) for code in codes]
    return listed if empty is None else [SelectChoice("", empty), *listed]


def relation_words(relation: AnswerRelation, *, sure: bool, judged: bool) -> LazyString:
    """Return how something found relates; only people say for certain that it is a solution."""
    certain = judged or (sure and relation is not AnswerRelation.READY_SOLUTION)
    return LABELS[relation] if certain else PERHAPS.get(relation, LABELS[relation])


def act_of(entry: AuditEntry) -> LazyString | str:
    """Return what somebody did, as the log says it."""
    return ACTS.get((entry.subject, entry.act), f"{entry.act} {entry.subject}")


def detail_of(name: str, value: str | int) -> LazyString | str | int:
    """Return a detail of the log: a code is called by its name."""
    return LABELS[DETAILS[name](value)] if name in DETAILS else value


def register(app: Flask) -> None:
    """Let templates call things by their names."""
    app.jinja_env.filters["label"] = label
    app.jinja_env.globals.update(
        bands=BANDS,
        relation_words=relation_words,
        parts_of_score=PARTS,
        act_of=act_of,
        detail_of=detail_of,
        decided=DECIDED,
        codes={
            "field": list(Field),
            "sector": list(Sector),
            "region": list(Region),
            "language": list(INTERFACE_LANGUAGES),
            "competence_kind": list(CompetenceKind),
            "prior_work_kind": list(PriorWorkKind),
        },
    )
