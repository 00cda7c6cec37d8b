"""A second vector space for tests: "fake:2", with the fake encoder's fitted parameters."""

import shutil
from pathlib import Path

from matching import FakeEncoder, load_encoder
from needsbank.services.opening import Opener
from needsbank.settings import Settings
from tests.conftest import ROOT

SECOND = "fake:2"


def make_parameters(folder: Path) -> Path:
    """Make a folder of matcher parameters for both spaces, and return it."""
    shipped = ROOT / "data" / "matcher"
    shutil.copytree(shipped / "words", folder / "words")
    for encoder in (FakeEncoder(), FakeEncoder(2)):
        shutil.copytree(shipped / FakeEncoder().space_id, folder / encoder.space_id)
    return folder


def opener_of(settings: Settings, parameters: Path, spec: str = "fake") -> Opener:
    """Return an opener of encoders without models, as another process of the bank has one."""
    return Opener(
        lambda name: load_encoder(name, cache_dir=settings.instance),
        spec,
        parameters,
        settings.instance / "index",
    )
