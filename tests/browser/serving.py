"""A demo bank of the tests' own, served by the real command with the real encoder."""

import hashlib
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

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from needsbank.db.base import WRITE, make_engine
from needsbank.db.models import (
    CalendarFeed,
    MatcherVersion,
    Message,
    Representative,
    Subject,
    SweepPosition,
    SweptPair,
    Unit,
    User,
)
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.collaborations import PartyRole
from needsbank.domain.handing_over import OfferResult
from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence
from needsbank.domain.needs import NeedState
from needsbank.domain.notices import NoticeKind, Notify
from needsbank.domain.outbox import Channel, MessageKind, MessageState, Trouble
from needsbank.domain.roles import ANONYMOUS
from needsbank.domain.sources import HarvestState
from needsbank.services import handing_over, results
from needsbank.services.mail_levels import stop_path
from needsbank.services.notices import notify
from needsbank.services.sweeping import SWEPT
from tests.factories import (
    add_adoption_question,
    add_capture,
    add_catalogue,
    add_challenge,
    add_collaboration,
    add_harvest,
    add_mail_request,
    add_need,
    add_prior_work,
    add_source,
)
from tests.trained_version import CALIBRATION, REPORT

PASSWORD = "tarvepankki-demo"
IN_USE_CODE = "c" * 43
FOLLOWED, CONFIRMING = "f" * 43, "m" * 43
_SECRET = "a secret of browser tests, long enough"
_MESSAGE = UUID(int=11)
STOP_PATH = stop_path(_SECRET, _MESSAGE)
"""The link in a mail that ends mails."""
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
            env={
                **own,
                "NEEDSBANK_INSTANCE": str(instance),
                "NEEDSBANK_SECRET_KEY": _SECRET,
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_it_answers(f"{address}/healthz", server, log)
        _add_trained_version(instance)
        _add_sources(instance)
        _add_challenge(instance)
        _know_the_invitation(instance)
        _add_offer(instance)
        _add_idea(instance)
        _add_messages(instance)
        yield address
    finally:
        _stop(server)
    words = log.read_text(errors="replace")
    assert "Traceback" not in words, words[-4000:]


def _writing(instance: Path) -> Engine:
    """Return an engine that waits for its turn to write: the bank's worker writes meanwhile."""
    made = make_engine(f"sqlite:///{instance / 'bank.db'}")
    return made.execution_options(**{WRITE: True})


def _add_trained_version(instance: Path) -> None:
    """Let the admin's page have a report to show."""
    engine = _writing(instance)
    report = {**REPORT, "calibration": CALIBRATION}
    with Session(engine) as session, transaction(session):
        session.add(MatcherVersion(version="v", base="m1", space_id="of before", report=report))
    engine.dispose()


def _add_sources(instance: Path) -> None:
    """Let the pages of sources show a harvest under way, one that broke off, and a known work."""
    engine = _writing(instance)
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
    engine = _writing(instance)
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


def _know_the_invitation(instance: Path) -> None:
    """Let the demo's representative be asked by a link that is known."""
    engine = _writing(instance)
    with Session(engine) as session, transaction(session):
        asked = session.scalars(select(Representative)).one()
        asked.code_hash = hashlib.sha256(b"demo-edustaja").digest()
    engine.dispose()


def _add_offer(instance: Path) -> None:
    """Let a result wait for the partner's signature, and a result be asked about."""
    engine = _writing(instance)
    told: dict[str, Any] = {"language": Language.FI, "problem": "Lomake täytetään kahteen kertaan."}
    offer = OfferResult(title="Yksi lomake", summary="Se täytetään kerran.", handed_over="Pohja.")
    with Session(engine) as session:
        partner, team = (
            session.scalars(select(User).where(User.email == f"{who}@demo.example")).one()
            for who in ("partneri", "jasen")
        )
        need = add_need(
            session, partner, title="Sama lomake kahdesti", state=NeedState.AGREED, **told
        )
        work = add_collaboration(session, need, (team, PartyRole.TEAM))
        with transaction(session):
            handing_over.offer(session, team.actor, work.id, offer)
        (result, *_) = results.results_to_show(session, ANONYMOUS)
        add_adoption_question(session, result, code=IN_USE_CODE, months=12)
    engine.dispose()


def _add_idea(instance: Path) -> None:
    """Let an idea be followed by a link that the tests know, and an address wait for its owner."""
    engine = _writing(instance)
    with Session(engine) as session:
        unit = session.scalars(select(Unit).where(Unit.name == "Kotihoito")).one()
        text = "Suihkutuoli on aina toisessa kerroksessa."
        idea = add_capture(session, unit, text=text, follow_code=FOLLOWED, sender_name="Oili")
        add_mail_request(session, idea, code=CONFIRMING)
    engine.dispose()


def _add_messages(instance: Path) -> None:
    """Let a person be told of something, and an admin have messages to decide on."""
    engine = _writing(instance)
    with Session(engine) as session:
        partner = session.scalars(select(User).where(User.email == "partneri@demo.example")).one()
        words = {"act": "catch", "stage": "caught", "route": "", "reason": "", "path": "/my"}
        told = {"kind": MessageKind.STEP, "channel": Channel.MAIL, "words": words}
        undecided = (
            (MessageState.DEAD, Trouble.REFUSED, "550 5.1.1 no such user"),
            (MessageState.DEAD, Trouble.NOT_REACHED, "ConnectionRefusedError"),
            (MessageState.UNCERTAIN, Trouble.WORKER_GONE, ""),
        )
        with transaction(session):
            for number, (state, trouble, error) in enumerate(undecided):
                session.add(
                    Message(
                        key=f"undecided {number}",
                        address="hoitaja@county.example",
                        language=Language.FI,
                        state=state,
                        trouble=trouble,
                        error=error,
                        **told,
                    )
                )
            mine = {"user_id": partner.id, "language": Language.FI, **told}
            session.add(Message(id=_MESSAGE, key="told 1", **mine))
            session.add(Message(key="told 2", **mine))
            session.add(CalendarFeed(user_id=partner.id, code="c" * 43))
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
