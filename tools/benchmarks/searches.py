"""One suggestion and one duplicate check in banks of several sizes, and where their time goes."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from matching import DuplicateDetector, Index, Matcher, Side, load_encoder
from matching.duplicates import candidates
from matching.features import PairFeatures
from matching.index import language_place
from tools.benchmarks.measuring import cpu_ms, memory_mib, p95, waiting_ms
from tools.benchmarks.tables import Table, number
from tools.benchmarks.texts import ROOT, bank, texts_of_words

PARAMETERS = ROOT / "data" / "matcher"
NEEDS = 1000
QUERIES = 16
SUGGESTED = 5
WAITED_AT = 45_000
SUGGESTED_AT = 20_000
CHECKS = 64
EIGHT = 8


def measure(rows: int) -> list[Table]:
    """Measure at one size; an index is mapped from its snapshot, as the service does it."""
    with TemporaryDirectory() as folder:
        snapshot = Path(folder) / "index"
        bank(rows).save(snapshot)
        index, needs = Index.load(snapshot), bank(NEEDS, seed=7)
        return _Searches(index, needs).tables()


class _Searches:
    def __init__(self, index: Index, needs: Index) -> None:
        self._index, self._needs = index, needs
        encoder = load_encoder(cache_dir=ROOT / "instance" / "models")
        self._matcher = Matcher.load(PARAMETERS, encoder)
        self._detector = DuplicateDetector.load(PARAMETERS, self._matcher)
        self._texts = texts_of_words(QUERIES + CHECKS + 1)
        self._read = [self._matcher.represent_query(text) for text in self._texts[: QUERIES + 1]]

    def tables(self) -> list[Table]:
        """Return memory first, since what is measured later takes some itself."""
        size = f"{len(self._index):,}"
        before = memory_mib()
        started = process_time()
        self._suggest(0)
        self._check(0)
        first = process_time() - started
        suggestion, check = cpu_ms(self._suggest, QUERIES), cpu_ms(self._check, QUERIES)
        own, shared = (now - then for now, then in zip(memory_mib(), before, strict=True))
        times = [f"{number(value)}" for value in (suggestion, check)]
        figures = [size, *times, number(first), number(own), number(shared)]
        stages = [size, *(number(value) for value in self._stages())]
        tables = [_searches([figures]), _by_stage([stages])]
        if len(self._index) == SUGGESTED_AT:
            tables.append(_waiting([self._waiting_for_suggestions()]))
        if len(self._index) == WAITED_AT:
            tables.append(_waiting(self._waiting_for_checks()))
        return tables

    def _suggest(self, number: int) -> None:
        read = self._read[number]
        self._matcher.match(read, self._index, k=SUGGESTED, among=self._needs)

    def _check(self, number: int) -> None:
        self._detector.find(self._read[number], self._index)

    def _stages(self) -> Sequence[float]:
        """Return the CPU ms of vectors, letters, lemmas and features, each by itself."""
        view = self._matcher.view(self._index)
        space, lengths = view.space, view.space.lengths(self._index, Side.QUERY)

        def vectors(number: int) -> None:
            read = self._read[number]
            point = space.point(read.query, Side.QUERY, language_place(read.language))
            space.cosines(point, self._index, Side.QUERY, lengths)

        pairs = [PairFeatures(read, view) for read in self._read]
        positions = self._index.positions(None)
        lexicon = view.lexicon

        def letters(number: int) -> None:
            read = self._read[number]
            lexicon.letters(read, language_place(read.language))

        def lemmas(number: int) -> None:
            read = self._read[number]
            lexicon.lemmas(read, language_place(read.language))

        return [
            cpu_ms(vectors, QUERIES),
            cpu_ms(lemmas, QUERIES),
            cpu_ms(letters, QUERIES),
            cpu_ms(lambda number: candidates(pairs[number], positions), QUERIES),
        ]

    def _waiting_for_suggestions(self) -> list[str]:
        times = waiting_ms(self._suggest_again, CHECKS, 1)
        what = f"suggestions for one need, {len(self._index):,} competences, encoding apart"
        return [what, "1", number(p95(times)), number(cpu_ms(self._suggest_again)), "100"]

    def _suggest_again(self, place: int) -> None:
        self._suggest(place % QUERIES)

    def _waiting_for_checks(self) -> list[list[str]]:
        def check(place: int) -> None:
            self._detector.find(self._matcher.represent_query(self._texts[place]), self._index)

        cpu = number(cpu_ms(check))
        what = f"duplicate check of 40 words, {len(self._index):,} works, encoding included"
        return [
            [what, str(callers), number(p95(waiting_ms(check, CHECKS, callers))), cpu, goal]
            for callers, goal in ((1, "150"), (EIGHT, "400"))
        ]


def _searches(rows: list[list[str]]) -> Table:
    columns = (
        "rows",
        "need → competences, CPU ms",
        "duplicate check, CPU ms",
        "both for the first time, CPU s",
        "own memory, MiB",
        "shared memory, MiB",
    )
    note = (
        "Rows of some 40 words made of the demo bank's sentences in a random order, with the mean "
        "of their vectors: only the time means anything. The text has been encoded already. The "
        "first time counts words and means of the whole index, as after each change of it. "
        "Memory is what the searches added to a process; the shared part are pages of the "
        "index's snapshot."
    )
    return Table("Searches as a bank grows", columns, rows, note)


def _by_stage(rows: list[list[str]]) -> Table:
    columns = ("rows", "vectors", "lemmas", "letters of all rows", "features of the candidates")
    note = "A duplicate check compares letters only with the rows that these can bring to the top."
    return Table("Where the time of a search goes, CPU ms", columns, rows, note)


def _waiting(rows: list[list[str]]) -> Table:
    columns = ("what", "callers at once", "p95 by the clock, ms", "CPU, ms", "goal, ms")
    note = (
        f"{CHECKS} calls, threads of one process, the encoder on one thread. Beside other work the "
        "clock tells of that work: then compare the CPU time with the goal."
    )
    return Table("What a caller waits for", columns, rows, note)
