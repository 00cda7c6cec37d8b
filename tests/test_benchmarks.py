import pytest

from tools.benchmarks import vectors
from tools.benchmarks.tables import BEGIN, END, Table, dumped, loaded, merged, write_section
from tools.benchmarks.texts import WORDS, bank, texts_of_words


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "benchmarks.md"
    path.write_text("# Benchmarks\n\nBy hand.\n", encoding="utf-8")
    return path


def test_only_what_stands_between_the_markers_is_replaced(page):
    write_section(page, "first run")
    page.write_text(page.read_text(encoding="utf-8") + "\nBelow.\n", encoding="utf-8")
    write_section(page, "second run")
    expected = f"# Benchmarks\n\nBy hand.\n\n{BEGIN}\nsecond run\n{END}\n\nBelow.\n"
    assert page.read_text(encoding="utf-8") == expected


def test_rows_of_one_table_come_together_from_several_processes():
    small = Table("Searches", ["rows", "ms"], [["1,000", "2"]], "One run.")
    large = Table("Searches", ["rows", "ms"], [["45,000", "9"]], "One run.")
    (table,) = merged(loaded(dumped([small])) + loaded(dumped([large])))
    assert table.markdown() == (
        "### Searches\n\nOne run.\n\n| rows | ms |\n| --- | --- |\n| 1,000 | 2 |\n| 45,000 | 9 |"
    )


def test_texts_are_as_long_as_said_and_the_same_in_every_run():
    texts = texts_of_words(64)
    assert {len(text.split()) for text in texts} == {WORDS}
    assert len(set(texts)) == 64
    assert texts == texts_of_words(64)


def test_a_bank_is_as_large_as_asked_and_its_rows_have_words_and_vectors():
    index = bank(60)
    assert len(index) == 60
    assert all(len(index.lemmas.text(row).split()) >= WORDS for row in range(60))
    assert abs((index.query**2).sum(axis=1) - 1).max() < 1e-5


# Importing faiss warns of its own making.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_exact_search_finds_all_of_the_nearest():
    (table,) = vectors.measure(500)
    recall = {row[1]: row[table.columns.index("recall@10")] for row in table.rows}
    assert recall["numpy, exact, f32"] == "1.00"
    assert float(recall["numpy, exact, stored as f16"]) >= 0.95
