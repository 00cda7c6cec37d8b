"""A demo bank of the tests' own, served by the real command with the real encoder."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.base import make_engine
from needsbank.db.models import MatcherVersion, Subject, SweepPosition, SweptPair, User
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.collaborations import PartyRole
from needsbank.domain.handing_over import OfferResult
from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence
from needsbank.domain.needs import NeedState
from needsbank.domain.notices import NoticeKind, Notify
from needsbank.domain.roles import ANONYMOUS
from needsbank.domain.sources import HarvestState
from needsbank.services import handing_over, results
from needsbank.services.notices import notify
from needsbank.services.sweeping import SWEPT
from tests.browser.places import IN_USE_CODE
from tests.factories import (
    add_adoption_question,
    add_catalogue,
    add_challenge,
    add_collaboration,
    add_harvest,
    add_need,
    add_prior_work,
    add_source,
)
from tests.trained_version import CALIBRATION, REPORT

PASSWORD = "tarvepankki-demo"
# Reading 300 texts takes about 30 s on two cores.
START_SECONDS = 300
STOP_SECONDS = 30


@contextmanager
def demo_bank(folder: Path, encoder_cache: Path) -> Iterator[str]:
    """Fill a bank under `folder` and serve it while the block runs; give its address."""
    instance, log = folder / "instance", folder / "server.log"
    instance.mkdir()
    (instance / "models").symlink_to(encoder_cache, target_is_directory=True)
    port = _free_port()
    own = {k: v for k, v in os.environ.items() if not k.startswith("NEEDSBANK_")}
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "needsbank.cli", "demo", "--port", str(port)],
            env={**own, "NEEDSBANK_INSTANCE": str(instance)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_it_answers(f"{address}/healthz", server, log)
        _add_trained_version(instance)
        _add_sources(instance)
        _add_challenge(instance)
        _add_offer(instance)
        yield address
    finally:
        _stop(server)
    words = log.read_text(errors="replace")
    assert "Traceback" not in words, words[-4000:]


def _add_trained_version(instance: Path) -> None:
    """Let the admin's page have a report to show."""
    engine = make_engine(f"sqlite:///{instance / 'bank.db'}")
    report = {**REPORT, "calibration": CALIBRATION}
    with Session(engine) as session, transaction(session):
        session.add(MatcherVersion(version="v", base="m1", space_id="of before", report=report))
    engine.dispose()


def _add_sources(instance: Path) -> None:
    """Let the pages of sources show a harvest under way, one that broke off, and a known work."""
    engine = make_engine(f"sqlite:///{instance / 'bank.db'}")
    with Session(engine) as session:
        catalogue = add_catalogue(session, name="Hankkeet", address="https://works.example/a.csv")
        partial = {"state": HarvestState.PARTIAL, "problem": "too_slow", "detail": "over 150 s"}
        add_harvest(session, catalogue, **partial)
        # Nobody takes it up: its lease lasts.
        lease = {"lease": UUID(int=1), "lease_until": now() + timedelta(days=1)}
        running = {"state": HarvestState.RUNNING, "finished": None, "position": 3, "expected": 9}
        theseus = add_source(session, name="Theseus", active=False)
        add_harvest(session, theseus, **running, **lease)
        add_prior_work(
            session,
            source="Hankkeet",
            source_key="1",
            source_id=catalogue.id,
            title="Avaimet",
            abstract="Missä avaimet ovat.",
            licence=Licence.IN_COPYRIGHT,
            url="https://works.example/1",
        )
    engine.dispose()


def _add_challenge(instance: Path) -> None:
    """Let a challenge be made of the ambassador's needs, and two others be found alike."""
    engine = make_engine(f"sqlite:///{instance / 'bank.db'}")
    with Session(engine) as session:
        ambassador = session.scalars(
            select(User).where(User.email == "lahettilas@demo.example")
        ).one()
        words = {"language": Language.FI, "problem": "Roskat jäävät asiakkaan eteiseen."}
        titles = ("Kuka vie roskat?", "Pussit eteisessä", "Jäteastia on kaukana", "Biojäte haisee")
        needs = [add_need(session, ambassador, title=title, **words) for title in titles]
        challenge = add_challenge(session, needs[:2], title="Miten roskat lähtevät?", **words)
        with transaction(session):
            told = Notify(
                user_id=ambassador.id,
                kind=NoticeKind.MERGED,
                need_id=needs[0].id,
                other_need_id=challenge.id,
                due=now() + timedelta(days=7),
            )
            notify(session, told)
            for subject in SWEPT:
                session.add(SweepPosition(subject=subject, matcher_version="v", finished=now()))
            session.add(
                SweptPair(
                    subject=Subject.NEED,
                    owner_id=needs[2].id,
                    other_subject=Subject.NEED,
                    other_id=needs[3].id,
                    probability=0.9,
                )
            )
    engine.dispose()


def _add_offer(instance: Path) -> None:
    """Let a result wait for the partner's signature, and a result be asked about.

    Each part reads and writes under the writers' lock: the bank's worker is at work beside it.
    """
    engine = make_engine(f"sqlite:///{instance / 'bank.db'}")
    told: dict[str, Any] = {"language": Language.FI, "problem": "Lomake täytetään kahteen kertaan."}
    offer = OfferResult(title="Yksi lomake", summary="Se täytetään kerran.", handed_over="Pohja.")
    with Session(engine, expire_on_commit=False) as session:
        with transaction(session):
            partner, team = (
                session.scalars(select(User).where(User.email == f"{who}@demo.example")).one()
                for who in ("partneri", "jasen")
            )
            need = add_need(
                session, partner, title="Sama lomake kahdesti", state=NeedState.AGREED, **told
            )
        with transaction(session):
            work = add_collaboration(session, need, (team, PartyRole.TEAM))
        with transaction(session):
            handing_over.offer(session, team.actor, work.id, offer)
        with transaction(session):
            (result, *_) = results.results_to_show(session, ANONYMOUS)
            add_adoption_question(session, result, code=IN_USE_CODE, months=12)
    engine.dispose()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the demo bank did not start:\n{log.read_text()[-4000:]}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
