"""Language codes of catalogues become the bank's own."""

import pytest

from needsbank.domain.languages import Language, content_language


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("fi", Language.FI),
        ("SV", Language.SV),
        (" en ", Language.EN),
        ("en-GB", Language.EN),
        ("sv_FI", Language.SV),
        ("fin", Language.FI),
        ("eng", Language.EN),
        ("swe", Language.SV),
        ("fil", Language.OTHER),
        ("de", Language.OTHER),
        ("und", Language.OTHER),
        ("", Language.OTHER),
        ("?", Language.OTHER),
    ],
)
def test_a_code_is_read_as_the_language_that_it_names(code, language):
    assert content_language(code) is language
