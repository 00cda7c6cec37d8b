"""Who may bring and fetch files, how much room there is, and that nothing is left lying about."""

import os
import time
from functools import partial
from io import BytesIO

import pytest
from sqlalchemy import select

from needsbank import due_work
from needsbank.db.models import SharedFile
from needsbank.db.transaction import transaction
from needsbank.domain.collaborations import CollaborationState, PartyRole
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.domain.shared_files import MOST_OF_COLLABORATION, FileKind
from needsbank.services import shared_files
from needsbank.sources.file_store import NEW_FOR_SECONDS, FileStore, Kept
from tests.factories import add_collaboration, add_shared_file, add_user


@pytest.fixture
def store(settings):
    return FileStore(settings.instance / "files")


@pytest.fixture
def team(session):
    return add_user(session, Role.MEMBER)


@pytest.fixture
def collaboration(session, team):
    return add_collaboration(session, None, (team, PartyRole.TEAM))


def bring(session, person, collaboration, kept):
    with transaction(session):
        return shared_files.add_file(
            session, person.actor, collaboration.id, "keys.txt", FileKind.TXT, kept
        )


def test_parties_and_coordinators_fetch_a_file_and_nobody_else(session, store, collaboration, team):
    file = bring(session, team, collaboration, store.keep(BytesIO(b"keys"), FileKind.TXT))
    partner = collaboration.journey.need.author
    for reader in (team.actor, partner.actor, add_user(session, Role.COORDINATOR).actor):
        found = shared_files.file_to_read(session, reader, collaboration.id, file.id)
        assert store.path(found.token).read_bytes() == b"keys"
    for stranger in (ANONYMOUS, add_user(session, Role.ADMIN).actor):
        with pytest.raises(NotFound):
            shared_files.file_to_read(session, stranger, collaboration.id, file.id)
        assert not shared_files.may_bring(session, stranger, collaboration.id)


def test_a_file_is_found_in_its_own_collaboration_only(session, settings, collaboration, team):
    other = add_collaboration(session, None, (team, PartyRole.TEAM))
    file = add_shared_file(session, settings, other)
    with pytest.raises(NotFound):
        shared_files.file_to_read(session, team.actor, collaboration.id, file.id)


def test_there_is_room_for_so_much_and_no_more(session, collaboration, team):
    almost = Kept("a" * 43, MOST_OF_COLLABORATION - 10, "0" * 64)
    bring(session, team, collaboration, almost)
    with pytest.raises(Invalid) as refusal:
        bring(session, team, collaboration, Kept("b" * 43, 11, "0" * 64))
    assert refusal.value.errors == {"file": "no_room"}
    bring(session, team, collaboration, Kept("c" * 43, 10, "0" * 64))


def test_who_brought_a_file_removes_it_while_work_goes_on(session, settings, collaboration, team):
    partner = collaboration.journey.need.author
    kept, gone = (add_shared_file(session, settings, collaboration, team) for _ in range(2))
    with pytest.raises(NotAllowed), transaction(session):
        shared_files.remove_file(session, partner.actor, collaboration.id, gone.id)
    with transaction(session):
        shared_files.remove_file(session, team.actor, collaboration.id, gone.id)
    collaboration.state = CollaborationState.HANDED_OVER
    session.commit()
    with pytest.raises(Conflict), transaction(session):
        shared_files.remove_file(session, team.actor, collaboration.id, kept.id)
    assert session.scalars(select(SharedFile.id)).all() == [kept.id]


def test_what_belongs_to_nobody_is_swept_once_it_is_old(
    engine, session, settings, store, collaboration
):
    owned = add_shared_file(session, settings, collaboration)
    left, fresh = (store.keep(BytesIO(b"left by a kill"), FileKind.TXT) for _ in range(2))
    old = time.time() - NEW_FOR_SECONDS - 1
    for token in (owned.token, left.token):
        os.utime(store.path(token), (old, old))
    sweep = (partial(shared_files.sweep_files, store=store),)
    assert due_work.do_due(engine, sweep) == 1
    assert due_work.do_due(engine, sweep) == 0
    for token in (owned.token, fresh.token):
        assert store.path(token).exists()
    with pytest.raises(NotFound):
        store.path(left.token)
