"""Sources are described within bounds, harvested when due, and configured by few."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest

from needsbank.domain.errors import IllegalTransition, Invalid
from needsbank.domain.licences import Licence
from needsbank.domain.roles import ANONYMOUS, Actor, Role
from needsbank.domain.sources import (
    DescribeSource,
    HarvestState,
    Schedule,
    SourceKind,
    check_harvest_step,
    check_source,
    is_due,
    may_configure_sources,
    may_see_sources,
)
from tests.factories import day

THESES = DescribeSource(
    name="Theses",
    kind=SourceKind.OAI_PMH,
    address="https://repo.example/oai/request",
    licence=Licence.CC0,
)
CATALOGUE = replace(THESES, kind=SourceKind.CATALOGUE)


@pytest.mark.parametrize(
    "source",
    [
        THESES,
        replace(THESES, prefix="qdc", set_spec="com_10024_1:col_2", schedule=Schedule.DAILY),
        CATALOGUE,
        replace(CATALOGUE, address="https://files.example/list.csv?year=2026", prefix=""),
        replace(CATALOGUE, address="", mapping={"title": "Otsikko"}),
    ],
)
def test_what_can_be_stored(source):
    check_source(source)


@pytest.mark.parametrize(
    ("source", "errors"),
    [
        (replace(THESES, name=" "), {"name": "required"}),
        (replace(THESES, name="x" * 201), {"name": "too_long"}),
        (replace(THESES, kind=SourceKind.OWN), {"kind": "unknown"}),
        (replace(THESES, address=""), {"address": "required"}),
        (replace(THESES, address="https://x.example/" + "x" * 1000), {"address": "too_long"}),
        (replace(THESES, address="file:///etc/passwd"), {"address": "url"}),
        (replace(THESES, address="https://me:secret@x.example/"), {"address": "url"}),
        (replace(THESES, address="https://x.example/oai?verb=Identify"), {"address": "base_url"}),
        (replace(THESES, prefix=""), {"prefix": "required"}),
        (replace(THESES, prefix="oai dc"), {"prefix": "characters"}),
        (replace(THESES, prefix="x" * 41), {"prefix": "too_long"}),
        (replace(THESES, set_spec="a&b"), {"set_spec": "characters"}),
        (replace(THESES, set_spec="a:"), {"set_spec": "characters"}),
        (replace(CATALOGUE, mapping={"a": "x" * 20_000}), {"mapping": "too_long"}),
        (replace(CATALOGUE, mapping={"a": object()}), {"mapping": "json"}),
        (
            replace(CATALOGUE, address="", schedule=Schedule.DAILY),
            {"schedule": "needs_address"},
        ),
    ],
)
def test_what_cannot_be_stored(source, errors):
    with pytest.raises(Invalid) as refused:
        check_source(source)
    assert refused.value.errors == errors


def test_a_harvest_ends_once_and_goes_on_only_from_a_checkpoint():
    allowed = set()
    for current, target in product(HarvestState, HarvestState):
        try:
            check_harvest_step(current, target)
        except IllegalTransition:
            continue
        allowed.add((current.value, target.value))
    ends = ("complete", "partial", "failed", "cancelled")
    assert allowed == {("running", end) for end in ends} | {
        ("partial", "running"),
        ("cancelled", "running"),
    }


@pytest.mark.parametrize(
    ("schedule", "days"), [(Schedule.DAILY, 1), (Schedule.WEEKLY, 7), (Schedule.MONTHLY, 30)]
)
def test_a_source_is_due_when_its_time_has_passed(schedule, days):
    assert is_due(schedule, None, day(0))
    assert not is_due(schedule, day(0), day(days) - timedelta(seconds=1))
    assert is_due(schedule, day(0), day(days))


def test_a_source_without_a_schedule_is_never_due():
    assert not is_due(Schedule.MANUAL, None, day(0))
    assert not is_due(Schedule.MANUAL, day(0), day(1000))


def test_admins_configure_and_coordinators_see():
    actors = {role: Actor(uuid4(), frozenset({(uuid4(), role)})) for role in Role}
    assert {r for r, a in actors.items() if may_configure_sources(a)} == {Role.ADMIN}
    seeing = {Role.ADMIN, Role.COORDINATOR, Role.LEAD}
    assert {r for r, a in actors.items() if may_see_sources(a)} == seeing
    assert not may_configure_sources(ANONYMOUS)
    assert not may_see_sources(ANONYMOUS)
