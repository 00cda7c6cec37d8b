"""Files of a collaboration: brought, fetched by parties only, removed."""

from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Flask, Response, current_app, flash, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.transaction import transaction
from needsbank.domain.errors import Invalid
from needsbank.domain.shared_files import MEDIA_TYPES, MOST_BYTES, FileKind, clean_name
from needsbank.services import shared_files
from needsbank.sources.file_store import FileStore
from needsbank.sources.unreadable import UnreadableFile
from needsbank.web.collaborations.forms import SharedFileForm
from needsbank.web.collaborations.pages import back_to
from needsbank.web.collaborations.views import workspace_page
from needsbank.web.database import db
from needsbank.web.forms import show_errors
from needsbank.web.security import current_actor

bp = Blueprint("shared_files", __name__, url_prefix="/collaborations/<uuid:collaboration_id>/files")

_STORE = "needsbank_shared_files"
_BESIDE_THE_FILE = 100_000


@bp.url_value_preprocessor
def _allow_a_file(endpoint: str | None, values: dict[str, Any] | None) -> None:
    # Here, since the check against forged requests reads the whole body before any view.
    if endpoint != "shared_files.bring" or request.method != "POST" or not values:
        return
    if shared_files.may_bring(db.session, current_actor(), values["collaboration_id"]):
        request.max_content_length = MOST_BYTES + _BESIDE_THE_FILE


@bp.teardown_request
def _close_the_file(_error: BaseException | None) -> None:
    request.close()


@bp.post("/")
def bring(collaboration_id: UUID) -> ResponseReturnValue:
    """Keep a file that a party brings, once it has been looked into."""
    form = SharedFileForm(prefix="file-")
    if form.validate_on_submit():
        try:
            _take_in(collaboration_id, form)
        except Invalid as error:
            show_errors(form, error)
        except UnreadableFile as error:
            show_errors(form, Invalid({"file": error.code}))
        else:
            flash(_("The file is there for the others to read."))
            return back_to(collaboration_id, "files")
    return workspace_page(collaboration_id, file=form, status=422)


@bp.get("/<uuid:file_id>")
def fetch(collaboration_id: UUID, file_id: UUID) -> Response:
    """Send a file as something to store, never to show."""
    file = shared_files.file_to_read(db.session, current_actor(), collaboration_id, file_id)
    return send_file(
        store().path(file.token),
        mimetype=MEDIA_TYPES[FileKind(file.kind)],
        as_attachment=True,
        download_name=file.name,
        conditional=False,
        etag=False,
        max_age=0,
    )


@bp.post("/<uuid:file_id>/remove")
def remove(collaboration_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Remove a file by who brought it."""
    with transaction(db.session) as session:
        token = shared_files.remove_file(session, current_actor(), collaboration_id, file_id)
    store().drop(token)
    flash(_("The file has been removed."))
    return back_to(collaboration_id, "files")


def keep_store(app: Flask, files: FileStore) -> None:
    """Remember among the app's extensions where shared files lie."""
    app.extensions[_STORE] = files


def store() -> FileStore:
    """Return where shared files lie."""
    return cast(FileStore, current_app.extensions[_STORE])


def _take_in(collaboration_id: UUID, form: SharedFileForm) -> None:
    # Asked before anything is written: whoever may not bring it leaves nothing on disk.
    if not shared_files.may_bring(db.session, current_actor(), collaboration_id):
        raise Invalid({"file": "not_open"})
    name, kind = clean_name(form.file.data.filename or "")
    kept = store().keep(form.file.data.stream, kind)
    try:
        with transaction(db.session) as session:
            shared_files.add_file(session, current_actor(), collaboration_id, name, kind, kept)
    except BaseException:
        store().drop(kept.token)
        raise
