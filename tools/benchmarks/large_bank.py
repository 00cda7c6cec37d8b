"""Make a bank of very many prior works from a bank of real ones, to measure searches on.

    python -m tools.benchmarks.large_bank FROM TO ROWS

FROM is the folder of a bank (`NEEDSBANK_INSTANCE`) whose works have been embedded; TO, which must
not exist, gets a copy of it with made-up works added until there are ROWS. A made-up work mixes two
real ones of a language: half of the words of each in a random order, and a vector between theirs,
nearer to the first. Encoding as many texts would take hours.
"""

import argparse
import random
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session

from needsbank.db.base import make_engine
from needsbank.db.models import Embedding, PriorWork, Subject
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.languages import Language
from needsbank.domain.prior_works import PriorWorkKind
from needsbank.services import vector_sets
from needsbank.services.embedding import from_bytes, to_bytes

SOURCE = "made up"
NEARER = 0.65
"""Weight of the first work's vector."""
_AT_ONCE = 5000


def main() -> None:
    """Copy the bank and fill it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bank", type=Path)
    parser.add_argument("copy", type=Path)
    parser.add_argument("rows", type=int)
    asked = parser.parse_args()
    shutil.copytree(asked.bank, asked.copy, ignore=shutil.ignore_patterns("index"))
    engine = make_engine(f"sqlite:///{asked.copy / 'bank.db'}")
    with Session(engine) as session:
        real = _real(session)
    for batch in _batches(asked.rows - len(real), real):
        _add(engine, batch)
        print(".", end="", flush=True)
    with Session(engine) as session:
        print(session.scalar(select(func.count(PriorWork.id))), "prior works")


def _real(session: Session) -> list[Embedding]:
    active = vector_sets.active(session)
    if active is None:
        raise SystemExit("the bank holds no vectors yet: needsbank embed")
    held = select(Embedding).where(
        Embedding.subject == Subject.PRIOR_WORK,
        Embedding.space_id == active.space_id,
        Embedding.text != "",
    )
    return list(session.scalars(held.order_by(Embedding.key)))


def _batches(
    count: int, real: list[Embedding]
) -> Iterator[list[tuple[dict[str, Any], dict[str, Any]]]]:
    chance = random.Random(0)
    by_language: dict[str, list[Embedding]] = {}
    for each in real:
        by_language.setdefault(each.language, []).append(each)
    newest, began = max(each.seq for each in real), now()
    for start in range(0, count, _AT_ONCE):
        batch = []
        for number in range(start, min(start + _AT_ONCE, count)):
            first = chance.choice(real)
            pair = first, chance.choice(by_language[first.language])
            moment = began + timedelta(milliseconds=number)
            batch.append(_mixed(pair, number, newest + 1 + number, moment, chance))
        yield batch


def _mixed(
    pair: tuple[Embedding, Embedding], number: int, seq: int, moment: Any, chance: random.Random
) -> tuple[dict[str, Any], dict[str, Any]]:
    text = _shuffled([each.text for each in pair], chance)
    owner = UUID(int=chance.getrandbits(128), version=4)
    language = Language(pair[0].language)
    work = {
        "id": owner,
        "source": SOURCE,
        "source_key": str(number),
        "title": text[:500],
        "abstract": "",
        "kind": chance.choice([*PriorWorkKind]),
        "language": language,
        "url": "",
        "subjects": [],
        "created": moment,
        "updated": moment,
    }
    vectors = {
        "seq": seq,
        "subject": Subject.PRIOR_WORK,
        "owner_id": owner,
        "space_id": pair[0].space_id,
        "language": pair[0].language,
        "public": True,
        "text": text,
        "lemmas": _shuffled([each.lemmas for each in pair], chance),
        "analyser": pair[0].analyser,
        "query_vector": _between([each.query_vector for each in pair]),
        "document_vector": _between([each.document_vector for each in pair]),
        "created": moment,
    }
    return work, vectors


def _shuffled(texts: list[str], chance: random.Random) -> str:
    words = [
        word
        for text in texts
        for split in [text.split()]
        for word in chance.sample(split, (len(split) + 1) // 2)
    ]
    chance.shuffle(words)
    return " ".join(words)


def _between(blobs: list[bytes]) -> bytes:
    first, second = map(from_bytes, blobs)
    mixed = NEARER * first + (1 - NEARER) * second
    return to_bytes((mixed / np.linalg.norm(mixed)).astype(np.float32))


def _add(engine: Engine, batch: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    with Session(engine) as session, transaction(session):
        active = vector_sets.active(session)
        bit = 0 if active is None else active.bit
        session.execute(insert(PriorWork), [work | {"embedded_in": bit} for work, _ in batch])
        session.execute(insert(Embedding), [vectors for _, vectors in batch])


if __name__ == "__main__":
    main()
