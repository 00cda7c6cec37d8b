"""Which field an idea is likely of: its sender is not asked, so similar public needs tell."""

from collections import Counter
from collections.abc import Sequence

from needsbank.db.models import Need
from needsbank.domain.fields import Field
from needsbank.services.answering import Hit

_LOOKED_AT = 3


def likely_field(hits: Sequence[Hit]) -> Field | None:
    """Return the field that most of the nearest needs are of, or None where they say nothing."""
    needs = [hit.found for hit in hits if isinstance(hit.found, Need) and not hit.weak]
    fields = [need.field for need in needs[:_LOOKED_AT] if need.field is not None]
    return Counter(fields).most_common(1)[0][0] if fields else None
