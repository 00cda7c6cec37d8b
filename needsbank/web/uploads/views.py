"""Bringing a catalogue to a source: the file, what it would change, taking it in."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Flask, Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.models import Source
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.errors import NotFound
from needsbank.domain.sources import may_configure_sources
from needsbank.services import bringing
from needsbank.services.previewing import preview
from needsbank.sources.catalogues import Defaults, Read, file_hash, read_catalogue
from needsbank.sources.mapping import PLAIN, parse_mapping
from needsbank.sources.unreadable import UnreadableFile
from needsbank.sources.uploads import MOST_BYTES, Uploads
from needsbank.web.database import db
from needsbank.web.htmx import render
from needsbank.web.security import current_actor
from needsbank.web.sources.presets import written
from needsbank.web.sources.words import FIELDS, about_file, about_row
from needsbank.web.uploads.forms import UploadForm

bp = Blueprint("uploads", __name__, url_prefix="/sources/<uuid:source_id>/files")

_BESIDE_THE_FILE = 100_000
_AT_ONCE = 500


@bp.url_value_preprocessor
def _allow_a_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    # Here, since the check against forged requests reads the whole body before any view.
    if endpoint == "uploads.create" and may_configure_sources(current_actor()):
        request.max_content_length = MOST_BYTES + _BESIDE_THE_FILE


@bp.teardown_request
def _close_the_file(_error: BaseException | None) -> None:
    request.close()


@bp.get("/new")
def new(source_id: UUID) -> Response:
    """Ask for the file and its mapping."""
    source = _source(source_id)
    form = UploadForm(formdata=None, data={"mapping": written(source.mapping)})
    return render("uploads/new.html", source=source, form=form)


@bp.post("/")
def create(source_id: UUID) -> ResponseReturnValue:
    """Keep the file and read it once, without storing anything in the bank."""
    source, form = _source(source_id), UploadForm()
    if form.validate_on_submit():
        mapping = (form.mapping.data or "").strip()
        try:
            token = _uploads().keep(form.file.data.stream)
            try:
                found = preview(
                    db.session, (each.record for each in _reads(source, token, mapping))
                )
            except UnreadableFile:
                _uploads().drop(token)
                raise
        except UnreadableFile as error:
            form.file.errors = [about_file(error)]
        else:
            known = {"source": str(source_id), "mapping": mapping, "found": asdict(found)}
            _uploads().note(token, known)
            return redirect(url_for("uploads.show", source_id=source_id, token=token), 303)
    return render("uploads/new.html", status=422, source=source, form=form)


@bp.get("/<token>")
def show(source_id: UUID, token: str) -> Response:
    """Show what the file would change."""
    known = _known(source_id, token)
    return render(
        "uploads/show.html",
        source=_source(source_id),
        token=token,
        found=known["found"],
        fields=FIELDS,
        about_row=about_row,
    )


@bp.post("/<token>")
def take_in(source_id: UUID, token: str) -> ResponseReturnValue:
    """Store the file's works, in batches that are stored whole."""
    source, mapping = _source(source_id), _known(source_id, token)["mapping"]
    begun = file_hash(_uploads().path(token), f"{source_id} {token}")
    with transaction(db.session) as session:
        run = bringing.begin(session, current_actor(), source_id, file_hash=begun)
        run_id, position = run.id, run.position
    remaining = islice(_reads(source, token, mapping), position, None)
    while batch := list(islice(remaining, _AT_ONCE)):
        position += len(batch)
        with transaction(db.session) as session:
            bringing.store(session, source_id, run_id, batch, position=position)
    with transaction(db.session) as session:
        bringing.finish(session, current_actor(), source_id, run_id)
    _uploads().drop(token)
    flash(_("The file has been taken in. Its works become searchable in the background."))
    return redirect(url_for("sources.show", source_id=source_id), 303)


@bp.post("/<token>/discard")
def discard(source_id: UUID, token: str) -> ResponseReturnValue:
    """Remove the file without storing anything."""
    _known(source_id, token)
    _uploads().drop(token)
    flash(_("The file has been discarded. The bank is as it was."))
    return redirect(url_for("sources.show", source_id=source_id), 303)


def keep_uploads(app: Flask, uploads: Uploads) -> None:
    """Remember among the app's extensions where brought files lie."""
    app.extensions["needsbank_uploads"] = uploads


def _uploads() -> Uploads:
    return cast(Uploads, current_app.extensions["needsbank_uploads"])


def _source(source_id: UUID) -> Source:
    return bringing.source_to_bring_to(db.session, current_actor(), source_id)


def _known(source_id: UUID, token: str) -> dict[str, Any]:
    known = _uploads().noted(token)
    if known["source"] != str(source_id):
        raise NotFound(token)
    return known


def _reads(source: Source, token: str, mapping: str) -> Iterator[Read]:
    return read_catalogue(
        _uploads().path(token),
        source=source.name,
        latest_year=now().year + 1,
        mapping=parse_mapping(mapping) if mapping else PLAIN,
        defaults=Defaults(source.licence, source.language, source.work_kind),
    )
