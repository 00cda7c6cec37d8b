"""What codes are called in the reader's language."""

from collections.abc import Iterable
from enum import Enum

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms.fields.choices import SelectChoice

from needsbank.db.models import AuditEntry, VersionState
from needsbank.domain.answers import AnswerRelation
from needsbank.domain.boards import BoardStep
from needsbank.domain.captures import Naming
from needsbank.domain.competences import CompetenceKind, CompetenceState
from needsbank.domain.fields import Field
from needsbank.domain.journeys import Act, Mover, Stage
from needsbank.domain.languages import INTERFACE_LANGUAGES, Language
from needsbank.domain.licences import Licence
from needsbank.domain.mail_levels import MailLevel
from needsbank.domain.matters import Waiting
from needsbank.domain.needs import CloseReason, NeedState, Scope
from needsbank.domain.organisations import Region, Sector
from needsbank.domain.outbox import Channel, MessageState, Trouble
from needsbank.domain.personal_data import PersonalKind
from needsbank.domain.prior_works import PriorWorkKind
from needsbank.domain.references import ReferenceKind
from needsbank.domain.roles import Role
from needsbank.domain.route_decisions import Assessment, Criterion
from needsbank.domain.routes import Route
from needsbank.domain.sources import HarvestState, Schedule, SourceKind, TrustTier
from needsbank.domain.suggestions import Side, SuggestionState, Verdict
from needsbank.domain.verdicts import PairVerdict
from needsbank.domain.visibility import Visibility
from needsbank.domain.workshops import SeriesState

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
    PersonalKind.IDENTITY_CODE: _l("Identity code"),
    PersonalKind.PHONE: _l("Phone number"),
    PersonalKind.EMAIL: _l("E-mail address"),
    PersonalKind.BANK_ACCOUNT: _l("Bank account number"),
    PersonalKind.ADDRESS: _l("Home address"),
    PersonalKind.PERSON: _l("Somebody's name"),
    PersonalKind.BIRTH_DATE: _l("Date of birth"),
    Mover.SENDER: _l("The sender"),
    Mover.CATCHER: _l("The catcher"),
    Mover.COORDINATOR: _l("The coordination team"),
    Mover.PARTNER: _l("The work community"),
    Mover.SIDES: _l("Both sides of a pairing"),
    Mover.TEAM: _l("The parties of the collaboration"),
    Mover.CLOCK: _l("The clock"),
    Criterion.FEASIBLE: _l("Can it be done?"),
    Criterion.FITS_ROUND: _l("Does it fit a round?"),
    Criterion.URGENT: _l("Is it urgent?"),
    Criterion.BENEFITS_MANY: _l("Do many benefit?"),
    Criterion.DEVELOPED: _l("Has it been developed already?"),
    Assessment.YES: _l("Yes"),
    Assessment.PARTLY: _l("Partly"),
    Assessment.NO: _l("No"),
    Waiting.DECISION: _l("To decide"),
    Waiting.ANSWER: _l("To answer"),
    Waiting.REPRESENTATIVE: _l("Wait for a representative"),
    Waiting.PARKED: _l("Parked"),
    Waiting.LATE: _l("Late"),
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
    Naming.NOBODY: _l("I stay anonymous"),
    Naming.COORDINATORS: _l("Only the coordinators may see my name"),
    Naming.CATCHERS: _l("Whoever catches it may see my name"),
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
    CloseReason.EXPIRED: _l("Nobody said any more that it is current"),
    CloseReason.ANSWERED: _l("The coordination team has answered"),
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
    SeriesState.ASKED: _l("Waits for a coordinator"),
    SeriesState.CONFIRMED: _l("Times agreed"),
    SeriesState.UNDER_WAY: _l("Workshops under way"),
    SeriesState.DONE: _l("Challenge handed over"),
    SeriesState.CANCELLED: _l("Cancelled"),
    SeriesState.DECLINED: _l("Declined"),
    BoardStep.GATHER: _l("Gather ideas"),
    BoardStep.GROUP: _l("Group ideas"),
    BoardStep.COMPARE: _l("See what is known"),
    BoardStep.VOTE: _l("Vote"),
    BoardStep.WORD: _l("Word the challenge"),
    BoardStep.HANDED_OVER: _l("Handed over"),
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
    ("unit", "make_link"): _l("made a unit's link"),
    ("unit", "revoke_link"): _l("revoked a unit's link"),
    ("unit", "propose_catcher"): _l("proposed a catcher for a unit"),
    ("unit", "drop_catcher"): _l("took back who is proposed as a unit's catcher"),
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
    ("need", "confirm"): _l("said that a need is still current"),
    ("competence", "confirm"): _l("said that a competence is still on offer"),
    ("source", "pause"): _l("paused a source"),
    ("source", "resume"): _l("resumed a source"),
    ("suggestion", "approved"): _l("approved a suggestion"),
    ("suggestion", "rejected"): _l("rejected a suggestion"),
    ("suggestion", "deferred"): _l("deferred a suggestion"),
    ("suggestion", "accept"): _l("accepted a pairing"),
    ("suggestion", "decline"): _l("declined a pairing"),
    ("journey", "begin"): _l("set a matter on its way"),
    ("journey", "catch"): _l("caught a matter"),
    ("journey", "escalate"): _l("told the lead that nobody had caught a matter"),
    ("journey", "promise"): _l("promised an answer by a day"),
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
    ("calendar_feed", "add"): _l("made an address for a calendar"),
    ("calendar_feed", "revoke"): _l("took a calendar's address out of use"),
    ("workshop_series", "ask"): _l("asked for INNO workshops"),
    ("workshop_series", "withdraw"): _l("took back a request for INNO workshops"),
    ("workshop_series", "decline"): _l("declined a request for INNO workshops"),
    ("workshop_series", "confirm"): _l("confirmed INNO workshops"),
    ("workshop_series", "move"): _l("moved an INNO workshop"),
    ("workshop_series", "call_off"): _l("called an INNO workshop off"),
    ("workshop_series", "cancel"): _l("cancelled INNO workshops"),
    ("workshop_series", "begin"): _l("opened the board of INNO workshops"),
    ("workshop_series", "move_board"): _l("moved a workshop board to another step"),
    ("workshop_series", "hand_over"): _l("handed over the challenge of INNO workshops"),
    ("matcher_version", "train"): _l("trained a matcher version"),
    ("matcher_version", "promote"): _l("took a trained matcher version into use"),
    ("matcher_version", "roll_back"): _l("went back to the shipped matcher version"),
}
WITHOUT_ACCOUNT: dict[tuple[str, str], LazyString] = {
    ("journey", "begin"): _l("A sender without an account"),
    ("journey", "withdraw"): _l("A sender without an account"),
    ("journey", "restore"): _l("A sender without an account"),
    ("journey", "accept"): _l("The community's representative"),
    ("journey", "decline"): _l("The community's representative"),
    ("journey", "return"): _l("The clock"),
}
ROUTE_HELP: dict[str, LazyString] = {
    Route.MINNO.value: _l("A team of 4–7 students solves it in a round of about seven weeks."),
    Route.THESIS.value: _l("A student writes a thesis on it."),
    Route.SERVICE.value: _l("Somebody starts a service that does not exist yet."),
    Route.PROJECT.value: _l("Several parties apply for funding together."),
    Route.ADOPT.value: _l("Somebody has solved it already."),
    Route.ADVISE.value: _l("The senders can get on by themselves with advice."),
    Route.REFER.value: _l("It is somebody else's to answer."),
    Route.PARK.value: _l("Not now; it comes back by itself on a day."),
    Route.DECLINE.value: _l("It is not taken further; the reason says why."),
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
    "step": BoardStep,
}
INVALID: dict[str, LazyString] = {
    "required": _l("Fill this in."),
    "taken": _l("This is already in the bank."),
    "unknown": _l("Choose one from the list."),
    "business_id": _l("Check the business ID: seven digits, a hyphen and a check digit."),
    "too_long": _l("Shorten this."),
    "personal": _l("Take out what tells of a person, or use the text that we suggest."),
    "mail": _l("Check the e-mail address."),
    "many_mails": _l("No more addresses can be added to this idea."),
    "many_lines": _l("No more can be added to this idea."),
    "characters": _l("Only letters, digits and - _ . ! ~ * ' ( ) may stand here."),
    "url": _l("Give a full web address, which begins with https:// and holds no password."),
    "base_url": _l("Give the base address alone, without anything after ? or #."),
    "needs_address": _l("What is to be fetched by itself needs an address."),
    "assessed": _l("Assess at least one of these."),
    "publicity": _l("The work community must know this before a thesis is begun."),
    "no_need": _l("Only a posted need can take something ready into use."),
    "returns_on": _l("Choose a day after today and within two years."),
    "email": _l("Check the e-mail address."),
    "past": _l("Choose a time that is still to come."),
    "same_times": _l("Give three different times."),
    "no_such_time": _l("The clocks change that night: this hour does not exist. Choose another."),
    "order": _l("The workshops must follow one another without overlapping."),
    "number": _l("Check the number."),
    "ambassadors": _l("Name one to six ambassadors from the list."),
    "full": _l("The board is full. Move on with these."),
    "same": _l("Choose another group."),
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


def act_name(act: Act) -> LazyString:
    """Return what a turn of a journey is called."""
    return ACTS["journey", act.value]


def act_of(entry: AuditEntry) -> LazyString | str:
    """Return what somebody did, as the log says it."""
    return ACTS.get((entry.subject, entry.act), f"{entry.act} {entry.subject}")


def who_of(entry: AuditEntry) -> LazyString | str:
    """Return who did something, as the log says it: not everybody has an account."""
    if entry.actor is not None:
        return entry.actor.name
    return WITHOUT_ACCOUNT.get((entry.subject, entry.act), _l("The server's keeper"))


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
        act_name=act_name,
        detail_of=detail_of,
        who_of=who_of,
        routes=list(Route),
        route_help=ROUTE_HELP,
        waiting_tabs=list(Waiting),
        criterion_names={each.value: LABELS[each] for each in Criterion},
        assessment_names={each.value: LABELS[each] for each in Assessment},
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
