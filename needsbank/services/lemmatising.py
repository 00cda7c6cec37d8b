"""Lemmas by the analyser of now: those that another one made are made anew from the stored text.

An upgrade, or Voikko where there was none, changes base forms; old and new ones never meet.
"""

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from matching import analyser_id, lemmas_of
from needsbank.db.models import Embedding, Subject
from needsbank.services.embedding import SetRef


def has_outdated_lemmas(session: Session, of: SetRef) -> bool:
    """Return whether another analyser made the lemmas of any text of a set."""
    return session.scalar(select(Embedding.key).where(*_outdated(of)).limit(1)) is not None


def refresh_lemmas(session: Session, of: SetRef, limit: int) -> int:
    """Make the lemmas of up to `limit` texts of a set anew; return how many were looked at."""
    now = analyser_id()
    outdated = select(Embedding).where(*_outdated(of)).limit(limit).with_for_update()
    rows = session.scalars(outdated).all()
    newest = dict.fromkeys({row.subject for row in rows}, 0)
    for subject in newest:
        newest[subject] = _newest(session, of, subject)
    for row in rows:
        made = lemmas_of(row.text, row.language)
        if made != row.lemmas:
            newest[row.subject] += 1
            row.lemmas, row.seq = made, newest[row.subject]
        row.analyser = now
    return len(rows)


def _outdated(of: SetRef) -> list[ColumnElement[bool]]:
    now = analyser_id()
    # Two ranges of an index; "is not" would read the whole table each time.
    other = or_(Embedding.analyser < now, Embedding.analyser > now)
    return [Embedding.space_id == of.space_id, other]


def _newest(session: Session, of: SetRef, subject: Subject) -> int:
    newest = select(func.max(Embedding.seq)).where(
        Embedding.subject == subject, Embedding.space_id == of.space_id
    )
    return session.scalar(newest) or 0
