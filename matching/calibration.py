"""How probable a duplicate is in one bank: the shipped odds, moved along a straight line.

The shipped duplicate model was fitted on other people's texts. How often something that it finds
is the same idea differs from bank to bank, and so do the odds; which of two finds is likelier
seldom does. So two numbers are a bank's own (Platt 1999), and the order stays as it was.
"""

from dataclasses import dataclass
from typing import TypeVar

from matching.evaluation.measures import Numbers

LogOdds = TypeVar("LogOdds", float, Numbers)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A straight line in log odds; the shipped model's own is 1 and 0."""

    slope: float = 1.0
    shift: float = 0.0

    def log_odds(self, shipped: LogOdds) -> LogOdds:
        """Return the bank's log odds for the shipped model's."""
        return self.slope * shipped + self.shift


SHIPPED = Calibration()
