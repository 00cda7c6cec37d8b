"""The forms of the coordination team: a decision by route, taking it back, the answer."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from needsbank.db.models import Competence, Need, PriorWork
from needsbank.domain.answers_back import ANSWER_MAX, AnswerSenders
from needsbank.domain.errors import Invalid
from needsbank.domain.journeys import Stage
from needsbank.domain.languages import INTERFACE_LANGUAGES, Language
from needsbank.domain.needs import DETAIL_MAX
from needsbank.domain.route_decisions import (
    LINE_MAX,
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
    SolutionKind,
)
from needsbank.domain.routes import Route
from needsbank.web.forms import BankForm, Required, at_most, show_errors
from needsbank.web.labels import LABELS, choices
from needsbank.web.languages import day

_RELOAD = _l("Reload the page and decide again.")


class SeenForm(BankForm):
    """A form about a matter; `seen` is the stage that its reader saw."""

    seen = HiddenField(validators=[Required(_RELOAD)])

    @property
    def stage_seen(self) -> Stage:
        """Return the stage that was seen."""
        return Stage(self.seen.data)

    def validate_seen(self, field: HiddenField) -> None:
        """Refuse a stage that does not exist."""
        if field.data not in {stage.value for stage in Stage}:
            raise ValidationError(_RELOAD)


class _Asked:
    """Say that a field must be filled in; the service checks it for the chosen route only."""

    field_flags = {"required": True}

    def __call__(self, form: BankForm, field: Field) -> None:
        """Refuse nothing here."""


def _criterion(criterion: Criterion) -> SelectField:
    listed = choices(Assessment, empty=_l("Not assessed"))
    return SelectField(LABELS[criterion], choices=listed, default="")


class RouteForm(SeenForm):
    """How a matter goes on, with what each route asks for; only the chosen one's is read."""

    criterion_feasible = _criterion(Criterion.FEASIBLE)
    criterion_fits_round = _criterion(Criterion.FITS_ROUND)
    criterion_urgent = _criterion(Criterion.URGENT)
    criterion_benefits_many = _criterion(Criterion.BENEFITS_MANY)
    criterion_developed = _criterion(Criterion.DEVELOPED)
    route = RadioField(
        _l("Route"), choices=choices(Route), validators=[Required(_l("Choose a route."))]
    )
    round_id = SelectField(_l("Round"), validators=[_Asked()], validate_choice=False)
    representative = StringField(
        _l("Whom do you wish for as the community's representative?"),
        description=_l("For example a team leader or a development nurse."),
        validators=[_Asked(), at_most(LINE_MAX)],
    )
    publicity_seen = BooleanField(
        _l("The work community knows that a thesis is public once it is approved")
    )
    secret_annex = BooleanField(_l("What is confidential goes into a secret annex of its own"))
    starter = StringField(_l("Who starts the service?"), validators=[_Asked(), at_most(LINE_MAX)])
    parties = TextAreaField(
        _l("Parties of the project"), validators=[_Asked(), at_most(DETAIL_MAX)]
    )
    funding_call = StringField(_l("Funding call"), validators=[_Asked(), at_most(LINE_MAX)])
    solution = SelectField(
        _l("What is taken into use?"), validators=[_Asked()], validate_choice=False
    )
    advice = TextAreaField(_l("Advice"), validators=[_Asked(), at_most(DETAIL_MAX)])
    refer_to = StringField(
        _l("Who is the right one to answer?"),
        description=_l("Name and how to reach them."),
        validators=[_Asked(), at_most(LINE_MAX)],
    )
    returns_on = DateField(_l("Comes back on"), validators=[Optional(), _Asked()])
    reason = TextAreaField(
        _l("Reason"),
        description=_l("Why this route? The senders read it too, so write to them."),
        validators=[Required(_l("Give the reason for the route.")), at_most(DETAIL_MAX)],
    )

    @property
    def criteria_fields(self) -> list[Field]:
        """Return the fields of the criteria in their order."""
        return [self[f"criterion_{criterion.value}"] for criterion in Criterion]

    def fields_of(self, route: Route) -> list[Field]:
        """Return what a route asks for."""
        return [self[name] for name in _FIELDS[route]]

    def offer(self, rounds: Sequence[Competence], solutions: Sequence[Need | PriorWork]) -> None:
        """Let the rounds on offer and what could be adopted be chosen."""
        self.round_id.choices = [
            SelectChoice("", _l("Choose a round")),
            *(SelectChoice(str(each.id), _name_of_round(each)) for each in rounds),
        ]
        self.solution.choices = [
            SelectChoice("", _l("Choose what was found")),
            *(SelectChoice(f"{_kind(each).value}:{each.id}", each.title) for each in solutions),
        ]

    def to_command(self) -> DecideRoute:
        """Return what was chosen as the command of its route."""
        route = Route(self.route.data)
        shared: dict[str, Any] = {
            "reason": self.reason.data or "",
            "criteria": self._criteria(),
            "seen": self.stage_seen,
        }
        match route:
            case Route.MINNO:
                said = self.representative.data or ""
                return DecideMinno(
                    round_id=_uuid(self.round_id.data), representative=said, **shared
                )
            case Route.THESIS:
                seen, annex = self.publicity_seen.data, self.secret_annex.data
                return DecideThesis(publicity_seen=seen, secret_annex=annex, **shared)
            case Route.SERVICE:
                return DecideService(starter=self.starter.data or "", **shared)
            case Route.PROJECT:
                parties, call = self.parties.data or "", self.funding_call.data or ""
                return DecideProject(parties=parties, funding_call=call, **shared)
            case Route.ADOPT:
                return DecideAdopt(solution=_solution(self.solution.data), **shared)
            case Route.ADVISE:
                return DecideAdvise(advice=self.advice.data or "", **shared)
            case Route.REFER:
                return DecideRefer(refer_to=self.refer_to.data or "", **shared)
            case Route.PARK:
                return DecidePark(returns_on=self.returns_on.data, **shared)
            case Route.DECLINE:
                return DecideDecline(**shared)

    def show_errors(self, error: Invalid) -> None:
        """Put what the route lacks beside the fields; what all criteria lack, at the first."""
        renamed = {"criteria": "criterion_feasible"}
        errors = {renamed.get(name, name): code for name, code in error.errors.items()}
        show_errors(self, Invalid(errors))

    def _criteria(self) -> dict[Criterion, Assessment]:
        given = {criterion: self[f"criterion_{criterion.value}"].data for criterion in Criterion}
        return {criterion: Assessment(code) for criterion, code in given.items() if code}


_FIELDS: dict[Route, tuple[str, ...]] = {
    Route.MINNO: ("round_id", "representative"),
    Route.THESIS: ("publicity_seen", "secret_annex"),
    Route.SERVICE: ("starter",),
    Route.PROJECT: ("parties", "funding_call"),
    Route.ADOPT: ("solution",),
    Route.ADVISE: ("advice",),
    Route.REFER: ("refer_to",),
    Route.PARK: ("returns_on",),
    Route.DECLINE: (),
}


class ReconsiderForm(SeenForm):
    """Why a decision is taken back."""

    why = TextAreaField(
        _l("Why is the decision taken back?"),
        validators=[Required(_l("Say why.")), at_most(DETAIL_MAX)],
    )


class AnswerForm(SeenForm):
    """The answer in each language that senders wrote in; the others' fields are taken out."""

    text_fi = TextAreaField(_l("Answer in Finnish"), validators=[_Asked(), at_most(ANSWER_MAX)])
    text_sv = TextAreaField(_l("Answer in Swedish"), validators=[_Asked(), at_most(ANSWER_MAX)])
    text_en = TextAreaField(_l("Answer in English"), validators=[_Asked(), at_most(ANSWER_MAX)])

    def keep(self, languages: Sequence[Language]) -> None:
        """Ask for these languages only."""
        for language in INTERFACE_LANGUAGES:
            if language not in languages:
                del self[f"text_{language.value}"]

    @property
    def text_fields(self) -> list[tuple[Language, Field]]:
        """Return the fields with their languages."""
        return [
            (language, self[f"text_{language.value}"])
            for language in INTERFACE_LANGUAGES
            if f"text_{language.value}" in self
        ]

    def to_command(self) -> AnswerSenders:
        """Return what was written as a command."""
        texts = {language: field.data or "" for language, field in self.text_fields}
        return AnswerSenders(texts=texts, seen=self.stage_seen)


def _name_of_round(each: Competence) -> str:
    return f"{each.title} ({day(each.starts_on)})" if each.starts_on else each.title


def _kind(text: Need | PriorWork) -> SolutionKind:
    return SolutionKind.NEED if isinstance(text, Need) else SolutionKind.PRIOR_WORK


def _solution(text: str | None) -> tuple[SolutionKind, UUID] | None:
    kind, _, key = (text or "").partition(":")
    found = _uuid(key)
    known = kind in {each.value for each in SolutionKind}
    return (SolutionKind(kind), found) if found and known else None


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
