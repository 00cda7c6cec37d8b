"""Lemmas by the analyser of now: those that another one made are made anew from the stored text.

An upgrade, or Voikko where there was none, changes base forms; old and new ones never meet.
"""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from matching import analyser_id, lemmas_of
from needsbank.db.models import Embedding, Subject
from needsbank.services.embedding import SetRef


def refresh_lemmas(session: Session, of: SetRef, limit: int) -> int:
    """Make the lemmas of up to `limit` texts of a set anew; return how many were looked at."""
    now = analyser_id()
    outdated = (
        select(Embedding)
        # Two ranges of an index; "is not" would read the whole table each time.
        .where(
            Embedding.space_id == of.space_id,
            or_(Embedding.analyser < now, Embedding.analyser > now),
        )
        .limit(limit)
        .with_for_update()
    )
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


def _newest(session: Session, of: SetRef, subject: Subject) -> int:
    newest = select(func.max(Embedding.seq)).where(
        Embedding.subject == subject, Embedding.space_id == of.space_id
    )
    return session.scalar(newest) or 0
