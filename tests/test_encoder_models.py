"""`needsbank encoder …`, and the settings of an encoder."""

import json
import shutil

import pytest
from click.testing import CliRunner

from matching import EncoderUnavailable
from needsbank.app import make_opener
from needsbank.cli import main
from needsbank.settings import SentenceModel, Settings, SettingsError, from_environment
from tests.matching.encoders.tiny import save_tiny_model


@pytest.fixture
def run():
    return lambda *words: CliRunner().invoke(main, ["encoder", *map(str, words)])


@pytest.mark.slow
def test_export_writes_a_model_and_says_how_to_use_it(run, tmp_path):
    target = tmp_path / "model"
    result = run("export", target, "--precision", "fp16")
    assert result.exit_code == 0, result.output
    assert f"NEEDSBANK_ENCODER=st:{target}" in result.output
    assert (target / "model.safetensors").stat().st_size > 200_000_000
    shutil.rmtree(target)


def test_export_leaves_alone_what_is_there(run, tmp_path):
    (tmp_path / "mine").touch()
    result = run("export", tmp_path)
    assert result.exit_code == 1
    assert result.stderr == (
        f"needsbank: {tmp_path} is there already: remove it or name another.\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_training_without_a_model_is_refused_in_one_line(run, tmp_path):
    triplet = {"need": "a", "accepted": "b", "rejected": "c"}
    (tmp_path / "triplets.jsonl").write_text(json.dumps(triplet))
    result = run("train", tmp_path / "none", tmp_path / "triplets.jsonl", tmp_path / "out")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"needsbank: There is no directory {tmp_path / 'none'}")
    assert not (tmp_path / "out").exists()


def test_training_on_what_is_no_triplet_names_the_line(run, tmp_path):
    (tmp_path / "triplets.jsonl").write_text("{}\n")
    result = run("train", tmp_path, tmp_path / "triplets.jsonl", tmp_path / "out")
    assert result.exit_code == 1
    assert "line 1: need is no text or empty" in result.stderr


@pytest.mark.slow
def test_training_saves_a_model_and_says_how_to_use_it(run, tmp_path):
    for package in ("torch", "sentence_transformers", "accelerate", "datasets"):
        pytest.importorskip(package)
    model = save_tiny_model(tmp_path)
    triplets = [{"need": f"a{n}", "accepted": f"b{n}", "rejected": f"c{n}"} for n in range(4)]
    (tmp_path / "triplets.jsonl").write_text("\n".join(map(json.dumps, triplets)))
    target = tmp_path / "out"
    arguments = ("--most-steps", "2", "--batch", "2", "--cpu")
    result = run("train", model, tmp_path / "triplets.jsonl", target, *arguments)
    assert result.exit_code == 0, result.output
    assert "4 triplets on cpu" in result.output
    assert f"NEEDSBANK_ENCODER=st:{target}" in result.output
    assert (target / "modules.json").exists()


def test_every_setting_of_a_model_is_read(tmp_path):
    environ = {
        "NEEDSBANK_INSTANCE": str(tmp_path),
        "NEEDSBANK_ENCODER_QUERY_PROMPT": "kysy: ",
        "NEEDSBANK_ENCODER_DOCUMENT_PROMPT": "",
        "NEEDSBANK_ENCODER_REVISION": "v2",
        "NEEDSBANK_ENCODER_DEVICE": "cuda",
        "NEEDSBANK_ENCODER_OFFLINE": "1",
        "NEEDSBANK_ENCODER_DIM": "256",
        "NEEDSBANK_ENCODER_CACHE": str(tmp_path / "hub"),
        "NEEDSBANK_ENCODER_TRUST_CODE": "1",
    }
    assert from_environment(environ).sentence_model == SentenceModel(
        query_prompt="kysy: ",
        document_prompt="",
        revision="v2",
        device="cuda",
        offline=True,
        dim=256,
        cache=tmp_path / "hub",
        trust_code=True,
    )


def test_without_settings_nothing_is_trusted_and_prompts_are_the_models(tmp_path):
    read = from_environment({"NEEDSBANK_INSTANCE": str(tmp_path)}).sentence_model
    assert read == SentenceModel()
    assert (read.trust_code, read.query_prompt, read.device) == (False, None, "cpu")


@pytest.mark.parametrize(("name", "text"), [("OFFLINE", "maybe"), ("DIM", "many")])
def test_a_setting_that_makes_no_sense_is_named(tmp_path, name, text):
    environ = {"NEEDSBANK_INSTANCE": str(tmp_path), f"NEEDSBANK_ENCODER_{name}": text}
    with pytest.raises(SettingsError, match=f"NEEDSBANK_ENCODER_{name}"):
        from_environment(environ)


def test_a_bank_whose_model_is_missing_says_so_when_it_starts(tmp_path):
    settings = Settings(
        database_url="sqlite://",
        secret_key="a secret of tests, long enough",
        instance=tmp_path,
        encoder="st:acme/none",
        sentence_model=SentenceModel(offline=True, cache=tmp_path),
    )
    with pytest.raises(EncoderUnavailable, match=f"acme/none is neither .* in {tmp_path}"):
        make_opener(settings).retrieval(None)
