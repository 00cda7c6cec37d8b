"""Admins add and change sources, everything is logged, and works follow their source."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from needsbank.db.models import AuditEntry, Harvest
from needsbank.db.transaction import transaction
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.licences import Licence
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.domain.sources import DescribeSource, HarvestState, SourceKind
from needsbank.services import sources
from tests.factories import add_prior_work, add_source, add_user, day

THESES = DescribeSource(
    name=" Theses ",
    kind=SourceKind.OAI_PMH,
    address="https://repo.example/oai",
    licence=Licence.CC_BY,
)


@pytest.fixture
def admin(session):
    return add_user(session, Role.ADMIN).actor


@pytest.fixture
def theses(session, admin):
    with transaction(session):
        return sources.add_source(session, admin, THESES)


def acts(session):
    session.rollback()
    entries = select(AuditEntry).where(AuditEntry.subject == "source").order_by(AuditEntry.seq)
    return [(each.act, each.actor_id, each.subject_id) for each in session.scalars(entries)]


def change(session, admin, source, **values):
    with transaction(session):
        return sources.change_source(session, admin, source.id, replace(THESES, **values))


def test_a_source_is_added_and_logged(session, admin, theses):
    assert (theses.name, theses.licence, theses.active) == ("Theses", Licence.CC_BY, True)
    assert acts(session) == [("add", admin.user_id, theses.id)]


def test_what_cannot_be_stored_is_refused(session, admin):
    with pytest.raises(Invalid), transaction(session):
        sources.add_source(session, admin, replace(THESES, address="ftp://x"))


@pytest.mark.parametrize("name", ["Theses", "THESES", " theses "])
def test_two_sources_have_two_names(session, admin, theses, name):
    with pytest.raises(Invalid, match="name: taken"), transaction(session):
        sources.add_source(session, admin, replace(THESES, name=name))
    change(session, admin, theses, name=name)  # its own name is free


def test_only_admins_configure(session, theses):
    for role in set(Role) - {Role.ADMIN}:
        actor = add_user(session, role).actor
        for act in (
            lambda actor=actor: sources.add_source(session, actor, THESES),
            lambda actor=actor: sources.change_source(session, actor, theses.id, THESES),
            lambda actor=actor: sources.pause_source(session, actor, theses.id),
            lambda actor=actor: sources.resume_source(session, actor, theses.id),
        ):
            with pytest.raises(NotAllowed):
                act()


def test_coordinators_see_and_others_do_not(session, theses):
    coordinator, member = add_user(session, Role.COORDINATOR), add_user(session, Role.MEMBER)
    (only,) = sources.sources_to_see(session, coordinator.actor)
    assert only.source.name == "Theses"
    for actor in (member.actor, ANONYMOUS):
        for look in (
            lambda actor=actor: sources.sources_to_see(session, actor),
            lambda actor=actor: sources.source_to_see(session, actor, theses.id),
            lambda actor=actor: sources.source_named(session, actor, "Theses"),
            lambda actor=actor: sources.harvests_of(session, actor, theses.id),
        ):
            with pytest.raises(NotAllowed):
                look()


def test_a_changed_address_makes_what_was_seen_there_count_no_more(session, admin, theses):
    moved = theses.moved
    assert change(session, admin, theses, name="Other", active=False).moved == moved
    assert change(session, admin, theses, address="https://new.example/oai").moved > moved
    assert [act for act, *_ in acts(session)] == ["add", "change", "change"]


def test_the_kind_stays(session, admin, theses):
    with pytest.raises(Invalid, match="kind"):
        change(session, admin, theses, kind=SourceKind.CATALOGUE)


def test_works_take_over_the_name_and_the_licence_of_their_source(session, admin, theses):
    values = {"source": "Theses", "source_id": theses.id}
    default = add_prior_work(session, **values, licence=Licence.CC_BY)
    own = add_prior_work(session, **values, licence=Licence.IN_COPYRIGHT)
    other = add_prior_work(session, source="Other", licence=Licence.CC_BY)
    change(session, admin, theses, name="Better theses", licence=Licence.UNKNOWN)
    session.expire_all()
    assert (default.source, own.source, other.source) == ("Better theses", "Better theses", "Other")
    assert [default.licence, own.licence, other.licence] == [
        Licence.UNKNOWN,
        Licence.IN_COPYRIGHT,
        Licence.CC_BY,
    ]
    assert [each.shows_text for each in (default, own, other)] == [False, False, True]


def test_a_source_is_not_renamed_to_what_others_are_called(session, admin, theses):
    add_prior_work(session, source="Brought by hand")
    with pytest.raises(Invalid, match="name: taken"):
        change(session, admin, theses, name="Brought by hand")


def test_pausing_and_resuming_are_logged_once(session, admin, theses):
    for act in (sources.pause_source, sources.pause_source, sources.resume_source):
        with transaction(session):
            changed = act(session, admin, theses.id)
    assert changed.active
    assert [act for act, *_ in acts(session)] == ["add", "pause", "resume"]


def test_the_banks_own_source_is_not_configured(session, admin):
    own = add_source(session, kind=SourceKind.OWN, address="")
    for act in (sources.pause_source, sources.resume_source):
        with pytest.raises(Conflict), transaction(session):
            act(session, admin, own.id)


def test_a_source_that_is_not_there(session, admin):
    gone = uuid4()
    for look in (sources.source_to_see, sources.pause_source):
        with pytest.raises(NotFound):
            look(session, admin, gone)
    with pytest.raises(NotFound, match="no source 'Nothing'"):
        sources.source_named(session, admin, "Nothing")


def test_sources_are_shown_by_name_with_their_latest_harvest(session, admin, theses, count_queries):
    other = add_source(session, name="art")
    for number, state in enumerate((HarvestState.COMPLETE, HarvestState.FAILED)):
        session.add(Harvest(source_id=theses.id, full=True, state=state, started=day(number)))
    session.commit()
    for _ in range(3):
        add_prior_work(session, source_id=theses.id)
    add_prior_work(session)
    with count_queries() as queries:
        seen = sources.sources_to_see(session, admin)
    assert [(each.source.id, each.works) for each in seen] == [(other.id, 0), (theses.id, 3)]
    assert seen[0].latest is None
    assert seen[1].latest is not None
    assert seen[1].latest.state is HarvestState.FAILED
    assert len(queries) == 3
    newest_first = sources.harvests_of(session, admin, theses.id)
    assert [each.started for each in newest_first] == [day(1), day(0)]
    assert sources.source_named(session, admin, " THESES ").id == theses.id
