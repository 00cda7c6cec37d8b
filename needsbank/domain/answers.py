"""What the bank answers to "is this known already?": how a found text relates to the asked one."""

from enum import Enum

MOST_HITS = 5
"""An answer is short: needs, works and results together."""


class AnswerRelation(Enum):
    """How something found answers a need."""

    READY_SOLUTION = "ready_solution"
    """A prior work or a need that was solved: it can be taken into use."""
    SAME_NEED = "same_need"
    PART_OF = "part_of"
    """The same in more detail or more broadly, or what a coordinator holds for a part of it."""
    CONTINUES = "continues"
    """The same of another year."""
    RELATED = "related"


USEFULNESS: dict[AnswerRelation, float] = {
    # One may take a solution and be done; a need one can only join.
    AnswerRelation.READY_SOLUTION: 1.0,
    AnswerRelation.SAME_NEED: 0.9,
    AnswerRelation.CONTINUES: 0.8,
    AnswerRelation.PART_OF: 0.7,
    AnswerRelation.RELATED: 0.5,
}
"""What a sure hit of each relation is worth to whoever asks; orders hits, is never shown."""
