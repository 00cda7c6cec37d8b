"""Narrowed lists of prior works are read from indexes in their order, however many there are.

Revision ID: 0011
Revises: 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_NARROWED = (["kind"], ["language"], ["kind", "language"])
_FORMER = ("kind", "language")


def upgrade() -> None:
    for columns in _NARROWED:
        ordered = [*columns, "created", "id"]
        op.create_index(op.f(_name(ordered)), "prior_works", ordered)
    for column in _FORMER:
        op.drop_index(op.f(_name([column])), "prior_works")


def downgrade() -> None:
    for column in _FORMER:
        op.create_index(op.f(_name([column])), "prior_works", [column])
    for columns in _NARROWED:
        op.drop_index(op.f(_name([*columns, "created", "id"])), "prior_works")


def _name(columns: list[str]) -> str:
    return f"ix_prior_works_{'_'.join(columns)}"
