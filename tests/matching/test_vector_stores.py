"""One contract for every store of vectors, and what each promises beside it."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from matching.vector_stores import (
    FEW,
    GOOD_RECALL,
    NOTHING,
    ExactStore,
    GraphStore,
    VectorStore,
    recall,
)

ROOT = Path(__file__).parents[2]
DIM, ROWS, K = 32, 3000, 10


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def made_up(rows=ROWS, seed=0):
    """Vectors in some forty clouds: like texts they have neighbours."""
    chance = np.random.default_rng(seed)
    middles = chance.standard_normal((40, DIM))
    return unit(middles[chance.integers(40, size=rows)] + 0.6 * chance.standard_normal((rows, DIM)))


@pytest.fixture(scope="module")
def vectors():
    return made_up()


@pytest.fixture(scope="module")
def queries():
    return made_up(40, seed=1)


def exact_in_memory(vectors, folder) -> ExactStore:
    return ExactStore.of([vectors[:1000], vectors[1000:]], DIM)


def exact_from_a_file(vectors, folder) -> VectorStore:
    exact_in_memory(vectors, folder).save(folder / "exact")
    return ExactStore.load(folder / "exact")


def graph_from_a_file(vectors, folder) -> VectorStore:
    graph = GraphStore.empty(DIM)
    graph.add(vectors[:1000])
    graph.add(vectors[1000:])
    graph.tune(vectors[::50])
    graph.save(folder / "graph")
    return GraphStore.load(folder / "graph", graph.depth)


STORES = [exact_in_memory, exact_from_a_file, graph_from_a_file]


@pytest.fixture(scope="module", params=STORES, ids=lambda make: make.__name__)
def store(request, vectors, tmp_path_factory) -> VectorStore:
    made: VectorStore = request.param(vectors, tmp_path_factory.mktemp("store"))
    return made


def nearest(vectors, query, allowed=None, k=K):
    scores = vectors.astype(np.float16).astype(np.float32) @ query
    rows = np.arange(len(vectors)) if allowed is None else np.flatnonzero(allowed)
    return rows[np.argsort(-scores[rows], kind="stable")[:k]].tolist()


def test_it_has_as_many_rows_as_were_stored(store):
    assert len(store) == ROWS


def test_it_finds_the_nearest(store, vectors, queries):
    found = store.search(queries, K).rows
    right = [nearest(vectors, query) for query in queries]
    shares = [len({*ours} & {*true}) / K for ours, true in zip(found.tolist(), right, strict=True)]
    assert np.mean(shares) >= GOOD_RECALL


def test_an_exact_search_finds_every_one_of_the_nearest(store, vectors, queries):
    found = store.search(queries, K, exact=True).rows.tolist()
    assert found == [nearest(vectors, query) for query in queries]


def test_scores_are_inner_products_the_highest_first(store, vectors, queries):
    rows, scores = store.search(queries, K)
    assert np.all(np.diff(scores, axis=1) <= 0)
    for query, some, said in zip(queries, rows, scores, strict=True):
        assert said == pytest.approx(vectors[some] @ query, abs=2e-3)


@pytest.mark.parametrize("share", [0.001, FEW, 0.5, 0.95])
def test_only_rows_that_are_allowed_are_found(store, vectors, queries, share):
    allowed = np.random.default_rng(2).random(ROWS) < share
    found = store.search(queries, K, allowed=allowed).rows
    assert allowed[found[found != NOTHING]].all()
    expected = min(K, int(allowed.sum()))
    assert ((found != NOTHING).sum(axis=1) == expected).all()


def test_where_few_are_allowed_the_nearest_of_them_are_found(store, vectors, queries):
    allowed = np.random.default_rng(3).random(ROWS) < FEW / 2
    found = store.search(queries, K, allowed=allowed).rows.tolist()
    assert found == [nearest(vectors, query, allowed) for query in queries]


def test_rows_that_are_not_allowed_take_no_places(store, vectors, queries):
    """The nearest hundred are hidden; what is found are the nearest of the rest."""
    hidden = nearest(vectors, queries[0], k=100)
    allowed = np.ones(ROWS, bool)
    allowed[hidden] = False
    found = store.search(queries[:1], K, allowed=allowed).rows[0].tolist()
    right = nearest(vectors, queries[0], allowed)
    assert len({*found} & {*right}) >= 0.8 * K
    assert not {*found} & {*hidden}


def test_nothing_is_found_where_nothing_is_allowed(store, queries):
    found = store.search(queries[:1], 3, allowed=np.zeros(ROWS, bool)).rows
    assert found.tolist() == [[NOTHING] * 3]


def test_more_than_there_are_is_filled_up(store, queries):
    allowed = np.arange(ROWS) < 2
    found = store.search(queries[:1], 4, allowed=allowed).rows[0].tolist()
    assert sorted(found[:2]) == [0, 1]
    assert found[2:] == [NOTHING] * 2


def test_the_scores_of_some_rows_are_inner_products(store, vectors, queries):
    rows = np.array([7, 3, 2999])
    assert store.scores(queries[0], rows) == pytest.approx(vectors[rows] @ queries[0], abs=2e-3)
    assert store.scores(queries[0], rows[:0]).tolist() == []


def test_many_queries_at_once_are_answered_as_each_by_itself(store, queries):
    together = store.search(queries, K)
    apart = [store.search(query[None], K) for query in queries]
    assert together.rows.tolist() == [each.rows[0].tolist() for each in apart]


@pytest.mark.parametrize("make", [lambda: ExactStore.of([], DIM), lambda: GraphStore.empty(DIM)])
def test_an_empty_store_finds_nothing(make, queries):
    assert make().search(queries[:1], 2).rows.tolist() == [[NOTHING] * 2]


def test_a_graph_is_searched_as_deep_as_its_rows_ask_for(vectors, queries):
    graph = GraphStore.empty(DIM)
    graph.add(vectors)
    share = graph.tune(queries)
    assert share >= GOOD_RECALL
    assert recall(graph, queries) == share


@pytest.mark.parametrize("make", STORES[1:], ids=lambda make: make.__name__)
def test_a_file_that_was_cut_short_is_refused(make, vectors, tmp_path):
    make(vectors, tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises((OSError, RuntimeError)):
        ExactStore.load(path)


BESIDE_OTHERS = """
import os, sys
import numpy as np
import onnxruntime
{imports}
from matching.vector_stores import GraphStore
graph = GraphStore.load(sys.argv[1], 64)
query = np.ones((1, {dim}), np.float32)
here = graph.search(query, 5).rows.tolist()
child = os.fork()
if not child:
    os._exit(int(graph.search(query, 5).rows.tolist() != here))
assert os.waitpid(child, 0)[1] == 0
print(here)
"""


@pytest.mark.slow
def test_it_works_beside_the_engines_of_encoders_and_in_a_forked_process(vectors, tmp_path):
    """Each brings threads of OpenMP of its own; a forked child that waits for them hangs."""
    store = graph_from_a_file(vectors, tmp_path)
    imports = "import torch; torch.ones(64, 64) @ torch.ones(64, 64)" if find_spec("torch") else ""
    code = BESIDE_OTHERS.format(imports=imports, dim=DIM)
    command = [sys.executable, "-c", code, str(tmp_path / "graph")]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "4"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = store.search(np.ones((1, DIM), np.float32), 5).rows.tolist()
    assert done.stdout.strip() == str(found)
