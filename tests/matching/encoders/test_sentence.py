"""`st:NAME_OR_DIRECTORY`: any sentence-transformers model, by real models on this machine."""

import json
from pathlib import Path

import numpy as np
import pytest

from matching import EncoderOptions, EncoderUnavailable, Side, UnknownEncoder, load_encoder
from matching.hub_cache import default_folder, snapshot
from matching.sentence import E5_PROMPTS, chosen_prompts
from tests.matching.encoders.engines import run_python

OWN = {"query": "q ", "passage": "p "}
TEXTS = ["koti", "", "hoito ja koti"]
COMMIT, OTHER_COMMIT = "1" * 40, "2" * 40


@pytest.fixture
def load(tmp_path):
    """Load an encoder of a directory or name with options."""

    def load(name, **options):
        chosen = EncoderOptions(**options)
        return load_encoder(f"st:{name}", cache_dir=tmp_path / "cache", options=chosen)

    return load


@pytest.fixture
def hub(tmp_path, tiny_directory, make_tiny_model):
    """A hub cache with two commits of acme/tiny, the first of them on the branch main."""
    model = tmp_path / "hub" / "models--acme--tiny"
    (model / "refs").mkdir(parents=True)
    (model / "refs" / "main").write_text(COMMIT)
    (model / "snapshots").mkdir()
    for commit, source in {COMMIT: tiny_directory, OTHER_COMMIT: make_tiny_model(2)}.items():
        (model / "snapshots" / commit).symlink_to(source, target_is_directory=True)
    return tmp_path / "hub"


def encode(encoder):
    return encoder.encode(TEXTS, Side.QUERY)


# Prompts


@pytest.mark.parametrize(
    ("options", "own", "name", "expected"),
    [
        ({"query_prompt": "Q: "}, OWN, "any/e5-small", ("Q: ", "p ")),
        ({"query_prompt": "", "document_prompt": ""}, OWN, "any/model", ("", "")),
        ({"document_prompt": "D: "}, {}, "intfloat/e5-base", ("query: ", "D: ")),
        ({}, OWN, "intfloat/multilingual-e5-base", ("q ", "p ")),
        ({}, {"query": "", "document": ""}, "intfloat/multilingual-e5-base", E5_PROMPTS),
        ({}, {}, "/models/multilingual-e5-small", E5_PROMPTS),
        ({}, {}, "sentence-transformers/all-MiniLM-L6-v2", ("", "")),
        ({}, {}, "acme/bge5", ("", "")),
    ],
)
def test_prompts_are_as_set_or_the_models_own_or_the_familys(options, own, name, expected):
    assert chosen_prompts(EncoderOptions(**options), own, name) == expected


@pytest.mark.slow
def test_a_prompt_that_is_set_replaces_the_models_own(load, make_tiny_model):
    folder = make_tiny_model(prompts={"query": "kysy: ", "document": "vastaa: "})
    own, none = load(folder), load(folder, query_prompt="", document_prompt="")
    set_again = load(folder, query_prompt="kysy: ")
    assert np.array_equal(encode(own), encode(set_again))
    assert own.space_id == set_again.space_id != none.space_id
    assert np.abs(encode(own) - encode(none)).max() > 1e-3
    written = none.encode(["kysy: koti"], Side.QUERY)
    assert np.abs(written - own.encode(["koti"], Side.QUERY)).max() < 1e-5


# A directory


@pytest.mark.slow
def test_a_directory_gives_unit_vectors_of_its_own_space(load, tiny_directory):
    encoder, again = load(tiny_directory), load(tiny_directory)
    vectors = encode(encoder)
    assert vectors.shape == (3, encoder.dim) == (3, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1], abs=1e-5)
    assert again.space_id == encoder.space_id
    assert np.array_equal(encode(again), vectors)


@pytest.mark.slow
def test_another_model_of_the_same_width_is_another_space(
    load, builtin, standard, tiny_directory, make_tiny_model
):
    encoders = [builtin, standard, load(tiny_directory), load(make_tiny_model(2))]
    assert {encoder.dim for encoder in encoders} == {384}
    assert len({encoder.space_id for encoder in encoders}) == 4


@pytest.mark.slow
def test_a_shorter_vector_is_of_unit_length_and_another_space(load, tiny_directory):
    whole, short = load(tiny_directory), load(tiny_directory, truncate_dim=64)
    assert encode(short).shape == (3, short.dim) == (3, 64)
    assert np.linalg.norm(encode(short), axis=1) == pytest.approx([1, 0, 1], abs=1e-5)
    assert short.space_id != whole.space_id


@pytest.mark.slow
@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "modules.json"])
def test_a_damaged_directory_is_refused(load, make_tiny_model, file):
    folder = make_tiny_model()
    (folder / file).write_bytes(b"{ no")
    with pytest.raises(EncoderUnavailable, match="Cannot load"):
        encode(load(folder))


@pytest.mark.slow
def test_an_empty_directory_and_an_unknown_device_are_refused(
    load, tmp_path, tiny_directory, sentence_transformers
):
    (tmp_path / "empty").mkdir()
    for encoder in (load(tmp_path / "empty"), load(tiny_directory, device="abacus")):
        with pytest.raises(EncoderUnavailable, match="Cannot load"):
            encode(encoder)


@pytest.mark.slow
def test_code_that_comes_with_a_model_is_not_run(load, make_tiny_model):
    folder = make_tiny_model()
    modules = json.loads((folder / "modules.json").read_text())
    modules[1]["type"] = "stowaway.Pooling"
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "stowaway.py").write_text(f"open({str(folder / 'ran')!r}, 'w')\n")
    with pytest.raises(EncoderUnavailable, match="trust_remote_code"):
        encode(load(folder))
    assert not (folder / "ran").exists()


# A name on the hub


@pytest.mark.slow
def test_a_hub_name_is_found_in_the_cache_offline(load, hub, tiny_directory):
    named = load("acme/tiny", cache_folder=hub, offline=True)
    assert named.spec == "st:acme/tiny"
    assert np.array_equal(encode(named), encode(load(tiny_directory)))
    assert named.space_id == load(tiny_directory).space_id


@pytest.mark.slow
def test_another_revision_is_another_model(load, hub):
    main, other = (
        load("acme/tiny", cache_folder=hub, offline=True, revision=revision)
        for revision in ("main", OTHER_COMMIT)
    )
    assert main.space_id != other.space_id


@pytest.mark.parametrize(
    ("name", "revision", "words"),
    [
        ("acme/other", None, "neither a directory nor a model"),
        ("acme/tiny", "v9", "neither a directory nor a model"),
        ("tiny", None, "neither a directory nor a model"),
        ("/no/such/model", None, "there is no directory"),
        ("./models/none", None, "there is no directory"),
    ],
)
def test_what_is_not_there_offline_is_refused_in_words(load, tmp_path, name, revision, words):
    (tmp_path / "models--acme--tiny" / "snapshots" / COMMIT).mkdir(parents=True)
    with pytest.raises(EncoderUnavailable, match=words):
        load(name, revision=revision, cache_folder=tmp_path, offline=True)


def test_a_refusal_does_not_wait_for_torch():
    done = run_python(
        "import sys\n"
        "from pathlib import Path\n"
        "from matching import EncoderOptions, EncoderUnavailable, load_encoder\n"
        "try:\n"
        "    load_encoder('st:acme/none', cache_dir=Path(), options=EncoderOptions(offline=True))\n"
        "except EncoderUnavailable:\n"
        "    print({'torch', 'transformers', 'huggingface_hub'} & set(sys.modules))\n"
    )
    assert done.stdout == "set()\n", done.stderr


def test_a_name_is_needed(tmp_path):
    with pytest.raises(UnknownEncoder):
        load_encoder("st:", cache_dir=tmp_path)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"SENTENCE_TRANSFORMERS_HOME": "/a", "HF_HUB_CACHE": "/b"}, "/a"),
        ({"HF_HUB_CACHE": "/b", "HF_HOME": "/c"}, "/b"),
        ({"HF_HOME": "/c"}, "/c/hub"),
        ({"XDG_CACHE_HOME": "/d"}, "/d/huggingface/hub"),
        ({}, str(Path.home() / ".cache/huggingface/hub")),
    ],
)
def test_the_cache_is_where_the_library_keeps_it(environ, expected):
    assert default_folder(environ) == Path(expected)


def test_a_bare_name_is_the_librarys_own(tmp_path):
    files = tmp_path / "models--sentence-transformers--tiny" / "snapshots" / COMMIT
    files.mkdir(parents=True)
    assert snapshot("tiny", COMMIT, tmp_path) == files
    assert snapshot("tiny", None, tmp_path) is None
