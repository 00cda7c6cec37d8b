"""Measure searches of prior works in a bank: whole pages, the query's encoding included.

    NEEDSBANK_INSTANCE=… python tools/search_times.py [COUNT]

The queries are the first words of works that the bank holds, and one fixed phrase; one user, one
request at a time, through the application without a network.
"""

import random
import statistics
import sys
import time
from urllib.parse import quote

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from needsbank.app import create_app, engine_of
from needsbank.db.models import PriorWork
from needsbank.settings import from_environment

PHRASE = "kotihoidon työntekijöiden työhyvinvointi"
WORDS = 6


def main() -> None:
    """Print how long searches take, and what the fixed phrase finds first."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    app = create_app(from_environment())
    with Session(engine_of(app)) as session:
        titles = session.scalars(select(PriorWork.title)).all()
        held = session.scalar(select(func.count(PriorWork.id)))
    chosen = random.Random(0).sample(list(titles), min(count, len(titles)))
    client = app.test_client()
    client.get(f"/prior-works/?q={quote(PHRASE)}")  # loads the model and the index
    times = []
    for title in chosen:
        query = quote(" ".join(title.split()[:WORDS]))
        started = time.perf_counter()
        response = client.get(f"/prior-works/?q={query}")
        times.append(1000 * (time.perf_counter() - started))
        if response.status_code != 200:
            sys.exit(f"{response.status_code} for {title!r}")
    cuts = statistics.quantiles(times, n=20)
    print(f"{held} prior works, {len(times)} searches")
    print(f"p50 {statistics.median(times):.0f} ms, p95 {cuts[18]:.0f} ms, max {max(times):.0f} ms")
    page = client.get(f"/prior-works/?q={quote(PHRASE)}").get_data(as_text=True)
    print(f"first for {PHRASE!r}:")
    for part in page.split('<h2 lang="')[1:6]:
        print("  " + part.split(">")[2].split("<")[0])


if __name__ == "__main__":
    main()
