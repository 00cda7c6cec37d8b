"""What the matcher reads of the bank's rows, and which of them it may read."""

from sqlalchemy import ColumnElement

from matching import Document
from needsbank.db.models import Competence, Need, PriorWork, Reference, Subject
from needsbank.domain import competences, needs
from needsbank.domain.competences import CompetenceState
from needsbank.domain.languages import Language
from needsbank.domain.needs import NeedState
from needsbank.domain.visibility import Visibility

Owner = Need | Competence | Reference | PriorWork


def model_of(subject: Subject) -> type[Owner]:
    """Return the table whose rows are embedded as a subject."""
    match subject:
        case Subject.NEED:
            return Need
        case Subject.COMPETENCE:
            return Competence
        case Subject.REFERENCE:
            return Reference
        case Subject.PRIOR_WORK:
            return PriorWork


def document_of(owner: Owner) -> Document:
    """Return what the matcher reads of a need, a competence, a reference or a prior work."""
    language = "" if owner.language is Language.OTHER else owner.language.value
    return Document(id=str(owner.id), title=owner.title, body=owner.body, language=language)


def published(model: type[Owner]) -> list[ColumnElement[bool]]:
    """Return the conditions under which a table's rows are in the bank for others."""
    # "not in", since SQLite would otherwise read every published row instead of the marks' index.
    if model is Need:
        return [Need.state.not_in(set(NeedState) - needs.PUBLISHED)]
    offered = Competence.state.not_in(set(CompetenceState) - competences.PUBLISHED)
    if model is Competence:
        return [offered]
    if model is Reference:
        return [Reference.competence.has(offered)]
    return []


def is_published(owner: Owner) -> bool:
    """Whether a row is in the bank for others."""
    match owner:
        case Need():
            return owner.state in needs.PUBLISHED
        case Competence():
            return owner.state in competences.PUBLISHED
        case Reference():
            return owner.competence.state in competences.PUBLISHED
        case PriorWork():
            return True


def is_public(owner: Owner) -> bool:
    """Whether a text counts in the statistics of words, which everybody's scores depend on.

    What one competence has done changes no score of another, so references never do.
    """
    match owner:
        case Need() | Competence():
            return owner.visibility is Visibility.PUBLIC
        case Reference():
            return False
        case PriorWork():
            return True
