"""Measure the demo service on this machine: `bench` each page alone, `soak` them all together.

The pages are those a visitor reaches by links from the front page. Only loopback addresses are
loaded, and each run has an end. CPU, memory and open files are read from /proc (Linux).
"""

import argparse
import http.client
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

ROOT = Path(__file__).parents[1]
LOOPBACK = "127.0.0.1"
START_SECONDS = 300
PAGES = 25
BENCH_REQUESTS = 30
SAMPLE_SECONDS = 5
# A soak fails when the memory of its last quarter is this much above that of its second.
RSS_GROWTH = 1.10


class NotServing(Exception):
    """The demo service did not come up."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answered request."""

    status: int
    body: bytes
    kind: str
    seconds: float


def get(port: int, path: str) -> Reply:
    """Ask for one page on a connection of its own."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=30)
    try:
        connection.request("GET", path, headers={"Accept": "text/html"})
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    kind = response.getheader("Content-Type") or ""
    return Reply(response.status, body, kind, time.perf_counter() - started)


def free_port() -> int:
    """Give a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextmanager
def demo_service() -> Iterator[tuple[int, int]]:
    """Serve a fresh demo bank while the block runs; give its port and process id."""
    port = free_port()
    command = [str(ROOT / ".venv/bin/needsbank"), "demo", "--port", str(port)]
    with tempfile.TemporaryFile() as log:
        service = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_until_ready(port, service)
            yield port, service.pid
        except NotServing as problem:
            log.seek(0)
            sys.exit(f"{problem}\n{log.read().decode(errors='replace')[-2000:]}")
        finally:
            service.terminate()
            try:
                service.wait(timeout=20)
            except subprocess.TimeoutExpired:
                service.kill()


def wait_until_ready(port: int, service: subprocess.Popen[bytes]) -> None:
    """Return when the service answers; raise if it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if service.poll() is not None:
            raise NotServing(f"needsbank demo ended with {service.returncode} before it answered")
        try:
            get(port, "/")
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise NotServing(f"needsbank demo did not answer within {START_SECONDS} s")


def public_pages(port: int) -> list[str]:
    """Follow the links of the front page and of what they lead to, breadth first."""
    found: list[str] = []
    waiting = ["/"]
    seen = {"/"}
    while waiting and len(found) < PAGES:
        path = waiting.pop(0)
        reply = get(port, path)
        if reply.status != http.HTTPStatus.OK or "text/html" not in reply.kind:
            continue
        found.append(path)
        for link in re.findall(rb'<a[^>]+href="([^"#]+)', reply.body):
            target = urlsplit(urljoin(path, link.decode().replace("&amp;", "&")))
            address = target.path + (f"?{target.query}" if target.query else "")
            if not target.netloc and not target.scheme and address not in seen:
                seen.add(address)
                waiting.append(address)
    return found


def family(pid: int) -> list[int]:
    """Give a process and all that it started, directly or not."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended meanwhile
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    members = [pid]
    for member in members:
        members.extend(children.get(member, []))
    return members


def cpu_seconds(pid: int) -> float:
    """Give the CPU time that a process and its children have used."""
    ticks = 0
    for member in family(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_and_files(pid: int) -> tuple[float, int]:
    """Give the MiB of memory and the number of files that a process and its children hold."""
    pages, files = 0, 0
    for member in family(pid):
        pages += int(Path(f"/proc/{member}/statm").read_text().split()[1])
        files += len(list(Path(f"/proc/{member}/fd").iterdir()))
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20, files


def percentile(seconds: list[float], share: float) -> float:
    """Give the milliseconds within which this share of the requests was answered."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def bench(port: int, pid: int) -> int:
    """Ask for each page by itself; print its CPU and wall time."""
    failures = 0
    print(f"{'CPU ms':>8} {'p50 ms':>8} {'p95 ms':>8} {'KiB':>6}  page")
    for path in public_pages(port):
        before = cpu_seconds(pid)
        replies = [get(port, path) for _ in range(BENCH_REQUESTS)]
        cpu = 1000 * (cpu_seconds(pid) - before) / BENCH_REQUESTS
        times = [reply.seconds for reply in replies]
        failures += sum(reply.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR for reply in replies)
        size = len(replies[-1].body) / 1024
        walls = f"{percentile(times, 0.5):8.1f} {percentile(times, 0.95):8.1f}"
        print(f"{cpu:8.1f} {walls} {size:6.0f}  {path}")
    print(f"{failures} answers of 5xx")
    return int(failures > 0)


@dataclass(slots=True)
class Soak:
    """What a soak has seen so far; its threads only append."""

    port: int
    pages: list[str]
    ends: float
    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    samples: list[tuple[float, int]] = field(default_factory=list)

    def visit(self, seed: int) -> None:
        """Read random pages, with a pause after each, until the time is over."""
        chance = random.Random(seed)
        while time.monotonic() < self.ends:
            path = chance.choice(self.pages)
            try:
                reply = get(self.port, path)
            except OSError as problem:
                self.errors.append(f"{path}: {problem}")
            else:
                self.times.append(reply.seconds)
                if reply.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
                    self.errors.append(f"{path}: {reply.status}")
            time.sleep(chance.uniform(0, 0.2))

    def report(self) -> int:
        """Print what was seen; give 1 if there were errors or the memory grew."""
        quarter = max(1, len(self.times) // 4)
        for name, times in (("first", self.times[:quarter]), ("last", self.times[-quarter:])):
            walls = ", ".join(f"p{p} {percentile(times, p / 100):.0f} ms" for p in (50, 95, 99))
            print(f"{name} quarter: {walls}")
        part = max(1, len(self.samples) // 4)
        settled = statistics.median(rss for rss, _ in self.samples[part : 2 * part] or self.samples)
        final = statistics.median(rss for rss, _ in self.samples[-part:])
        print(f"memory: {settled:.0f} MiB in the second quarter, {final:.0f} MiB in the last")
        print(f"open files: {self.samples[0][1]} first, {self.samples[-1][1]} last")
        print(f"{len(self.times)} answers, {len(self.errors)} errors")
        for error in sorted(set(self.errors))[:10]:
            print(f"  {error}")
        return int(bool(self.errors) or final > settled * RSS_GROWTH)


def soak(port: int, pid: int, minutes: float, visitors: int) -> int:
    """Let several visitors read at once for some minutes."""
    run = Soak(port, public_pages(port), time.monotonic() + 60 * minutes)
    print(f"{visitors} visitors on {len(run.pages)} pages for {minutes:g} minutes")
    threads = [threading.Thread(target=run.visit, args=(seed,)) for seed in range(visitors)]
    for thread in threads:
        thread.start()
    while time.monotonic() < run.ends:
        run.samples.append(memory_and_files(pid))
        time.sleep(SAMPLE_SECONDS)
    for thread in threads:
        thread.join()
    return run.report()


def main() -> int:
    """Read the arguments, serve a demo bank and measure it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["bench", "soak"])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--visitors", type=int, default=4)
    arguments = parser.parse_args()
    with demo_service() as (port, pid):
        if arguments.what == "bench":
            return bench(port, pid)
        return soak(port, pid, min(arguments.minutes, 180), min(arguments.visitors, 32))


if __name__ == "__main__":
    sys.exit(main())
