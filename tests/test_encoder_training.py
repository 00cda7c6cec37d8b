"""`needsbank train --encoder`: real models learn from decisions, and nothing else changes."""

import json
import shutil
import sys
import tempfile

import pytest
from sqlalchemy import select

from needsbank.db.models import MatcherVersion, Need, SetState, VectorSet
from tests.matching.encoders.tiny import save_tiny_model
from tests.simulated_decisions import LETTERS, decide_on_demo_bank, load_read_bank

QUICK = ("--cpu", "--most-steps", "2", "--batch", "2")


@pytest.fixture
def decisions(engine, session, retrieval):
    """As few decisions as may teach: on twenty needs."""
    load_read_bank(engine, retrieval)
    decide_on_demo_bank(session, retrieval, LETTERS, needs=20)


@pytest.fixture
def training_packages():
    for package in ("torch", "sentence_transformers", "accelerate", "datasets"):
        pytest.importorskip(package)


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Where this process puts what it does not mean to keep."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def tiny(training_packages, tmp_path):
    return save_tiny_model(tmp_path)


def models_of(settings):
    folder = settings.instance / "models"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def words_of(model):
    from safetensors.numpy import load_file

    (words,) = (v for k, v in load_file(model / "model.safetensors").items() if "word_emb" in k)
    return words


def weights_of(model):
    return (model / "model.safetensors").read_bytes()


def use(session, spec):
    """Let the active set be one of another encoder's name."""
    session.get_one(VectorSet, 1).spec = spec
    session.commit()


@pytest.mark.slow
@pytest.mark.usefixtures("decisions")
def test_a_model_is_trained_beside_the_bank(run, session, settings, tiny, temporary):
    ended = run("train", "--encoder", "--model", str(tiny), *QUICK)
    assert (ended.code, ended.err) == (0, "")
    assert models_of(settings) == ["trained-1", "trained-1.report.json"]
    target = settings.instance / "models" / "trained-1"
    assert weights_of(target) != weights_of(tiny)
    report = json.loads((target.parent / "trained-1.report.json").read_text())
    assert (report["needs"], report["tested_needs"], report["tested_pairs"]) == (20, 6, 60)
    assert len(report["training"]["losses"]) == 2
    said = " ".join(ended.out.split())
    assert "100 right and 100 wrong pairs of 20 needs; tested on the latest 6" in said
    assert f"needsbank encoder build st:{target}" in ended.out
    assert f"needsbank encoder activate st:{target}" in ended.out
    (active,) = session.scalars(select(VectorSet))
    assert (active.spec, active.state) == ("fake", SetState.ACTIVE)
    assert session.scalars(select(MatcherVersion)).all() == []
    assert list(temporary.iterdir()) == []


@pytest.mark.slow
@pytest.mark.usefixtures("decisions", "temporary")
def test_texts_stay_in_the_database(run, session, settings, tiny, tmp_path):
    assert run("train", "--encoder", "--model", str(tiny), *QUICK).code == 0
    titles = [title.encode() for title in session.scalars(select(Need.title))]
    written = [
        path for path in tmp_path.rglob("*") if path.is_file() and "bank.db" not in path.name
    ]
    assert settings.instance / "models" / "trained-1" / "model.safetensors" in written
    told = [path for path in written if any(title in path.read_bytes() for title in titles)]
    assert told == []


@pytest.mark.slow
@pytest.mark.usefixtures("decisions")
def test_a_trained_model_can_be_built_as_the_command_says(run, tiny, tmp_path):
    target = tmp_path / "mine"
    ended = run("train", "--encoder", "--model", str(tiny), "--to", str(target), *QUICK)
    (words,) = (line.split() for line in ended.out.splitlines() if "encoder build" in line)
    assert words == ["needsbank", "encoder", "build", f"st:{target}"]
    built = run(*words[1:])
    assert (built.code, built.err) == (0, "")
    assert "lacks nothing" in built.out
    assert (tmp_path / "mine.report.json").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("decisions")
def test_the_model_in_use_is_where_training_starts(run, session, settings, tiny):
    use(session, f"st:{tiny}")
    for name in ("trained-1", "trained-2"):
        assert run("train", "--encoder", *QUICK).code == 0
        trained = settings.instance / "models" / name
        assert (words_of(trained) == words_of(tiny)).all()
        assert weights_of(trained) != weights_of(tiny)


@pytest.mark.slow
@pytest.mark.usefixtures("decisions", "training_packages")
def test_the_built_in_encoder_is_written_out_and_trained(
    run, settings, standard_directory, temporary
):
    ended = run("train", "--encoder", *QUICK)
    assert (ended.code, ended.err) == (0, "")
    target = settings.instance / "models" / "trained-1"
    assert (words_of(target) == words_of(standard_directory)).all()
    assert weights_of(target) != weights_of(standard_directory)
    report = json.loads((target.parent / "trained-1.report.json").read_text())
    assert report["training"]["frozen"] > 90_000_000
    # A real model finds words in common, and two small steps do not undo that.
    for each in report["methods"].values():
        assert each["auc"]["low"] > 0.5
    assert list(temporary.iterdir()) == []
    shutil.rmtree(target)  # half a gigabyte, which pytest would keep for a while


def test_few_decisions_are_said_in_one_line_and_train_nothing(run, settings):
    ended = run("train", "--encoder")
    assert (ended.code, ended.err) == (0, "")
    (line,) = ended.out.splitlines()
    assert line.startswith("Too few decisions to learn from: 0 right and 0 wrong pairs of 0 needs")
    assert line.endswith("The encoder stays as it is.")
    assert models_of(settings) == []


def refused(run, *words):
    ended = run("train", "--encoder", *words)
    assert (ended.code, ended.out) == (1, "")
    (line,) = ended.err.splitlines()
    return line


@pytest.mark.usefixtures("decisions")
def test_without_torch_it_says_what_to_install(run, settings, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    line = refused(run)
    assert line.startswith("needsbank: Training needs torch: pip install torch, then pip install")
    assert models_of(settings) == []


@pytest.mark.usefixtures("decisions", "training_packages")
def test_what_is_in_the_way_is_left_alone(run, settings, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "notes").write_text("mine")
    assert f"{mine} is there already" in refused(run, "--to", str(mine))
    assert [path.name for path in mine.iterdir()] == ["notes"]


@pytest.mark.usefixtures("decisions", "training_packages")
def test_a_model_that_is_not_there_is_named(run, settings, tmp_path):
    assert f"there is no directory {tmp_path / 'none'}" in refused(
        run, "--model", str(tmp_path / "none")
    )
    assert models_of(settings) == []


@pytest.mark.usefixtures("decisions", "training_packages")
def test_a_model_of_a_hub_in_use_is_no_directory_to_start_from(run, session):
    use(session, "st:acme/model")
    assert "st:acme/model, is no directory: name one with --model" in refused(run)


@pytest.mark.parametrize("option", [("--cpu",), ("--epochs", "2"), ("--to", "x")])
def test_options_of_a_model_go_with_encoder_only(run, option):
    ended = run("train", *option)
    assert ended.code == 2
    assert "options of a model go with --encoder" in ended.err
