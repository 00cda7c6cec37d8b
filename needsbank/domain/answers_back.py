"""The answer that is taken back to the senders of a matter."""

from collections.abc import Mapping
from dataclasses import dataclass

from needsbank.domain.journeys import Stage
from needsbank.domain.languages import Language

ANSWER_MAX = 6000


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSenders:
    """Say to the senders, in each language that they wrote in, what was decided and why."""

    texts: Mapping[Language, str]
    seen: Stage


def problems(texts: Mapping[Language, str]) -> dict[str, str]:
    """Return a code for each language whose text cannot be sent."""
    found = {}
    for language, text in texts.items():
        if not text.strip() or len(text.strip()) > ANSWER_MAX:
            found[f"text_{language.value}"] = "too_long" if text.strip() else "required"
    return found
