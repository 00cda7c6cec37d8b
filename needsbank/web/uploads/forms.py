"""The form of a brought file."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import TextAreaField

from needsbank.web.forms import BankForm
from needsbank.web.sources.forms import ReadableMapping


class UploadForm(BankForm):
    """A catalogue and where its fields stand."""

    file = FileField(
        _l("File"),
        description=_l(
            "CSV, Excel (.xlsx), JSON or JSON Lines, at most 30 MB; all but Excel may be gzipped."
        ),
        validators=[FileRequired(_l("Choose a file."))],
    )
    mapping = TextAreaField(
        _l("Mapping"),
        description=_l("For this file only; the source keeps its own."),
        validators=[ReadableMapping()],
        render_kw={"spellcheck": "false", "autocapitalize": "off"},
    )
