"""`needsbank serve`: gunicorn and one background worker, started and ended together."""

import os
import signal
import socket
import subprocess
import sys
import threading

from needsbank.commands.surroundings import engine, settings
from needsbank.domain.errors import BankError


def run(host: str, port: int, *, workers: int, threads: int) -> None:
    """Serve until a signal ends it; if either part dies, the other is ended too."""
    engine().dispose()  # a database that does not fit is said here, once
    check_port(host, port)
    # Requests are many and their matrices small: threads of BLAS would only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    worker = subprocess.Popen([sys.executable, "-m", "needsbank.cli", "work"])
    # So are encodings: two at once, a thread each, are done sooner than one after the other.
    alone = {"NEEDSBANK_ENCODER_THREADS": "1", **os.environ}
    web = subprocess.Popen(_gunicorn(host, port, workers, threads), env=alone)  # noqa: S603 -- our own words
    parts = {"the web server": web, "the background worker": worker}
    asked_to_stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: asked_to_stop.set())
    while not asked_to_stop.wait(0.2):
        ended = [name for name, part in parts.items() if part.poll() is not None]
        if ended:
            break
    for part in parts.values():
        if part.poll() is None:
            part.terminate()
    for part in parts.values():
        part.wait()
    if not asked_to_stop.is_set():
        raise BankError(f"{' and '.join(ended)} ended unexpectedly; its reason stands above")


def check_port(host: str, port: int) -> None:
    """Raise when the port is taken, naming it and the way out."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BankError(
                f"port {port} of {host} is taken: choose another one with --port"
                f" (make demo PORT={port + 1})"
            ) from error


def _gunicorn(host: str, port: int, workers: int, threads: int) -> list[str]:
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind", f"{host}:{port}",
        "--workers", str(workers),
        "--threads", str(threads),
        "--worker-class", "gthread",
        "--max-requests", "5000",
        "--max-requests-jitter", "500",
        "--graceful-timeout", "20",
        "--log-level", settings().log_level,
        "needsbank.wsgi:app",
    ]  # fmt: skip
