"""Matches needs to competences and finds near-duplicates, in Finnish, Swedish and English.

This is the facade: what stands in `__all__` is for users of the library. Names are imported at
their first use, so that `import matching` is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matching.archive import Archive, Breadth, Chosen
    from matching.archive_building import ArchiveBuilder
    from matching.decided_pairs import Bank, JudgedPair
    from matching.drift import probe_cosine, probe_vectors
    from matching.duplicates import DuplicateDetector
    from matching.encoder_learning import EncoderLessons, encoder_lessons
    from matching.encoders import Encoder, EncoderOptions, FakeEncoder, load_encoder
    from matching.errors import (
        EncoderUnavailable,
        EvaluationError,
        MatcherFileError,
        MatchingError,
        ModelDirectoryError,
        TrainingDataError,
        UnknownEncoder,
    )
    from matching.evaluation.demo import DemoReport, evaluate_demo
    from matching.evaluation.folders import EvaluationOptions, Task, evaluate_folder
    from matching.evaluation.rankers import MatcherRanker
    from matching.fine_tuning import TuningOptions, TuningReport, check_tuning, fine_tune
    from matching.grouping import groups_alike
    from matching.index import Index
    from matching.languages import detect_language
    from matching.learning import Learned, learn
    from matching.lemmas import analyser_id, lemmas_of
    from matching.matcher import Matcher
    from matching.representing import represent
    from matching.standard_directory import write_standard_directory
    from matching.substance import says_enough
    from matching.text import canonical
    from matching.trained_version import TrainedVersion
    from matching.traits import Traits
    from matching.triplets import Triplet, read_triplets
    from matching.types import (
        Band,
        Difference,
        DifferenceKind,
        Document,
        Duplicate,
        DuplicateBand,
        Evidence,
        Match,
        Part,
        Relation,
        Representation,
        Row,
        Side,
        Vector,
    )
    from matching.verdict_learning import Calibrated, JudgedFind, calibrate

__all__ = [
    "Archive",
    "ArchiveBuilder",
    "Band",
    "Bank",
    "Breadth",
    "Calibrated",
    "Chosen",
    "DemoReport",
    "Difference",
    "DifferenceKind",
    "Document",
    "Duplicate",
    "DuplicateBand",
    "DuplicateDetector",
    "Encoder",
    "EncoderLessons",
    "EncoderOptions",
    "EncoderUnavailable",
    "EvaluationError",
    "EvaluationOptions",
    "Evidence",
    "FakeEncoder",
    "Index",
    "JudgedFind",
    "JudgedPair",
    "Learned",
    "Match",
    "Matcher",
    "MatcherFileError",
    "MatcherRanker",
    "MatchingError",
    "ModelDirectoryError",
    "Part",
    "Relation",
    "Representation",
    "Row",
    "Side",
    "Task",
    "TrainedVersion",
    "TrainingDataError",
    "Traits",
    "Triplet",
    "TuningOptions",
    "TuningReport",
    "UnknownEncoder",
    "Vector",
    "analyser_id",
    "calibrate",
    "canonical",
    "check_tuning",
    "detect_language",
    "encoder_lessons",
    "evaluate_demo",
    "evaluate_folder",
    "fine_tune",
    "groups_alike",
    "learn",
    "lemmas_of",
    "load_encoder",
    "probe_cosine",
    "probe_vectors",
    "read_triplets",
    "represent",
    "says_enough",
    "write_standard_directory",
]

_TYPES = (
    "Band Difference DifferenceKind Document Duplicate DuplicateBand Evidence Match Part "
    "Relation Representation Row Side Vector"
)
_ERRORS = (
    "EncoderUnavailable EvaluationError MatcherFileError MatchingError "
    "ModelDirectoryError TrainingDataError UnknownEncoder"
)
_MODULES = {
    "types": _TYPES,
    "errors": _ERRORS,
    "text": "canonical",
    "substance": "says_enough",
    "languages": "detect_language",
    "lemmas": "analyser_id lemmas_of",
    "decided_pairs": "Bank JudgedPair",
    "learning": "Learned learn",
    "verdict_learning": "Calibrated JudgedFind calibrate",
    "drift": "probe_cosine probe_vectors",
    "encoder_learning": "EncoderLessons encoder_lessons",
    "encoders": "Encoder EncoderOptions FakeEncoder load_encoder",
    "fine_tuning": "TuningOptions TuningReport check_tuning fine_tune",
    "standard_directory": "write_standard_directory",
    "trained_version": "TrainedVersion",
    "traits": "Traits",
    "triplets": "Triplet read_triplets",
    "archive": "Archive Breadth Chosen",
    "archive_building": "ArchiveBuilder",
    "grouping": "groups_alike",
    "index": "Index",
    "matcher": "Matcher",
    "representing": "represent",
    "duplicates": "DuplicateDetector",
    "evaluation.demo": "DemoReport evaluate_demo",
    "evaluation.folders": "EvaluationOptions Task evaluate_folder",
    "evaluation.rankers": "MatcherRanker",
}
_HOME = {name: module for module, names in _MODULES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """Import a public name from its module (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'matching' has no attribute {name!r}")
    return getattr(import_module("matching." + _HOME[name]), name)
