"""The request's session, and the searchable bank of this process."""

from typing import cast

from flask import Flask, current_app
from flask_sqlalchemy_lite import SQLAlchemy

from needsbank.db.models import Subject
from needsbank.services.retrieval import Retrieval

db = SQLAlchemy()

_RETRIEVAL = "needsbank_retrieval"


def keep_retrieval(extensions: dict[str, object], retrieval: Retrieval) -> None:
    """Remember the process's retrieval among the app's extensions."""
    extensions[_RETRIEVAL] = retrieval


def retrieval() -> Retrieval:
    """Return the retrieval of the app that answers this request."""
    return cast(Retrieval, current_app.extensions[_RETRIEVAL])


def warm(app: Flask) -> None:
    """Load the model and the indexes ahead of the first request that needs them."""
    with app.app_context():
        bank = retrieval()
        bank.matcher.represent_query("tarvepankki")
        for subject in Subject:
            bank.index(db.session, subject)
