"""Measure encoders, vectors and searches on this machine and write docs/benchmarks.md's section.

    python -m tools.benchmarks [--large]

Each part runs in a process of its own, so that none finds what another left in memory.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator

from tools.benchmarks import encoders, searches, vectors
from tools.benchmarks.tables import Table, dumped, loaded, merged, write_section
from tools.benchmarks.texts import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
VECTORS, LARGE_VECTORS = (10_000, 100_000), (1_000_000,)
BANKS, LARGE_BANKS = (1_000, 10_000, 20_000, 45_000), (100_000,)


def main() -> int:
    """Run one part, or all of them and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="also 1M vectors and 100k texts")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        print(dumped(_measured(arguments.part)))
        return 0
    started = time.monotonic()
    load = os.getloadavg()[0]
    tables: list[Table] = []
    for part in _parts(large=arguments.large):
        print(f"  {part}", flush=True)
        tables += _in_a_process(part)
    minutes = (time.monotonic() - started) / 60
    write_section(PAGE, _section(merged(tables), load, minutes))
    print(f"Written to {PAGE.relative_to(ROOT)} in {minutes:.1f} minutes.")
    return 0


def _parts(*, large: bool) -> Iterator[str]:
    for name in (*encoders.BUILT_IN, encoders.EXPORTED):
        yield f"encoder {name}"
    for rows in (*VECTORS, *(LARGE_VECTORS if large else ())):
        yield f"vectors {rows}"
    for rows in (*BANKS, *(LARGE_BANKS if large else ())):
        yield f"searches {rows}"


def _measured(part: str) -> list[Table]:
    kind, _, what = part.partition(" ")
    if kind == "encoder":
        return encoders.measure(what)
    return vectors.measure(int(what)) if kind == "vectors" else searches.measure(int(what))


def _in_a_process(part: str) -> list[Table]:
    command = [sys.executable, "-m", "tools.benchmarks", "--part", part]
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | one_thread,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return loaded(done.stdout.splitlines()[-1])


def _section(tables: list[Table], load: float, minutes: float) -> str:
    head = (
        "## Speed and memory\n\n"
        f"One run of `make bench` ({minutes:.1f} minutes; medians of CPU time unless said). "
        f"When it began, {load:.1f} other processes wanted this machine's {os.cpu_count()} cores: "
        "the more there are, the more CPU time the same work takes, so read the ratios."
    )
    return "\n\n".join([head, *(table.markdown() for table in tables)])


if __name__ == "__main__":
    sys.exit(main())
