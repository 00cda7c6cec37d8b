import gzip
import json

import numpy as np
import pytest

from matching import FakeEncoder, Matcher, MatcherFileError
from matching.composing import SENTENCES, composed
from matching.training import main
from matching.training_sets import (
    DUPLICATES,
    LABELLED_PAIRS,
    TOPICS,
    TRANSLATIONS,
    read_concepts,
    read_set,
)

WORDS = ["avain", "hoito", "reitti", "robotti", "järvi", "kurssi", "lukko", "potilas", "kartta"]


def write_lines(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Small sets of the right form: a query is like the text with the same number."""
    folder = tmp_path_factory.mktemp("sources")
    for name in DUPLICATES + TRANSLATIONS + TOPICS:
        numbered = list(enumerate(WORDS))
        queries = [{"id": f"q{n}", "text": f"{w} {w}ongelma", "lang": "fi"} for n, w in numbered]
        other = "sv" if name in TRANSLATIONS else "fi"
        corpus = [{"id": f"c{n}", "text": f"uusi {w} nyt {n}", "lang": other} for n, w in numbered]
        qrels = [{"qid": f"q{n}", "cid": f"c{n}", "gain": 1} for n, _ in numbered]
        for part, lines in {"queries": queries, "corpus": corpus, "qrels": qrels}.items():
            write_lines(folder / "eval" / name / f"{part}.jsonl", lines)
    titles = [
        {
            "id": f"{language}{n}",
            "title": f"{word} {language}",
            "lang": language,
            "subjects": [f"yso:{word}", f"yso:{WORDS[n - 1]}", "yso:none"],
        }
        for language in ("fi", "sv", "en")
        for n, word in enumerate(WORDS)
    ]
    write_lines(folder / "data" / "finna_titles.jsonl.gz", titles)
    pairs = [
        {"id": f"p{n}", "text1": f"{w} puuttuu", "text2": f"{other} puuttuu", "label": label}
        for n, w in enumerate(WORDS)
        for other, label in ((w + " aina", "4>"), (WORDS[n - 1], "2"))
    ]
    write_lines(folder / "eval" / LABELLED_PAIRS / "pairs.jsonl", pairs)
    names = ["\t".join(["yso:" + w, w, f"{w}en", f"the {w}"]) for w in WORDS]
    unnamed = "yso:none\tnimi\t\tname"
    with gzip.open(folder / "data" / "yso.tsv.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(["uri\tfi\tsv\ten", *names, unnamed]) + "\n")
    return folder


def test_what_is_fitted_can_be_loaded_and_fits(sources, tmp_path):
    main([str(sources), str(tmp_path / "out"), "--encoder", "fake"])
    matcher = Matcher.load(tmp_path / "out", FakeEncoder())
    scale = matcher.parameters.scale
    assert scale.slope > 0
    assert scale.search <= scale.possible <= scale.good <= scale.strong
    for weights in matcher.parameters.duplicates.values():
        assert all(value <= 0 for name, value in weights.items() if name.endswith("_clash"))
        assert min(weights["plain"], weights["words"], weights["shared_lemmas"]) >= 0
    assert np.isfinite(matcher.parameters.aligners).all()


def test_concepts_without_a_name_in_each_language_are_left_out(sources):
    names = read_concepts(sources)
    assert [each.title for each in names["fi"]] == WORDS
    assert {len(each) for each in names.values()} == {len(WORDS)}


def test_fitting_twice_gives_the_same_version(sources, tmp_path):
    versions = set()
    for name in ("one", "two"):
        main([str(sources), str(tmp_path / name), "--encoder", "fake"])
        versions.add(Matcher.load(tmp_path / name, FakeEncoder()).version)
    assert len(versions) == 1


def test_a_damaged_parameter_file_is_refused(sources, tmp_path):
    main([str(sources), str(tmp_path), "--encoder", "fake"])
    (means,) = tmp_path.glob("*/means-*.npy")
    means.write_bytes(means.read_bytes()[:-1] + b"x")
    with pytest.raises(MatcherFileError, match="damaged"):
        Matcher.load(tmp_path, FakeEncoder())


def test_composed_texts_hold_the_sentences_of_their_answers(sources):
    source = read_set(sources, DUPLICATES[0])
    longer = composed(source)
    assert len(longer.queries) == len(WORDS) // SENTENCES
    for query in longer.queries:
        (answer,) = (text for text in longer.corpus if text.id in longer.relevant[query.id])
        asked = {word for word in WORDS if word in f"{query.title} {query.body}"}
        answered = {word for word in WORDS if word in f"{answer.title} {answer.body}"}
        assert asked == answered
        assert len(asked) == SENTENCES
