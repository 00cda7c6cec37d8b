"""What a need and competences have in common beside their texts, as the database tells it."""

import pytest
from sqlalchemy import select

from needsbank import jobs
from needsbank.db.models import Competence, Embedding, Need, Subject
from needsbank.domain.fields import Field
from needsbank.domain.languages import Language
from needsbank.domain.organisations import Region
from needsbank.domain.roles import Role
from needsbank.services.browsing import COMPETENCES, NEEDS
from needsbank.services.traits import traits_beside
from tests.factories import add_competence, add_need, add_organisation, add_user


@pytest.fixture
def told(engine, session, retrieval):
    """Return how postings agree with one posting: by owner a number for each trait."""

    def told(of, kind, wanted):
        session.commit()
        for subject in (Subject.NEED, Subject.COMPETENCE):
            jobs.embed_pending(engine, retrieval, subject)
        traits = traits_beside(session, retrieval, of, kind, wanted)
        owners = dict(session.execute(select(Embedding.key, Embedding.owner_id)).all())
        columns = zip(*(traits.agreement[n] for n in ("region", "field", "language")), strict=True)
        return {
            owners[key]: tuple(map(int, row))
            for key, row in zip(traits.keys.tolist(), columns, strict=True)
        }

    return told


def test_each_trait_agrees_differs_or_is_not_known(session, told):
    need = add_need(session, field=Field.ICT, language=Language.FI)
    same = add_competence(session, field=Field.ICT, language=Language.FI)
    other = add_competence(session, field=Field.SAFETY, language=Language.SV)
    unsaid = add_competence(session, field=None, language=Language.OTHER)
    lapland = add_organisation(session, region=Region.LAPPI)
    far = add_competence(
        session,
        add_user(session, Role.MEMBER, organisation=lapland),
        field=Field.ICT,
        language=Language.FI,
    )
    assert told(need, COMPETENCES, select(Competence)) == {
        same.id: (1, 1, 1),
        other.id: (1, -1, -1),
        unsaid.id: (1, 0, 0),
        far.id: (-1, 1, 1),
    }


def test_what_a_posting_does_not_say_of_itself_is_not_known_of_any(session, told):
    competence = add_competence(session, field=None, language=Language.OTHER)
    needs = [add_need(session, field=field) for field in (None, Field.ICT)]
    found = told(competence, NEEDS, select(Need))
    assert found == {need.id: (1, 0, 0) for need in needs}


def test_only_what_is_wanted_has_keys(session, told):
    need, wanted = add_need(session), add_competence(session)
    add_competence(session)
    found = told(need, COMPETENCES, select(Competence).where(Competence.id == wanted.id))
    assert set(found) == {wanted.id}
    assert told(need, COMPETENCES, select(Competence).where(Competence.id == need.id)) == {}
