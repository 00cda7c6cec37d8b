"""What is known of needs and competences beside their texts, for the matcher to weigh.

All rows that may be found are compared with one text by the database, in the query that says
which they are.
"""

from itertools import chain
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Select, case, literal, select
from sqlalchemy.orm import Session

from matching import Traits
from needsbank.db.models import Competence, Embedding, Need, Organisation
from needsbank.domain.languages import Language
from needsbank.services.browsing import Kind
from needsbank.services.retrieval import Retrieval

_SAME, _OTHER, _UNKNOWN = 1, -1, 0


def traits_beside(
    session: Session,
    retrieval: Retrieval,
    of: Need | Competence,
    kind: Kind[Need] | Kind[Competence],
    wanted: Select[Need] | Select[Competence],
) -> Traits:
    """Return how a posting agrees with others of the other kind, by their index keys.

    `wanted` selects those that may be found; only such have keys in what is returned.
    """
    model = kind.model
    known = None if of.language is Language.OTHER else of.language
    near = select(Organisation.id).where(Organisation.region == of.organisation.region)
    agreement = {
        "region": case((model.organisation_id.in_(near), _SAME), else_=_OTHER),
        "field": _agreement(model.field, of.field),
        "language": _agreement(model.language, known, unknown=Language.OTHER),
    }
    # From the postings to their keys: half the time of asking for the keys of their ids.
    embedded = (
        (Embedding.owner_id == model.id)
        & (Embedding.subject == kind.subject)
        & (Embedding.space_id == retrieval.matcher.space_id)
    )
    columns = Embedding.key, *agreement.values()
    rows = session.execute(wanted.join(Embedding, embedded).with_only_columns(*columns))
    numbers = np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, 1 + len(agreement))
    told = zip(agreement, numbers[:, 1:].T.astype(np.int8), strict=True)
    return Traits(numbers[:, 0], dict(told))


def _agreement(column: Any, value: Any, unknown: Any = None) -> ColumnElement[int]:
    if value is None:
        return literal(_UNKNOWN)
    lacking = column.is_(None) if unknown is None else column == unknown
    return case((lacking, _UNKNOWN), (column == value, _SAME), else_=_OTHER)
