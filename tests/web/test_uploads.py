"""Bringing a catalogue: a trial run first, and nothing of a file outlives its use."""

import gzip
import io
import json
import os
import stat
import time

import pytest
from sqlalchemy import func, select

from needsbank.db.models import AuditEntry, Harvest, PriorWork
from needsbank.db.transaction import transaction
from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence
from needsbank.domain.prior_works import PriorWorkKind, RecordPriorWork
from needsbank.domain.roles import Role
from needsbank.services import bringing
from needsbank.services.operator import OPERATOR
from needsbank.sources.catalogues import Read, file_hash
from needsbank.sources.uploads import KEPT_SECONDS
from tests.factories import add_catalogue, add_prior_work, add_user
from tests.pages import Page, get_page, post, token_of
from tests.sources.workbooks import write_workbook

CSV = "id,title,year,url\n1,Keys,2024,https://example.com/1\n2,Meals,2023,\n3,,2020,\n"
MAPPING = json.dumps({"fields": {"title": {"column": "Nimi"}, "id": {"column": "Koodi"}}})
ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


@pytest.fixture
def office(session, sign_in_as):
    return sign_in_as(add_user(session, Role.ADMIN))


@pytest.fixture
def source(session):
    return add_catalogue(
        session,
        name="Projects",
        licence=Licence.CC_BY,
        language=Language.FI,
        work_kind=PriorWorkKind.PROJECT,
    )


@pytest.fixture
def folder(settings):
    return settings.instance / "uploads"


def bring(client, source, content, *, name="works.csv", mapping=""):
    content = content.encode() if isinstance(content, str) else content
    response = client.post(
        f"/sources/{source.id}/files/",
        data={
            "csrf_token": token_of(client),
            "file": (io.BytesIO(content), name),
            "mapping": mapping,
        },
    )
    response.request.environ["wsgi.input"].close()
    return response


def trial_run(client, source, content, **how):
    """Bring a file and return the address of what it would change."""
    response = bring(client, source, content, **how)
    assert response.status_code == 303, Page(response).errors
    return response.headers["Location"]


def works(session):
    session.rollback()
    return session.scalars(select(PriorWork).order_by(PriorWork.source_key)).all()


def test_the_trial_run_says_what_would_change_and_stores_nothing(office, session, source):
    add_prior_work(session, source="Projects", source_key="1", title="Old keys")
    add_prior_work(session, source="Projects", source_key="9", title="Elsewhere")
    address = trial_run(office, source, CSV)
    page = get_page(office, address)
    assert [(e.text) for e in page.all("dd")] == ["1", "1", "0", "1"]
    for said in (
        "Row 4: Title is missing",
        "Old keys",
        "Title: Old keys → Keys",
        "Kind: Thesis → Project",
        "1 work of this source is not in the file; it stays in the bank.",
        "Meals",
    ):
        assert said in page.main
    assert [work.title for work in works(session)] == ["Old keys", "Elsewhere"]


def test_taking_in_stores_what_the_trial_run_showed(office, session, source, folder):
    address = trial_run(office, source, CSV)
    taken = post(office, address)
    assert (taken.status_code, taken.headers["Location"]) == (303, f"/sources/{source.id}")
    first, second = works(session)
    assert (first.title, first.source, first.source_id) == ("Keys", "Projects", source.id)
    assert (second.kind, second.language) == (PriorWorkKind.PROJECT, Language.FI)
    assert {first.licence, second.licence} == {Licence.CC_BY}
    assert list(folder.iterdir()) == []
    page = get_page(office, f"/sources/{source.id}")
    assert "New 2, changed 0, removed 0, not taken 1." in page.main
    harvest = session.scalars(select(Harvest)).one()
    assert (harvest.full, harvest.seen) == (False, 3)
    assert session.scalars(select(AuditEntry.act)).all() == ["bring"]
    get_page(office, address, 404)
    assert post(office, address).status_code == 404


def test_a_mistake_is_undone_by_a_right_file(office, session, source):
    for title in ("Wrong", "Right"):
        post(office, trial_run(office, source, f"id,title\n1,{title}\n"))
    assert [work.title for work in works(session)] == ["Right"]


def test_a_file_may_be_discarded(office, session, source, folder):
    address = trial_run(office, source, CSV)
    assert post(office, f"{address}/discard").status_code == 303
    assert list(folder.iterdir()) == []
    assert works(session) == []
    get_page(office, address, 404)


@pytest.mark.parametrize("kind", ["xlsx", "json", "jsonl", "csv.gz"])
def test_every_kind_of_file_comes_in_whatever_it_is_called(office, session, source, tmp_path, kind):
    record = {"id": "1", "title": "Keys"}
    content = {
        "xlsx": write_workbook(tmp_path / "a.xlsx", [["id", "title"], [1, "Keys"]]).read_bytes(),
        "json": json.dumps([record]),
        "jsonl": json.dumps(record),
        "csv.gz": gzip.compress(b"id,title\n1,Keys\n"),
    }[kind]
    post(office, trial_run(office, source, content, name="../../../etc/passwd"))
    assert [(work.source_key, work.title) for work in works(session)] == [("1", "Keys")]


def test_a_file_is_read_by_the_mapping_that_is_brought_with_it(office, session, source):
    post(office, trial_run(office, source, "Koodi;Nimi\n7;Avaimet\n", mapping=MAPPING))
    assert [(work.source_key, work.title) for work in works(session)] == [("7", "Avaimet")]


def test_the_form_begins_with_the_source_s_mapping(office, session):
    source = add_catalogue(session, mapping=json.loads(MAPPING))
    page = get_page(office, f"/sources/{source.id}/files/new")
    assert json.loads(page.value_of("mapping")) == json.loads(MAPPING)


def test_a_row_cannot_pass_as_one_of_another_source(office, session, source):
    other = add_prior_work(session, source="Theseus", source_key="1", title="A thesis")
    post(office, trial_run(office, source, "source,id,title\nTheseus,1,Mine now\n"))
    found = {(work.source, work.title) for work in works(session)}
    assert found == {("Theseus", other.title), ("Projects", "Mine now")}


@pytest.mark.parametrize(
    ("content", "mapping", "said"),
    [
        ("", "", "The file has no column “title”."),
        ("name\nx\n", "", "The file has no column “title”."),
        ("title,title\na,b\n", "", "The file has two columns called “title”."),
        ("title\n\xe4iti\n".encode("latin-1"), "", "The file is not UTF-8 text."),
        ('title\n"Keys\n' + "x\n" * 10 + 'a"b\n', "", "is broken: look at its quotation marks."),
        (b"PK\x03\x04 no archive", "", "This is not an Excel workbook (.xlsx)."),
        ('{"a": []}', '{"records": "/b", "fields": {"title": {"pointer": "/t"}}}', "at “b”."),
        ("[{", "", "The JSON is not whole; the file may be cut off."),
        (b"\x1f\x8b broken", "", "The file cannot be read; it may be damaged."),
        ("title\nx\n", "{", "mapping:1:2: this is not JSON"),
        ("title\nx\n", '{"fields": {}}', "fields.title: this is missing"),
    ],
)
def test_what_cannot_be_read_is_told_and_the_mapping_stays(
    office, source, folder, content, mapping, said
):
    response = bring(office, source, content, mapping=mapping)
    page = Page(response)
    assert page.status == 422
    assert page.broken_rules() == []
    assert said in page.main
    assert page.value_of("mapping") == mapping
    assert not folder.exists() or list(folder.iterdir()) == []


def test_no_file_is_told(office, source):
    response = post(office, f"/sources/{source.id}/files/", mapping="")
    assert (response.status_code, "Choose a file." in response.text) == (422, True)


def test_a_file_with_nothing_new_has_nothing_to_take_in(office, source):
    post(office, trial_run(office, source, CSV))
    page = get_page(office, trial_run(office, source, CSV))
    assert "There is nothing to take in." in page.main


def test_markup_in_a_file_stays_text(office, session, source):
    add_prior_work(session, source="Projects", source_key="2", title=ATTACK)
    content = json.dumps(
        [
            {"id": 1, "title": ATTACK, "abstract": ATTACK, "subjects": [ATTACK]},
            {"id": 2, "title": "x", "url": "https://example.com/" + ATTACK},
            {"id": 3, "title": "x", "url": "javascript:alert(1)"},
            {"id": 4, "title": "x", "url": "//evil.example"},
        ]
    )
    address = trial_run(office, source, content, name="<img src=x onerror=alert(1)>.csv")
    page = get_page(office, address)
    assert page.main.count("Address is not a web address") == 2
    post(office, address)
    for work in works(session):
        page = get_page(office, f"/prior-works/{work.id}")
        links = [a.get("href") for a in page.all("a") if a.is_inside("article")]
        assert [link for link in links if not link.startswith("https://example.com/")] == []
    get_page(office, "/prior-works/")
    assert len(works(session)) == 2


def test_a_formula_is_text_like_any_other(office, session, source):
    post(office, trial_run(office, source, 'title\n"=HYPERLINK(""https://evil.example"")"\n'))
    (work,) = works(session)
    assert work.title == '=HYPERLINK("https://evil.example")'


def test_files_lie_under_random_names_that_only_the_bank_may_read(office, source, folder):
    address = trial_run(office, source, CSV, name="secret-name.csv")
    names = {path.name for path in folder.iterdir()}
    token = address.rpartition("/")[2]
    assert names == {token, f"{token}.json"}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "secret-name" not in (folder / f"{token}.json").read_text()


def test_what_is_left_lying_is_removed_after_a_day(office, source, folder):
    address = trial_run(office, source, CSV)
    for path in folder.iterdir():
        os.utime(path, (0, time.time() - KEPT_SECONDS - 1))
    other = trial_run(office, source, CSV)
    get_page(office, address, 404)
    get_page(office, other)
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("token", ["x", "x" * 32, "..%2Fbank.db", "%2e%2e", "a" * 27 + ".json"])
def test_an_address_leads_to_no_other_file(office, source, folder, token):
    folder.mkdir()
    assert office.get(f"/sources/{source.id}/files/{token}").status_code == 404
    assert post(office, f"/sources/{source.id}/files/{token}").status_code == 404


def test_a_file_belongs_to_its_source(office, session, source):
    address = trial_run(office, source, CSV)
    other = add_catalogue(session)
    elsewhere = address.replace(str(source.id), str(other.id))
    get_page(office, elsewhere, 404)
    assert post(office, elsewhere).status_code == 404
    assert session.scalar(select(func.count(PriorWork.id))) == 0


def test_only_admins_may_send_more_than_a_form_holds(office, session, sign_in_as, source):
    rows = "".join(f"{n},Work {n} {'x' * 400}\n" for n in range(5000))
    assert len(rows) > 2_000_000
    assert bring(office, source, "id,title\n" + rows).status_code == 303
    other = sign_in_as(add_user(session, Role.COORDINATOR))
    assert bring(other, source, "id,title\n" + rows).status_code == 413


def test_a_file_over_the_bound_is_too_large(office, source, folder):
    response = bring(office, source, b"x" * 30_200_000)
    assert response.status_code == 413
    assert bring(office, source, b"x" * 30_000_001).status_code == 422
    assert not folder.exists() or list(folder.iterdir()) == []


def test_taking_in_goes_on_where_it_was_stopped(office, session, source, folder):
    content = "id,title\n" + "".join(f"{n},Work {n}\n" for n in range(1200))
    address = trial_run(office, source, content)
    path = folder / address.rpartition("/")[2]
    first = [Read(RecordPriorWork(source="Projects", source_key="0", title="Work 0"), 0)] * 500
    begun = file_hash(path, f"{source.id} {path.name}")
    with transaction(session):
        run = bringing.begin(session, OPERATOR, source.id, file_hash=begun)
        bringing.store(session, source.id, run.id, first, position=500)
    assert post(office, address).status_code == 303
    assert len(works(session)) == 1 + 700
    assert session.scalars(select(Harvest)).one().seen == 1200
