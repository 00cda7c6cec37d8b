"""Readers of each role, and a bank that they can look around in."""

import pytest

from needsbank import jobs
from needsbank.db.models import Subject
from needsbank.domain.roles import Role
from tests.conftest import browser
from tests.factories import add_user
from tests.pages import sign_in


@pytest.fixture
def sign_in_as(app, session):
    """Return the browser of a person who is signed in."""

    def signed_in(person, language="en"):
        client = browser(app, language)
        sign_in(client, session, person)
        return client

    return signed_in


@pytest.fixture
def partner(session):
    return add_user(session, Role.PARTNER)


@pytest.fixture
def member(session):
    return add_user(session, Role.MEMBER)


@pytest.fixture
def coordinator(session):
    return add_user(session, Role.COORDINATOR)


@pytest.fixture
def work(engine, retrieval, session):
    """Do all background work that is pending."""

    def work():
        session.rollback()
        for subject in Subject:
            jobs.embed_pending(engine, retrieval, subject)
        jobs.suggest_pending(engine, retrieval)
        jobs.find_missing_evidence(engine, retrieval)
        session.expire_all()

    return work
