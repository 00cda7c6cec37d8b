"""What a competence has done before: kept as its author says it, each text by itself."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from matching import detect_language
from needsbank.db.models import Competence, Reference, Subject
from needsbank.domain.clock import now
from needsbank.domain.languages import Language, content_language
from needsbank.domain.references import DescribeReference, check_references
from needsbank.services.embedding import forget


def describe_references(
    session: Session, competence: Competence, wanted: Sequence[DescribeReference]
) -> bool:
    """Make a competence's references what is wanted; say whether any fell away.

    One that says the same as before keeps its vectors. Raises Invalid when one cannot be stored.
    """
    check_references(wanted, latest_year=now().year + 1)
    known = {each.id: each for each in competence.references}
    kept = []
    for place, command in enumerate(wanted):
        # An id that is not this competence's own is nobody's: what is said becomes a new one.
        reference = known.pop(command.id, None) if command.id else None
        reference = reference or Reference()
        _describe(reference, command, competence.language)
        if session.is_modified(reference):
            reference.embedded_in = None
        reference.position = place
        kept.append(reference)
    competence.references = kept
    for gone in known:
        forget(session, Subject.REFERENCE, gone)
    return bool(known)


def _describe(reference: Reference, command: DescribeReference, around: Language) -> None:
    reference.kind, reference.year = command.kind, command.year
    reference.title, reference.url = command.title.strip(), command.url.strip()
    reference.description = command.description.strip()
    found = content_language(detect_language(f"{reference.title}. {reference.description}"))
    # A name alone is often too short to tell its language.
    reference.language = around if found is Language.OTHER else found
