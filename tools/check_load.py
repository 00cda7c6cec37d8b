"""Measure the live check of a bank: the real service, and signed-in people who write at once.

    NEEDSBANK_INSTANCE=… python tools/check_load.py [--users 8] [--checks 25] [--pause 0]

Serves the bank with two web workers and its background worker, signs people in (accounts are added
for it), and lets each post texts of 10 to 40 words to /needs/similar, one after another, with a
pause of so many seconds on average between an answer and the next text. The texts are the demo
bank's sentences. Memory is that of all processes of the service: PSS counts a page that several
share once in all, RSS once for each. Only loopback addresses are loaded.
"""

import argparse
import http.client
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from flask_security.utils import hash_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from needsbank.app import create_app, engine_of
from needsbank.db.models import PriorWork, User
from needsbank.db.transaction import transaction
from needsbank.services import people
from needsbank.services.operator import OPERATOR
from needsbank.settings import from_environment
from tools.benchmarks.texts import texts_of_words
from tools.load import (
    LOOPBACK,
    ROOT,
    NotServing,
    cpu_seconds,
    family,
    free_port,
    percentile,
    wait_until_ready,
)

PASSWORD = "a password for measuring only"  # noqa: S105 -- of accounts that only it adds
SHORTEST, LONGEST = 10, 40
WARMING = 4
"""Checks of each person that are not counted."""


@dataclass(slots=True)
class Person:
    """Somebody signed in, on a connection of their own."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def sign_in(self, email: str) -> None:
        """Sign in by the form, and keep the token that forms need."""
        self._keep_token("/sign-in")
        filled = {"csrf_token": self.token, "email": email, "password": PASSWORD}
        status, body = self._ask("POST", "/sign-in", filled)
        if status != http.HTTPStatus.SEE_OTHER and status != http.HTTPStatus.FOUND:
            raise NotServing(f"signing in was answered with {status}: {body[:300]!r}")
        self._keep_token("/about")

    def check(self, text: str) -> tuple[float, int]:
        """Ask what is like a text; return the seconds that it took and the bytes of the answer."""
        started = time.perf_counter()
        status, body = self._ask("POST", "/needs/similar", {"problem": text}, htmx=True)
        if status != http.HTTPStatus.OK:
            raise NotServing(f"a check was answered with {status}: {body[:300]!r}")
        return time.perf_counter() - started, len(body)

    def _keep_token(self, path: str) -> None:
        _, page = self._ask("GET", path)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.decode())
        self.token = found[1] if found else self.token

    def _ask(
        self, method: str, path: str, form: dict[str, str] | None = None, *, htmx: bool = False
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["X-CSRFToken"] = self.token
        if htmx:
            headers["HX-Request"] = "true"
        connection.request(method, path, urlencode(form) if form else None, headers)
        response = connection.getresponse()
        body = response.read()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        connection.close()
        return response.status, body


def main() -> None:
    """Serve the bank and report how long checks take."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=8)
    parser.add_argument("--checks", type=int, default=25, help="of each person")
    parser.add_argument("--pause", type=float, default=0, help="seconds between checks, on average")
    parser.add_argument("--encoder-threads", type=int, default=0, help="0: as the service has it")
    asked = parser.parse_args()
    emails, works = _accounts(asked.users)
    with _served(asked.encoder_threads) as (port, pid):
        persons = [Person(port) for _ in emails]
        for person, email in zip(persons, emails, strict=True):
            person.sign_in(email)
        _all_at_once(persons, WARMING, 0, 1)
        began, before, all_before = time.monotonic(), cpu_seconds(pid), _busy_seconds()
        own_before = time.process_time()
        times = _all_at_once(persons, asked.checks, asked.pause, 2)
        wall, cpu = time.monotonic() - began, cpu_seconds(pid) - before
        own = time.process_time() - own_before
        others = (_busy_seconds() - all_before - cpu - own) / wall
        print(f"{works:,} prior works, {asked.users} at once, pause {asked.pause:g} s")
        print(
            f"{len(times)} checks: p50 {percentile(times, 0.5):.0f} ms,"
            f" p95 {percentile(times, 0.95):.0f} ms, max {1000 * max(times):.0f} ms;"
            f" {len(times) / wall:.1f} a second"
        )
        print(f"CPU of the whole service: {1000 * cpu / len(times):.0f} ms a check")
        print(
            f"busy cores of {os.cpu_count()}: {cpu / wall:.2f} the service, {own / wall:.2f} the"
            f" people, {max(others, 0):.2f} other work on this machine"
        )
        _report_memory(pid)


def _accounts(count: int) -> tuple[list[str], int]:
    app = create_app(from_environment())
    emails = [f"load{number}@bank.example" for number in range(count)]
    with app.app_context():
        hashed = hash_password(PASSWORD)
    with Session(engine_of(app)) as session, transaction(session):
        known = set(session.scalars(select(User.email).where(User.email.in_(emails))))
        for email in sorted(set(emails) - known):
            people.add_user(session, OPERATOR, email=email, name=email, password_hash=hashed)
        works = session.scalar(select(func.count(PriorWork.id))) or 0
    return emails, works


@contextmanager
def _served(encoder_threads: int) -> Iterator[tuple[int, int]]:
    port = free_port()
    command = [str(ROOT / ".venv/bin/needsbank"), "serve", "--port", str(port), "--workers", "2"]
    environment = os.environ | {"NEEDSBANK_SECURE_COOKIES": "0"}
    if encoder_threads:
        environment["NEEDSBANK_ENCODER_THREADS"] = str(encoder_threads)
    with tempfile.TemporaryFile() as log:
        service = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_until_ready(port, service)
            yield port, service.pid
        except NotServing as problem:
            log.seek(0)
            sys.exit(f"{problem}\n{log.read().decode(errors='replace')[-2000:]}")
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(timeout=60)


def _all_at_once(persons: list[Person], checks: int, pause: float, seed: int) -> list[float]:
    """Let everybody post texts; return the seconds that each answer took."""
    times: list[float] = []

    def write(number: int) -> None:
        chance = random.Random(1000 * seed + number)
        for text in texts_of_words(checks, 1000 * seed + number):
            if pause:
                time.sleep(chance.expovariate(1 / pause))
            words = text.split()[: chance.randint(SHORTEST, LONGEST)]
            seconds, _ = persons[number].check(" ".join(words))
            times.append(seconds)

    writing = [threading.Thread(target=write, args=(number,)) for number in range(len(persons))]
    for thread in writing:
        thread.start()
    for thread in writing:
        thread.join()
    if len(times) != checks * len(persons):
        raise NotServing(f"{checks * len(persons) - len(times)} checks failed")
    return times


def _busy_seconds() -> float:
    """Return the CPU time that the whole machine has spent on anything but waiting."""
    user, nice, system, _, _, irq, softirq, *_ = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    )
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _report_memory(pid: int) -> None:
    print("memory, MiB: PSS, RSS, of these shared files (RSS), own (RSS)")
    totals = [0.0] * 4
    for member in family(pid):
        figures = _memory(member)
        name = Path(f"/proc/{member}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        words = [word for word in ("gunicorn", "work", "serve") if f" {word}" in f"{name} "]
        print("  " + "  ".join(f"{figure:7.0f}" for figure in figures), words[:1], member)
        totals = [total + figure for total, figure in zip(totals, figures, strict=True)]
    print("  " + "  ".join(f"{total:7.0f}" for total in totals), "in all")


def _memory(pid: int) -> list[float]:
    """Return the PSS and the RSS of a process, and of these its files' and its own pages, MiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kib = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    own = kib["Anonymous"]
    return [each / 1024 for each in (kib["Pss"], kib["Rss"], kib["Rss"] - own, own)]


if __name__ == "__main__":
    main()
