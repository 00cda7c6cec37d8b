"""Folders are read as written, and what is wrong with one is told with its file and line."""

import json
import math

import pytest

from matching import EvaluationError
from matching.evaluation import judged
from matching.evaluation.judged import holds_pairs, read_pairs, read_texts

QUERIES = [{"id": "q1", "text": "Home care", "lang": "en"}]
CORPUS = [
    {"id": "d1", "text": "Care at home", "lang": "en"},
    {"id": "d2", "text": "Kotihoito", "lang": "fi"},
]
JUDGEMENTS = [{"qid": "q1", "cid": "d1", "gain": 2}]
NO_GAIN = '"gain" is no number from 0 to 1000000'
PAIRS = [
    {"id": "a", "text1": "Home care", "text2": "Care at home", "label": "4>"},
    {"id": "b", "text1": "Home care", "text2": "Car repair", "label": "1"},
]


def write(path, lines):
    text = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines)
    path.write_text(text + "\n", encoding="utf-8")


@pytest.fixture
def texts(tmp_path):
    write(tmp_path / "queries.jsonl", QUERIES)
    write(tmp_path / "corpus.jsonl", CORPUS)
    write(tmp_path / "qrels.jsonl", JUDGEMENTS)
    return tmp_path


@pytest.fixture
def pairs(tmp_path):
    write(tmp_path / "pairs.jsonl", PAIRS)
    return tmp_path


def refusal(folder):
    with pytest.raises(EvaluationError) as refused:
        read_pairs(folder) if holds_pairs(folder) else read_texts(folder)
    said = str(refused.value)
    assert "\n" not in said
    assert said.startswith(str(folder))
    return said.removeprefix(str(folder)).lstrip("/ ")


def test_queries_and_their_right_answers_are_read(texts):
    read = read_texts(texts)
    assert [(each.id, each.title, each.language) for each in read.queries] == [
        ("q1", "Home care", "en")
    ]
    assert [each.id for each in read.corpus] == ["d1", "d2"]
    assert read.gains == {"q1": {"d1": 2.0}}


def test_what_was_judged_as_irrelevant_is_no_answer(texts):
    write(texts / "qrels.jsonl", [*JUDGEMENTS, {"qid": "q1", "cid": "d2", "gain": 0}])
    assert read_texts(texts).gains == {"q1": {"d1": 2.0}}


def test_blank_lines_a_byte_order_mark_and_numbers_as_ids_are_read(texts):
    (texts / "queries.jsonl").write_text(
        '\ufeff{"id": 7, "text": "Kotihoito", "lang": "fi", "more": []}\r\n\n \n', encoding="utf-8"
    )
    write(texts / "qrels.jsonl", [{"qid": 7, "cid": "d2", "gain": 1.5}])
    assert read_texts(texts).gains == {"7": {"d2": 1.5}}


@pytest.mark.parametrize(
    ("label", "same"),
    [("4", True), ("4>", True), ("4<is", True), ("3", True), (3, True), ("2i", False), (1, False)],
)
def test_labels_of_three_and_four_mean_the_same(pairs, label, same):
    write(pairs / "pairs.jsonl", [PAIRS[0] | {"label": label}, *PAIRS])
    assert read_pairs(pairs)[0].same is same


def test_the_language_of_a_pair_may_be_given_for_both_or_each_or_not(pairs):
    given = [{"lang": "en"}, {"lang1": "en", "lang2": "sv"}, {}]
    write(pairs / "pairs.jsonl", [*(PAIRS[0] | each for each in given), PAIRS[1]])
    languages = [(each.first.language, each.second.language) for each in read_pairs(pairs)]
    assert languages == [("en", "en"), ("en", "sv"), ("", ""), ("", "")]


@pytest.mark.parametrize("name", ["corpus.jsonl", "qrels.jsonl"])
def test_a_missing_file_is_named(texts, name):
    (texts / name).unlink()
    assert refusal(texts) == f"{name}: No such file or directory."


def test_a_folder_of_neither_kind_is_told(tmp_path):
    assert refusal(tmp_path) == "has neither queries.jsonl nor pairs.jsonl."


def test_what_is_no_folder_is_told(tmp_path):
    assert refusal(tmp_path / "nowhere") == "is not a folder."


@pytest.mark.parametrize("name", ["queries.jsonl", "corpus.jsonl", "qrels.jsonl"])
def test_an_empty_set_is_told(texts, name):
    write(texts / name, ["", "  "])
    assert refusal(texts) == f"{name} is empty."


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("queries.jsonl", "{", "not a line of JSON in UTF-8"),
        ("queries.jsonl", "[" * 100_000, "not a line of JSON in UTF-8"),
        ("queries.jsonl", "[]", "not an object"),
        ("queries.jsonl", {"text": "x", "lang": "en"}, '"id" is missing'),
        ("queries.jsonl", {"id": True, "text": "x", "lang": "en"}, '"id" is no text'),
        ("queries.jsonl", QUERIES[0], "the id 'q1' has been used before"),
        ("queries.jsonl", {"id": "q2", "lang": "en"}, '"text" is missing'),
        ("queries.jsonl", {"id": "q2", "text": None, "lang": "en"}, '"text" is no text'),
        ("queries.jsonl", {"id": "q2", "text": "x"}, '"lang" is missing'),
        ("corpus.jsonl", {"id": "d3", "text": "x", "lang": ""}, '"lang" is empty'),
        ("corpus.jsonl", {"id": "d3", "text": "x", "lang": None}, '"lang" is no text'),
        ("qrels.jsonl", JUDGEMENTS[0] | {"qid": "q9"}, "queries.jsonl has no id 'q9'"),
        ("qrels.jsonl", JUDGEMENTS[0] | {"cid": "\ud800"}, r"corpus.jsonl has no id '\ud800'"),
        ("qrels.jsonl", {"qid": "q1", "gain": 1}, '"cid" is missing'),
        ("qrels.jsonl", {"qid": "q1", "cid": "d1"}, NO_GAIN),
        ("qrels.jsonl", JUDGEMENTS[0] | {"gain": -1}, NO_GAIN),
        ("qrels.jsonl", JUDGEMENTS[0] | {"gain": True}, NO_GAIN),
        ("qrels.jsonl", JUDGEMENTS[0] | {"gain": "2"}, NO_GAIN),
        (
            "qrels.jsonl",
            JUDGEMENTS[0] | {"gain": math.nan},
            NO_GAIN,
        ),
        (
            "qrels.jsonl",
            JUDGEMENTS[0] | {"gain": math.inf},
            NO_GAIN,
        ),
    ],
)
def test_a_malformed_line_is_told_with_its_number(texts, name, line, said):
    with (texts / name).open("a", encoding="utf-8") as file:
        file.write("\n" + (line if isinstance(line, str) else json.dumps(line)) + "\n")
    number = {"queries.jsonl": 3, "corpus.jsonl": 4, "qrels.jsonl": 3}[name]
    assert refusal(texts) == f"{name}, line {number}: {said}."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"label": "5"}, '"label" is not 1, 2, 3 or 4, with or without marks (<, >, i, s)'),
        ({"label": "x"}, '"label" is not 1, 2, 3 or 4, with or without marks (<, >, i, s)'),
        ({"label": 2.5}, '"label" is not 1, 2, 3 or 4, with or without marks (<, >, i, s)'),
        ({"text2": 5}, '"text2" is no text'),
        ({"lang": 5}, '"lang" is no text'),
    ],
)
def test_a_malformed_pair_is_told_with_its_number(pairs, change, said):
    write(pairs / "pairs.jsonl", [*PAIRS, PAIRS[0] | change])
    assert refusal(pairs) == f"pairs.jsonl, line 3: {said}."


def test_bytes_that_are_no_text_are_told(texts):
    (texts / "corpus.jsonl").write_bytes(b'{"id": "d1", "text": "\xff", "lang": "en"}')
    assert refusal(texts) == "corpus.jsonl, line 1: not a line of JSON in UTF-8."


def test_a_set_without_any_right_answer_is_told(texts):
    write(texts / "qrels.jsonl", [JUDGEMENTS[0] | {"gain": 0}])
    assert refusal(texts) == "qrels.jsonl: no text has a gain above 0."


def test_pairs_of_one_kind_only_are_told(pairs):
    write(pairs / "pairs.jsonl", PAIRS[:1])
    assert refusal(pairs) == "pairs.jsonl: the labels must be both below 3 and from it on."


def test_files_that_would_fill_the_memory_are_refused(texts):
    with (texts / "corpus.jsonl").open("ab") as file:
        file.truncate(judged.MOST_BYTES + 1)
    assert refusal(texts) == "corpus.jsonl is larger than 32 MiB."


def test_more_lines_than_can_be_held_are_refused(texts):
    line = json.dumps(JUDGEMENTS[0]) + "\n"
    (texts / "qrels.jsonl").write_text(line * (judged.MOST_LINES + 1))
    number = judged.MOST_LINES + 1
    assert refusal(texts) == f"qrels.jsonl, line {number}: more than 100000 lines."
