"""Real models: the built-in one on both engines, the same written out, and a tiny one of chance."""

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from matching import Encoder, load_encoder
from tests.conftest import ROOT
from tests.matching.encoders.engines import ENGINES
from tests.matching.encoders.tiny import save_tiny_model


@pytest.fixture(scope="session")
def sentence_transformers() -> ModuleType:
    """The library; `make test` installs it, and says so when it cannot."""
    pytest.importorskip("torch")
    library: ModuleType = pytest.importorskip("sentence_transformers")
    return library


@pytest.fixture(scope="session")
def standard(
    sentence_transformers: ModuleType, standard_directory: Path, cache_dir: Path
) -> Encoder:
    """The written-out encoder, loaded by sentence-transformers."""
    return load_encoder(f"st:{standard_directory}", cache_dir=cache_dir, threads=2)


@pytest.fixture(scope="session", params=ENGINES)
def encoder(request: pytest.FixtureRequest, cache_dir: Path) -> Encoder:
    """Each real encoder in turn."""
    if request.param == "st":
        made: Encoder = request.getfixturevalue("standard")
        return made
    return load_encoder(request.param, cache_dir=cache_dir, threads=2)


@pytest.fixture(scope="session")
def make_tiny_model(
    sentence_transformers: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Path]:
    """Save a model of chance weights, another one for each seed."""

    def make(seed: int = 1, **described: object) -> Path:
        return save_tiny_model(tmp_path_factory.mktemp("tiny"), seed, **described)

    return make


@pytest.fixture(scope="session")
def tiny_directory(make_tiny_model: Callable[..., Path]) -> Path:
    return make_tiny_model()


@pytest.fixture(scope="session")
def needs() -> list[dict[str, str]]:
    """The demo bank's needs, in Finnish, Swedish and English."""
    lines = (ROOT / "data" / "demo" / "needs.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def titles(needs: list[dict[str, str]]) -> list[str]:
    return [need["title"] for need in needs]


@pytest.fixture(scope="session")
def real_texts(needs: list[dict[str, str]], titles: list[str]) -> list[str]:
    """Short texts and some of several sentences."""
    return [*titles, *(need["problem"] for need in needs[::4])]
