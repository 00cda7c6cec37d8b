"""One transaction per use case, owned by whoever called it: a view, a command or a job."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from needsbank.db.base import WRITE


@contextmanager
def transaction(session: Session) -> Iterator[Session]:
    """Run a use case: all of it is stored, or nothing.

    What the session read before is forgotten, so that the use case decides on what stands now.
    """
    session.rollback()
    session.connection(execution_options={WRITE: True})
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
