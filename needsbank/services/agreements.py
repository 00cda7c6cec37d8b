"""Agreement texts per route, filled with the parties; accepted by each party, append-only."""

import hashlib
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import AgreementAcceptance, Collaboration
from needsbank.domain.collaborations import AcceptAgreement, PartyState, Use
from needsbank.domain.errors import Conflict
from needsbank.domain.languages import INTERFACE_LANGUAGES, Language
from needsbank.domain.roles import Actor
from needsbank.domain.routes import Route
from needsbank.services import audit
from needsbank.services.collaborations import check_may, collaboration_to_read

_TEMPLATES = {
    Route.MINNO: "minno",
    Route.THESIS: "thesis",
    Route.SERVICE: "service",
    Route.PROJECT: "project",
}
_OTHERWISE = "pairing"
"""What was agreed on without a route: a pairing that both sides accepted."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A text as a page shows it: a title, and sections of a heading and paragraphs."""

    template: str
    language: Language
    title: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    text_hash: str


def agreement_of(collaboration: Collaboration, language: Language) -> Agreement:
    """Return the text of a collaboration's route in a language, filled with its parties."""
    route = collaboration.journey.route
    template = _TEMPLATES.get(route, _OTHERWISE) if route else _OTHERWISE
    if language not in INTERFACE_LANGUAGES:
        language = Language.FI
    text = (
        _environment()
        .get_template(f"{template}.{language.value}.txt")
        .render(
            title=collaboration.title,
            parties=[
                {"name": party.user.name, "role": party.role.value}
                for party in collaboration.parties
                if party.state is not PartyState.DECLINED
            ],
        )
    )
    title, *blocks = [block.strip() for block in text.split("\n# ")]
    sections = []
    for block in blocks:
        heading, _, rest = block.partition("\n")
        paragraphs = (" ".join(each.split()) for each in rest.split("\n\n"))
        sections.append((heading.strip(), tuple(filter(None, paragraphs))))
    said = hashlib.sha256(text.encode()).hexdigest()
    return Agreement(template, language, title, tuple(sections), said)


def accept_agreement(
    session: Session, actor: Actor, command: AcceptAgreement
) -> AgreementAcceptance:
    """Record that a party accepts the text; `Conflict` when it is another by now."""
    collaboration = collaboration_to_read(session, actor, command.collaboration_id)
    check_may(actor, collaboration, Use.WORK)
    agreement = agreement_of(collaboration, Language(command.language))
    if agreement.text_hash != command.text_hash:
        raise Conflict("the text has changed")
    before = session.scalar(
        select(AgreementAcceptance).where(
            AgreementAcceptance.collaboration_id == collaboration.id,
            AgreementAcceptance.user_id == actor.user_id,
            AgreementAcceptance.text_hash == command.text_hash,
        )
    )
    if before is not None:
        return before
    acceptance = AgreementAcceptance(
        collaboration_id=collaboration.id,
        user_id=actor.person_id,
        template=agreement.template,
        language=agreement.language,
        text_hash=agreement.text_hash,
    )
    session.add(acceptance)
    audit.record(session, actor, "accept_agreement", "collaboration", collaboration.id)
    return acceptance


def current(collaboration: Collaboration) -> dict[int, bool]:
    """Return for each acceptance's number whether the text is still the one accepted."""
    hashes = {
        language: agreement_of(collaboration, language).text_hash
        for language in {each.language for each in collaboration.acceptances}
    }
    return {each.seq: hashes[each.language] == each.text_hash for each in collaboration.acceptances}


@cache
def _environment() -> Environment:
    # Plain text: the page that shows it escapes it.
    return Environment(
        loader=PackageLoader("needsbank", "templates/agreements"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 -- as said above
        trim_blocks=True,
        lstrip_blocks=True,
    )
