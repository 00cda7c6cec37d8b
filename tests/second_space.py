"""A second vector space for tests: "fake:2", with the fake encoder's fitted parameters."""

import shutil
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matching import FakeEncoder, load_encoder, probe_vectors
from needsbank import jobs
from needsbank.db.models import Subject
from needsbank.db.transaction import transaction
from needsbank.services import vector_sets
from needsbank.services.embedded_sets import SetReader
from needsbank.services.opening import Opener
from needsbank.settings import Settings

SHIPPED = Path(__file__).parents[1] / "data" / "matcher"
SECOND = "fake:2"
FIRST_ID, SECOND_ID = 1, 2


def make_parameters(folder: Path) -> Path:
    """Make a folder of matcher parameters for both spaces, and return it."""
    shutil.copytree(SHIPPED / "words", folder / "words")
    for encoder in (FakeEncoder(), FakeEncoder(2)):
        shutil.copytree(SHIPPED / FakeEncoder().space_id, folder / encoder.space_id)
    return folder


def opener_of(settings: Settings, parameters: Path = SHIPPED, spec: str = "fake") -> Opener:
    """Return an opener of encoders without models, as another process of the bank has one."""
    return Opener(
        lambda name: load_encoder(name, cache_dir=settings.instance),
        spec,
        parameters,
        settings.instance / "index",
        settings.instance / "matcher",
    )


def begin_second(engine: Engine) -> SetReader:
    """Make the second set, which holds nothing yet."""
    encoder = FakeEncoder(2)
    probes = probe_vectors(encoder)
    with Session(engine) as session, transaction(session):
        found = vector_sets.begin_building(session, SECOND, encoder, probes)
        return SetReader(vector_sets.ref_of(found), encoder)


def build(engine: Engine, reader: SetReader) -> SetReader:
    """Read what a set lacks."""
    for subject in Subject:
        jobs.build_pending(engine, reader, subject)
    with Session(engine) as session, transaction(session):
        assert vector_sets.finish_building(session, reader.set)
    return reader


def activate(engine: Engine, set_id: int = SECOND_ID) -> None:
    """Search in another set from now on."""
    with Session(engine) as session, transaction(session):
        vector_sets.activate(session, set_id)
