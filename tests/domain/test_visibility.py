"""Who may read what, row by row; tests/db/queries holds the SQL to the same table."""

from uuid import UUID

import pytest

from needsbank.domain.roles import ANONYMOUS, Actor, Role
from needsbank.domain.visibility import Visibility, may_read

AUTHOR, READER = UUID(int=1), UUID(int=2)
HOME, ELSEWHERE = UUID(int=10), UUID(int=11)


def reads(actor, visibility, *, published=True):
    return may_read(
        actor,
        visibility=visibility,
        published=published,
        author_id=AUTHOR,
        organisation_id=HOME,
    )


def reader(role, organisation):
    return Actor(READER, frozenset({(organisation, role)}))


@pytest.mark.parametrize("visibility", list(Visibility))
@pytest.mark.parametrize("published", [True, False])
def test_an_author_always_reads_their_own(visibility, published):
    assert reads(Actor(AUTHOR), visibility, published=published)


@pytest.mark.parametrize("visibility", list(Visibility))
@pytest.mark.parametrize("role", list(Role))
def test_a_draft_is_its_author_s_alone(role, visibility):
    assert not reads(reader(role, HOME), visibility, published=False)


# Rows: who. Columns: public, network, organisation, coordinators.
TABLE = {
    "nobody in particular": (ANONYMOUS, "y---"),
    "a person without roles": (Actor(READER), "y---"),
    **{f"{role.value} at home": (reader(role, HOME), "yyy-") for role in Role},
    **{f"{role.value} elsewhere": (reader(role, ELSEWHERE), "yy--") for role in Role},
    "observer at home": (reader(Role.OBSERVER, HOME), "yy--"),
    "coordinator at home": (reader(Role.COORDINATOR, HOME), "yyyy"),
    "coordinator elsewhere": (reader(Role.COORDINATOR, ELSEWHERE), "yyyy"),
    "lead at home": (reader(Role.LEAD, HOME), "yyyy"),
    "lead elsewhere": (reader(Role.LEAD, ELSEWHERE), "yyyy"),
}


@pytest.mark.parametrize("who", TABLE)
def test_what_is_published_is_read_as_far_as_its_author_lets_it(who):
    actor, row = TABLE[who]
    found = "".join("y" if reads(actor, level) else "-" for level in Visibility)
    assert found == row
