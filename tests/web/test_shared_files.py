"""Files come in through a route of their own, and go out as something to store, never to show."""

from io import BytesIO

import pytest
from sqlalchemy import select

from needsbank.app import MOST_BYTES as MOST_OF_OTHERS
from needsbank.db.models import SharedFile
from needsbank.domain.collaborations import CollaborationState, PartyRole
from needsbank.domain.shared_files import MOST_BYTES
from tests.factories import add_collaboration, add_result, add_shared_file, add_user
from tests.pages import Page, token_of


@pytest.fixture
def collaboration(session, partner, member):
    return add_collaboration(session, None, (partner, PartyRole.PARTNER), (member, PartyRole.TEAM))


def bring(client, collaboration, data, name="a.txt"):
    response = client.post(
        f"/collaborations/{collaboration.id}/files/",
        data={"csrf_token": token_of(client), "file-file": (BytesIO(data), name)},
    )
    # The test client writes a large body to a file of its own.
    response.request.environ["wsgi.input"].close()
    return response


def files(session):
    session.rollback()
    return session.scalars(select(SharedFile)).all()


def test_a_file_is_brought_and_sent_as_an_attachment(session, sign_in_as, member, collaboration):
    client = sign_in_as(member)
    text = b"Where keys are. " * (MOST_OF_OTHERS // 8)  # twice what other routes take
    assert bring(client, collaboration, text, "avaimet äö.txt").status_code == 303
    (file,) = files(session)
    response = client.get(f"/collaborations/{collaboration.id}/files/{file.id}")
    assert response.get_data() == text
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    response.close()


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"MZ program", "a.pdf", "not what its name says"),
        (b"text", "a.exe", "cannot be brought"),
        (b"text", "a.exe.txt", "two endings"),
        (b"a,b\n=1+1,2\n", "a.csv", "formulas"),
        (b"", "a.txt", "empty"),
        (b" " * (MOST_BYTES + 1), "a.txt", "too large"),
    ],
)
def test_what_is_refused_is_told_and_leaves_nothing(
    session, settings, sign_in_as, member, collaboration, data, name, said
):
    response = bring(sign_in_as(member), collaboration, data, name)
    assert response.status_code == 422
    (error,) = Page(response).errors
    assert said in error
    assert files(session) == []
    assert list((settings.instance / "files").glob("*")) == []


def test_strangers_send_no_more_than_any_form_holds(session, sign_in_as, collaboration):
    client = sign_in_as(add_user(session))
    assert bring(client, collaboration, b" " * (MOST_OF_OTHERS + 1)).status_code == 413


def test_nothing_is_brought_once_the_work_has_ended(session, sign_in_as, member, collaboration):
    collaboration.state = CollaborationState.BROKEN_OFF
    session.commit()
    assert bring(sign_in_as(member), collaboration, b"text").status_code == 422
    assert files(session) == []


def test_a_removed_file_is_gone_from_disk_too(session, settings, sign_in_as, member, collaboration):
    file = add_shared_file(session, settings, collaboration, member)
    client = sign_in_as(member)
    address = f"/collaborations/{collaboration.id}/files/{file.id}"
    response = client.post(f"{address}/remove", data={"csrf_token": token_of(client)})
    assert response.status_code == 303
    assert client.get(address).status_code == 404
    assert list((settings.instance / "files").glob("*")) == []


def test_of_a_result_only_what_was_handed_over_is_public(session, settings, client):
    result = add_result(session)
    given = add_shared_file(session, settings, result.collaboration, in_result=True)
    kept = add_shared_file(session, settings, result.collaboration)
    response = client.get(f"/results/{result.id}/files/{given.id}")
    assert response.get_data() == b"Where keys are."
    assert response.headers["Content-Disposition"].startswith("attachment")
    response.close()
    assert client.get(f"/results/{result.id}/files/{kept.id}").status_code == 404
