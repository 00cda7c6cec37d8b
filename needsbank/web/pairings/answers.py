"""Whose answer a pairing waits for."""

from needsbank.db.models import Suggestion
from needsbank.domain.roles import Actor
from needsbank.domain.suggestions import Side, SuggestionState
from needsbank.services import deciding


def sides_to_answer(actor: Actor, pairing: Suggestion) -> list[Side]:
    """Return the sides that the actor speaks for and that have not answered yet."""
    if pairing.state is not SuggestionState.APPROVED:
        return []
    answered = {each.side for each in pairing.answers}
    return [side for side in deciding.sides_of(actor, pairing) if side not in answered]
