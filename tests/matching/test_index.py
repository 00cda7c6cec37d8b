import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Index, MatcherFileError, Side
from tests.matching.makers import rows

TEXTS = ["Kotihoidon avaimet katoavat", "Vattenrening vid sjön", "Home care schedules", "Uusi ovi"]


def content(index: Index) -> list[bytes]:
    return [array.tobytes() for _, array in sorted(index._arrays().items())]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(range(4)), max_size=6), st.lists(st.sampled_from(range(4)), max_size=6)
)
def test_extending_is_building_from_all_rows(before, after):
    numbered = rows(TEXTS)
    first = [numbered[place] for place in before]
    second = [numbered[place] for place in after]
    assert content(Index.build(first).extended(second)) == content(Index.build(first + second))


def test_a_row_takes_the_place_of_one_with_the_same_key():
    index = Index.build(rows(TEXTS)).extended(rows(["Tilalle tuli tämä"], first_key=1))
    assert len(index) == 4
    assert index.texts.text(1) == "Tilalle tuli tämä"


def test_without_leaves_rows_out_and_ignores_unknown_keys():
    numbered = rows(TEXTS)
    index = Index.build(numbered).without([1, 99])
    assert content(index) == content(Index.build([numbered[0], *numbered[2:]]))


def test_positions_are_those_of_known_keys():
    index = Index.build(rows(TEXTS, first_key=10))
    assert index.positions(np.array([12, 99, 10])).tolist() == [0, 2]
    assert index.positions(None).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("texts", [[], TEXTS])
def test_a_saved_index_comes_back(tmp_path, texts):
    index = Index.build(rows(texts))
    index.save(tmp_path / "index")
    loaded = Index.load(tmp_path / "index")
    assert content(loaded) == content(index)
    assert content(loaded.extended(rows(["Lisää"], first_key=50))) == content(
        index.extended(rows(["Lisää"], first_key=50))
    )


def test_a_loaded_index_is_mapped_not_copied(tmp_path):
    Index.build(rows(TEXTS)).save(tmp_path)
    assert isinstance(Index.load(tmp_path).vectors(Side.DOCUMENT), np.memmap)


def test_a_missing_index_is_refused(tmp_path):
    with pytest.raises(MatcherFileError, match="make it again"):
        Index.load(tmp_path / "nowhere")


def test_a_folder_with_something_else_is_refused(tmp_path, matcher_folder):
    with pytest.raises(MatcherFileError, match="build it again"):
        Index.load(matcher_folder / "words")
