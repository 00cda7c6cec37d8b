"""The request's session, and the searchable bank as the request sees it."""

from typing import cast

from flask import Flask, current_app, g
from flask_sqlalchemy_lite import SQLAlchemy

from needsbank.services.active_set import RetrievalSource
from needsbank.services.retrieval import Retrieval

db = SQLAlchemy()

_RETRIEVAL = "needsbank_retrieval"


def keep_retrieval(extensions: dict[str, object], source: RetrievalSource) -> None:
    """Remember among the app's extensions where requests take their retrieval from."""
    extensions[_RETRIEVAL] = source


def retrieval() -> Retrieval:
    """Return the retrieval of this request: one vector set, whatever is activated meanwhile."""
    if _RETRIEVAL not in g:
        source = cast(RetrievalSource, current_app.extensions[_RETRIEVAL])
        setattr(g, _RETRIEVAL, source.current(db.session))
    return cast(Retrieval, g.get(_RETRIEVAL))


def warm(app: Flask) -> None:
    """Load the model and the indexes ahead of the first request that needs them."""
    with app.app_context():
        retrieval().warm(db.session)
