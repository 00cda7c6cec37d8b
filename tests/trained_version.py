"""A trained matcher version for tests: its folder and its row, without the training."""

from typing import Any

from sqlalchemy.orm import Session

from matching import Matcher, TrainedVersion
from matching.pair_scorer import PairScorer
from matching.scoring import WEIGHTS
from needsbank.db.models import MatcherVersion
from needsbank.settings import Settings

_FIGURE = {"value": 0.8, "low": 0.75, "high": 0.85}
REPORT: dict[str, Any] = {
    "right": 120,
    "wrong": 1180,
    "needs": 40,
    "tested_needs": 12,
    "gains": True,
    "methods": {
        "trained": {
            "auc": _FIGURE,
            "ndcg@5": {"value": 0.7, "low": 0.6, "high": 0.8},
            "ece": {"value": 0.031, "low": 0.02, "high": 0.04},
        },
        "current": {
            "auc": {"value": 0.66, "low": 0.6, "high": 0.7},
            "ndcg@5": {"value": None, "low": None, "high": None},
            "ece": {"value": 0.2, "low": 0.1, "high": 0.3},
        },
        "lexical": {"auc": _FIGURE, "ndcg@5": _FIGURE},
    },
}
CALIBRATION: dict[str, Any] = {
    "same": 45,
    "partly": 7,
    "other": 1070,
    "needs": 31,
    "gains": True,
    "moved": [{"shipped": 0.1, "trained": 0.25}, {"shipped": 0.5, "trained": 0.78}],
    "methods": {
        "trained": {"log_loss": {"value": 0.41, "low": 0.3, "high": 0.5}, "ece": _FIGURE},
        "current": {"log_loss": _FIGURE, "ece": {"value": 0.2, "low": 0.1, "high": 0.3}},
    },
}


def add_trained(
    session: Session, settings: Settings, matcher: Matcher, *, words: float = 3.0, **values: Any
) -> MatcherVersion:
    """Add a candidate that weighs words as told; another weight is another version."""
    scorer = PairScorer(WEIGHTS | {"words": words}, matcher.parameters.scale)
    version = TrainedVersion(pairs=scorer)
    name = version.save(settings.instance / "matcher", matcher.base_version)
    row = MatcherVersion(
        **{
            "version": name,
            "base": matcher.base_version,
            "space_id": matcher.space_id,
            "report": REPORT,
            **values,
        }
    )
    session.add(row)
    session.commit()
    return row
