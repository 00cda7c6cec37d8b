"""Matches needs to competences and finds near-duplicates, in Finnish, Swedish and English.

This is the facade: what stands in `__all__` is for users of the library. Names are imported at
their first use, so that `import matching` is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matching.duplicates import DuplicateDetector
    from matching.encoders import Encoder, FakeEncoder, load_encoder
    from matching.errors import (
        EncoderUnavailable,
        MatcherFileError,
        MatchingError,
        UnknownEncoder,
    )
    from matching.evaluation import DemoReport, evaluate_demo
    from matching.index import Index
    from matching.languages import detect_language
    from matching.matcher import Matcher
    from matching.representing import represent
    from matching.text import canonical
    from matching.types import (
        Band,
        Document,
        Duplicate,
        DuplicateBand,
        Evidence,
        Match,
        Part,
        Representation,
        Row,
        Side,
        Vector,
    )

__all__ = [
    "Band",
    "DemoReport",
    "Document",
    "Duplicate",
    "DuplicateBand",
    "DuplicateDetector",
    "Encoder",
    "EncoderUnavailable",
    "Evidence",
    "FakeEncoder",
    "Index",
    "Match",
    "Matcher",
    "MatcherFileError",
    "MatchingError",
    "Part",
    "Representation",
    "Row",
    "Side",
    "UnknownEncoder",
    "Vector",
    "canonical",
    "detect_language",
    "evaluate_demo",
    "load_encoder",
    "represent",
]

_TYPES = "Band Document Duplicate DuplicateBand Evidence Match Part Representation Row Side Vector"
_ERRORS = "EncoderUnavailable MatcherFileError MatchingError UnknownEncoder"
_MODULES = {
    "types": _TYPES,
    "errors": _ERRORS,
    "text": "canonical",
    "languages": "detect_language",
    "encoders": "Encoder FakeEncoder load_encoder",
    "index": "Index",
    "matcher": "Matcher",
    "representing": "represent",
    "duplicates": "DuplicateDetector",
    "evaluation": "DemoReport evaluate_demo",
}
_HOME = {name: module for module, names in _MODULES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """Import a public name from its module (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'matching' has no attribute {name!r}")
    return getattr(import_module("matching." + _HOME[name]), name)
