"""The command line: quick to ask for help, clear when it refuses, and it does what it says."""

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import click
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from needsbank import __version__
from needsbank.cli import main
from needsbank.db.models import Embedding, ImportRun, Membership, Organisation, PriorWork, User
from needsbank.domain.roles import Role
from needsbank.domain.visibility import Visibility
from needsbank.services.demo_bank import ACCOUNTS
from tests.conftest import ROOT
from tests.factories import add_competence, add_need, add_organisation, add_user

HEAVY = ("numpy", "sqlalchemy", "flask", "matching", "rich", "onnx", "sklearn")


def commands(group=main, path=()):
    """Return the words of every command and group."""
    yield path
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


def test_help_imports_nothing_heavy(environment):
    code = (
        "import sys; from needsbank.cli import main; main(['--help'], standalone_mode=False);"
        f"print('heavy:', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.splitlines()[-1] == "heavy: []"


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_explains_itself(path, option, capsys):
    with pytest.raises(SystemExit) as ended:
        main([*path, option])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert said.startswith("Usage: ")
    explained = said.split("\n\n")[1].strip()
    assert explained.endswith(".")


def test_the_version_is_the_package_s(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"needsbank, version {__version__}\n"


def test_a_database_is_made_and_checked(run, tmp_path):
    elsewhere = {"NEEDSBANK_INSTANCE": str(tmp_path / "new")}
    refused = run("db", "check", **elsewhere)
    assert (refused.code, refused.out) == (1, "")
    assert re.fullmatch(r"needsbank: the database is at step none, .*\n", refused.err)
    assert run("db", "upgrade", **elsewhere).out == "The database is up to date.\n"
    checked = run("db", "check", **elsewhere)
    assert (checked.code, checked.out) == (0, "The database fits this version.\n")


CATALOGUE = [
    {"title": "Keys of home care", "id": 1, "year": 2024, "lang": "en", "kind": "thesis"},
    {"title": "Meals on wheels", "id": 2},
    {"title": "", "id": 3},
    {"title": "From the future", "year": 3000},
]


@pytest.fixture
def catalogue(tmp_path):
    path = tmp_path / "works.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in CATALOGUE) + "{broken\n")
    return path


def works(session):
    session.rollback()
    return sorted(tuple(row) for row in session.execute(select(PriorWork.source, PriorWork.title)))


def test_a_catalogue_comes_in_and_what_is_bad_is_told(run, session, catalogue):
    done = run("import", "prior-work", str(catalogue), "--source", "Theseus", "--no-embed")
    assert (done.code, done.err) == (0, "")
    assert "works.jsonl: 2 added, 0 changed, 3 not taken." in done.out
    assert done.out.splitlines()[-3:] == [
        "  line 3: title: required",
        "  line 4: year: year",
        "  line 5: row: unreadable",
    ]
    assert works(session) == [("Theseus", "Keys of home care"), ("Theseus", "Meals on wheels")]
    assert session.scalar(select(func.count(Embedding.key))) == 0


def test_the_same_file_again_adds_nothing(run, session, catalogue):
    run("import", "prior-work", str(catalogue), "--no-embed")
    again = run("import", "prior-work", str(catalogue), "--no-embed")
    assert "0 added, 0 changed, 3 not taken" in again.out
    assert len(works(session)) == 2


def test_a_file_under_another_name_is_the_same_import(run, session, catalogue):
    run("import", "prior-work", str(catalogue), "--no-embed")
    renamed = catalogue.rename(catalogue.with_name("renamed.jsonl"))
    again = run("import", "prior-work", str(renamed), "--no-embed")
    assert "0 added, 0 changed" in again.out
    assert works(session) == [
        ("works.jsonl", "Keys of home care"),
        ("works.jsonl", "Meals on wheels"),
    ]


def test_an_import_that_was_stopped_goes_on_where_it_was(run, session, catalogue):
    run("import", "prior-work", str(catalogue), "--no-embed")
    stopped = session.scalars(select(ImportRun)).one()
    stopped.position, stopped.finished = 1, None
    for work in session.scalars(select(PriorWork)):
        session.delete(work)
    session.commit()
    done = run("import", "prior-work", str(catalogue), "--no-embed")
    assert done.out.splitlines()[0] == "Going on after record 1."
    assert [title for _, title in works(session)] == ["Meals on wheels"]


def test_an_import_that_is_killed_loses_and_doubles_nothing(session, environment, tmp_path):
    path = tmp_path / "many.jsonl"
    lines = (json.dumps({"id": n, "title": f"Work {n}"}) + "\n" for n in range(20_000))
    path.write_text("".join(lines))
    words = [sys.executable, "-m", "needsbank.cli", "import", "prior-work", str(path), "--no-embed"]
    running = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    count = select(func.count(PriorWork.id))
    deadline = time.monotonic() + 30
    while not session.scalar(count) and time.monotonic() < deadline:
        session.rollback()
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    session.rollback()
    stored = session.scalar(count)
    assert 0 < stored < 20_000
    assert stored == session.scalar(select(ImportRun.position))
    subprocess.run(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    session.rollback()
    assert session.scalar(count) == 20_000
    assert session.scalar(select(func.count(PriorWork.source_key.distinct()))) == 20_000


def test_what_comes_in_is_made_searchable(run, session, catalogue):
    done = run("import", "prior-work", str(catalogue))
    assert (done.code, done.err) == (0, "")
    assert session.scalar(select(func.count(Embedding.key))) == 2
    found = run("search", "keys", "home")
    assert "Keys of home care" in found.out
    assert re.search(r"Prior works \(\d\)", found.out)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("works.xlsx", b"PK\x03\x04", "works.xlsx: not a workbook (.xlsx)"),
        ("works.json", b"[{", "works.json: not whole JSON"),
        ("works.csv", b"name\nx\n", "a column `title` is required"),
        ("works.csv", b"title\n\xe4iti\n", "works.csv: not UTF-8 text"),
        ("works.csv.gz", b"\x1f\x8b not packed", "works.csv.gz: "),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_line(run, tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    refused = run("import", "prior-work", str(path), "--no-embed")
    assert refused.code == 1
    assert refused.err.startswith("needsbank: ")
    assert refused.err.count("\n") == 1
    assert said in refused.err


@pytest.fixture
def mapped(tmp_path):
    """A catalogue in words of its own, and its mapping."""
    catalogue, mapping = tmp_path / "works.csv", tmp_path / "mapping.json"
    catalogue.write_text("Koodi;Nimi;Laji\n1;Avaimet;Opinnäytetyö\n2;Ateriat;Kirja\n")
    fields = {
        "id": {"column": "Koodi"},
        "title": {"column": "Nimi"},
        "kind": {"column": "Laji", "values": {"opinnäytetyö": "thesis"}},
    }
    mapping.write_text(json.dumps({"fields": fields}))
    return str(catalogue), "--mapping", str(mapping)


def test_a_mapping_says_where_the_fields_stand(run, session, mapped):
    done = run("import", "prior-work", *mapped, "--no-embed")
    assert "1 added, 0 changed, 1 not taken" in done.out
    assert done.out.splitlines()[-1] == "  line 3: kind: unknown"
    assert works(session) == [("works.csv", "Avaimet")]


def test_the_same_file_with_another_mapping_is_another_import(run, session, mapped):
    run("import", "prior-work", *mapped, "--no-embed")
    mapping = Path(mapped[-1])
    mapping.write_text(mapping.read_text().replace('"thesis"}', '"thesis", "kirja": "report"}'))
    done = run("import", "prior-work", *mapped, "--no-embed")
    assert "1 added, 0 changed, 0 not taken" in done.out


def test_a_wrong_mapping_is_told_place_by_place(run, mapped):
    Path(mapped[-1]).write_text('{"fields": {"kind": {"constant": "book"}}}')
    refused = run("import", "prior-work", *mapped, "--no-embed")
    assert refused.code == 1
    assert refused.err.splitlines() == [
        "needsbank: fields.title: must not be empty",
        "needsbank: fields.kind.constant: no such kind of work",
    ]


def test_a_dry_run_says_what_would_change_and_stores_nothing(run, session, catalogue):
    run("import", "prior-work", str(catalogue), "--source", "Theseus", "--no-embed")
    records = [{**CATALOGUE[0], "year": 2025}, CATALOGUE[1], {"id": 9, "title": "[b]New[/b]"}]
    catalogue.write_text("".join(json.dumps(record) + "\n" for record in records) + "{broken\n")
    done = run("import", "prior-work", str(catalogue), "--source", "Theseus", "--dry-run")
    assert (done.code, done.err) == (0, "")
    said = "works.jsonl: 1 new, 1 changed, 1 the same, 0 repeated, 1 not taken; nothing is stored."
    lines = done.out.splitlines()
    assert lines[lines.index(said) + 1 :] == [
        "  new: [b]New[/b]",
        "  changed: Keys of home care",
        "    year: 2024 → 2025",
        "  line 4: row: unreadable",
    ]
    assert len(works(session)) == 2


def test_bad_rows_are_told_up_to_a_number(run, tmp_path):
    path = tmp_path / "works.csv"
    path.write_text("title,year\n" + "x,soon\n" * 25)
    lines = run("import", "prior-work", str(path), "--no-embed").out.splitlines()
    assert len([line for line in lines if line.startswith("  line ")]) == 20
    assert lines[-1] == "  … and 5 more"


def test_embedding_and_suggesting_do_what_is_pending(run, session):
    problem = "Substitutes cannot find the keys of home care customers."
    need = add_need(session, title="Keys get lost", problem=problem)
    add_competence(session, title="Keys of home care customers", description=problem)
    assert run("embed").code == 0
    assert run("suggest").code == 0
    session.rollback()
    session.expire_all()
    assert session.get_one(type(need), need.id).matched_with is not None
    found = run("search", "lost", "keys")
    assert "Needs (1)" in found.out
    assert "Keys get lost" in found.out


def test_a_search_shows_what_everybody_may_read(run, session):
    add_need(session, title="Zirconium in secret", visibility=Visibility.NETWORK)
    run("embed")
    assert "Zirconium" not in run("search", "zirconium").out


def test_people_and_organisations_are_added(run, session):
    password = "a password of tests"
    made = run("organisation", "add", "Ähtärin kaupunki", "municipality", "etela_pohjanmaa")
    assert made.out == "Ähtärin kaupunki has been added.\n"
    added = run("user", "add", "Aino@bank.example", "--name", "Aino", "--password", password)
    assert added.code == 0
    granted = run("user", "grant", "aino@bank.example", "Ähtärin kaupunki", "partner")
    assert granted.out == "aino@bank.example is now partner of Ähtärin kaupunki.\n"
    user = session.scalars(select(User)).one()
    assert user.password.startswith("$argon2id$")
    assert [m.role for m in session.scalars(select(Membership))] == [Role.PARTNER]
    assert session.scalars(select(Organisation.name)).all() == ["Ähtärin kaupunki"]


def test_an_account_is_closed_and_gets_a_new_password(run, session):
    user = add_user(session, email="aino@bank.example")
    before = user.password
    assert run("user", "password", user.email, "--password", "quite another one").code == 0
    assert run("user", "disable", user.email).code == 0
    session.rollback()
    session.refresh(user)
    assert (user.active, user.password != before) == (False, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("user", "add", "a@b.example", "--name", "A", "--password", "short"), "at least 12"),
        (("user", "grant", "nobody@b.example", "Here", "partner"), "nobody@b.example"),
        (("user", "grant", "aino@bank.example", "Nowhere", "partner"), "called 'Nowhere'"),
        (("user", "grant", "aino@bank.example", "Here", "boss"), "'boss' is none of: partner, "),
        (("user", "disable", "nobody@b.example"), "nobody@b.example"),
        (("organisation", "add", "X", "church", "lappi"), "'church' is none of: wellbeing_county"),
        (("organisation", "add", "Here", "state", "lappi"), "name: already in the bank"),
        (
            ("organisation", "add", "X", "state", "lappi", "--business-id", "1"),
            "business id: seven digits",
        ),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(run, session, words, said):
    add_user(session, email="aino@bank.example")
    add_organisation(session, "Here")
    refused = run(*words)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("needsbank: ")
    assert refused.err.count("\n") == 1
    assert said in refused.err


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"NEEDSBANK_ENCODER": "made-up"}, "made-up"),
        ({"NEEDSBANK_ENCODER_THREADS": "x"}, "NEEDSBANK_ENCODER_THREADS"),
        ({"NEEDSBANK_DATA": "/nowhere"}, "/nowhere"),
        ({"NEEDSBANK_DATABASE_URL": "nonsense"}, "NEEDSBANK_DATABASE_URL"),
        ({"NEEDSBANK_DATABASE_URL": "sqlite:////nowhere/bank.db"}, "/nowhere/bank.db"),
        ({"NEEDSBANK_INSTANCE": "/dev/null/bank"}, "NEEDSBANK_INSTANCE"),
    ],
)
def test_settings_that_make_no_sense_are_one_clear_line(run, variables, said):
    refused = run("embed", **variables)
    assert refused.code == 1
    assert refused.err.startswith("needsbank: ")
    assert refused.err.count("\n") == 1
    assert said in refused.err


def test_a_port_that_is_taken_is_told(run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = run("serve", "--port", port)
    assert refused.code == 1
    assert refused.err.startswith(f"needsbank: port {port} of 127.0.0.1 is taken")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(address):
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            return response.status == 200
    except OSError:
        return False


@pytest.mark.slow
def test_the_bank_is_served_with_its_worker_and_stops_cleanly(environment, engine):
    with Session(engine, expire_on_commit=False) as session:
        add_need(session)
    port = free_port()
    serving = subprocess.Popen(
        [sys.executable, "-m", "needsbank.cli", "serve", "--port", str(port), "--workers", "1"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline = time.monotonic() + 40
    embedded: int | None = 0
    while time.monotonic() < deadline and not embedded:
        time.sleep(0.2)
        with Session(engine) as session:
            embedded = session.scalar(select(func.count(Embedding.key)))
    while time.monotonic() < deadline and not answers(f"http://127.0.0.1:{port}/healthz"):
        time.sleep(0.2)
    answered = answers(f"http://127.0.0.1:{port}/needs/")
    serving.send_signal(signal.SIGTERM)
    said, _ = serving.communicate(timeout=30)
    assert (answered, embedded, serving.returncode) == (True, 1, 0), said
    assert not answers(f"http://127.0.0.1:{port}/healthz")


@pytest.mark.slow
def test_the_demo_fills_an_empty_bank_and_serves_it(environment, tmp_path):
    port = free_port()
    serving = subprocess.Popen(
        [sys.executable, "-m", "needsbank.cli", "demo", "--port", str(port)],
        cwd=ROOT,
        env=environment | {"NEEDSBANK_INSTANCE": str(tmp_path / "demo")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and not answers(f"http://127.0.0.1:{port}/needs/"):
        assert serving.poll() is None, serving.communicate()[0]
        time.sleep(0.2)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in") as response:
        page = response.read().decode()
    serving.send_signal(signal.SIGTERM)
    said, _ = serving.communicate(timeout=30)
    assert serving.returncode == 0, said
    assert f"The bank is open at http://127.0.0.1:{port}" in said
    for account in ACCOUNTS:
        assert account.email in page
        assert account.email in said


def test_the_matcher_is_measured_on_the_demo_bank_s_labels(run):
    measured = run("evaluate", "demo")
    assert (measured.code, measured.err) == (0, "")
    assert "near-duplicates" in measured.out
    assert re.search(r"\d+\.\d%", measured.out)


@pytest.fixture
def judged(tmp_path):
    """A folder of judged texts."""
    lines: dict[str, list[dict[str, object]]] = {
        "queries": [{"id": 1, "text": "Omenapuita puistoon", "lang": "fi"}],
        "corpus": [
            {"id": 1, "text": "Puiston omenapuut", "lang": "fi"},
            {"id": 2, "text": "Home care", "lang": "en"},
        ],
        "qrels": [{"qid": 1, "cid": 1, "gain": 1}],
    }
    folder = tmp_path / "judged"
    folder.mkdir()
    for name, each in lines.items():
        text = "".join(json.dumps(line) + "\n" for line in each)
        (folder / f"{name}.jsonl").write_text(text)
    return folder


def test_the_matcher_is_measured_on_a_folder_and_stdout_holds_json_alone(run, judged):
    options = ("--by-language", "--methods", "matcher, bm25", "--limit", "5", "--seed", "3")
    measured = run("evaluate", str(judged), "--task", "need-prior", *options)
    assert (measured.code, measured.err) == (0, "")
    report = json.loads(measured.out)
    assert (report["folder"], report["task"], report["seed"]) == ("judged", "need-prior", 3)
    assert {name: list(pool["methods"]) for name, pool in report["pools"].items()} == {
        "all": ["matcher", "bm25"],
        "fi-all": ["matcher", "bm25"],
        "fi-fi": ["matcher", "bm25"],
    }
    first = report["pools"]["fi-fi"]["methods"]["matcher"]["recall@1"]
    assert first == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert run("evaluate", "--task", "need-prior", *options, str(judged)).out == measured.out


def test_a_terminal_sees_what_is_being_done(environment, judged):
    screen, terminal = pty.openpty()
    measuring = subprocess.Popen(
        [sys.executable, "-m", "needsbank.cli", "evaluate", judged, "--task", "need-prior"],
        cwd=ROOT,
        env=environment | {"TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=terminal,
    )
    os.close(terminal)
    seen = b""
    # Reading fails once the other end of a terminal is closed.
    with suppress(OSError):
        while more := os.read(screen, 4096):
            seen += more
    os.close(screen)
    out, _ = measuring.communicate(timeout=30)
    assert measuring.returncode == 0
    assert b"Asking (all)" in seen
    assert json.loads(out)["folder"] == "judged"


def test_a_malformed_folder_is_one_clear_line_and_exit_code_2(run, judged):
    with (judged / "qrels.jsonl").open("a") as file:
        file.write('{"qid": 1, "cid": 9, "gain": 1}\n')
    refused = run("evaluate", str(judged), "--task", "need-need")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        f"needsbank: {judged / 'qrels.jsonl'}, line 2: corpus.jsonl has no id '9'.\n"
    )


def test_a_method_or_folder_that_nobody_knows_is_one_clear_line(run, judged):
    for words in (("nowhere",), (str(judged), "--methods", "magic")):
        refused = run("evaluate", *words, "--task", "need-need")
        assert (refused.code, refused.out) == (2, "")
        assert re.fullmatch(r"needsbank: .*(nowhere|magic).*\n", refused.err)


def test_commands_that_the_readme_names_are_there():
    readme = (ROOT / "README.md").read_text()
    known = {" ".join(path) for path in commands() if path}
    named = re.findall(r"(?:^|[`/])needsbank ((?:[a-z][a-z-]* ?)+)", readme, re.MULTILINE)
    unknown = [
        words
        for words in map(str.strip, named)
        if not any(words == each or words.startswith(f"{each} ") for each in known)
    ]
    assert unknown == []
