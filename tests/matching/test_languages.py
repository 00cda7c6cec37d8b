import gzip
import json
from collections import Counter

import pytest

from matching import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("kotihoito", "fi"),
        ("Muistisairaat eksyvät", "fi"),
        ("hemvård", "sv"),
        ("kallelser till vaccination", "sv"),
        ("home care", "en"),
        ("Fall prevention at night", "en"),
        ("", "und"),
        ("12345 ???", "und"),
        ("会議", "und"),
    ],
)
def test_short_texts(text, language):
    assert detect_language(text) == language


def test_real_titles(shared_folder):
    right: Counter[str] = Counter()
    count: Counter[str] = Counter()
    with gzip.open(
        shared_folder / "data" / "finna_titles.jsonl.gz", "rt", encoding="utf-8"
    ) as file:
        # The points were fitted on the titles in even places.
        for place, line in enumerate(file):
            if place % 20 == 1:
                title = json.loads(line)
                count[title["lang"]] += 1
                right[title["lang"]] += detect_language(title["title"]) == title["lang"]
    assert {language: right[language] / count[language] >= 0.95 for language in count} == {
        "fi": True,
        "sv": True,
        "en": True,
    }
