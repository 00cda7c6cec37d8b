"""Medians of CPU time, percentiles of waiting, and the memory of this process (Linux)."""

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

REPEATS = 15


def cpu_ms(action: Callable[[int], object], repeats: int = REPEATS) -> float:
    """Return the median CPU time of an action in ms, all threads together.

    The action gets the number of the repeat, so that each can take another text; it runs once
    more ahead of them.
    """
    action(0)
    times = []
    for number in range(repeats):
        started = time.process_time()
        action(number)
        times.append(1000 * (time.process_time() - started))
    return statistics.median(times)


def waiting_ms(action: Callable[[int], object], repeats: int, callers: int) -> list[float]:
    """Return how long each of `repeats` calls took by the clock, `callers` of them at a time."""

    def timed(number: int) -> float:
        started = time.perf_counter()
        action(number)
        return 1000 * (time.perf_counter() - started)

    action(0)
    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(timed, range(repeats)))


def p95(values: Sequence[float]) -> float:
    """Return the value that 95 of 100 do not exceed."""
    return statistics.quantiles(values, n=20, method="inclusive")[18]


def memory_mib() -> tuple[float, float]:
    """Return this process's own memory and its pages of files, which processes share."""
    lines = Path("/proc/self/status").read_text().splitlines()
    kib = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith("Rss")}
    return kib["RssAnon"] / 1024, kib["RssFile"] / 1024
