"""The composition root: the one place where settings, storage, matcher and pages meet."""

import logging
from functools import partial

from flask import Flask
from flask_wtf.csrf import generate_csrf
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from matching import Encoder, EncoderOptions, load_encoder
from needsbank.db.base import engine_options, keep_transaction_rules
from needsbank.delivery import Way, Ways
from needsbank.domain.outbox import Channel
from needsbank.domain.webhooks import WEBHOOK_CHANNELS
from needsbank.services.active_set import ActiveRetrieval, RetrievalSource
from needsbank.services.demo_bank import ACCOUNTS, PASSWORD
from needsbank.services.mail_levels import stop_path
from needsbank.services.opening import Opener
from needsbank.settings import Settings
from needsbank.sources.fetching import Fetcher
from needsbank.sources.file_store import FileStore
from needsbank.sources.uploads import Uploads
from needsbank.web import (
    errors,
    labels,
    languages,
    pages,
    policy,
    security,
    sessions,
    static_files,
)
from needsbank.web.collaborations.files import keep_store
from needsbank.web.database import db, keep_retrieval
from needsbank.web.lists import page_address
from needsbank.web.messages.views import SET_UP
from needsbank.web.uploads.views import keep_uploads

MOST_BYTES = 1_000_000
"""Of a request: forms carry text only."""


def create_app(settings: Settings, retrieval: RetrievalSource | None = None) -> Flask:
    """Return the web application; without a `retrieval` it follows the active vector set."""
    app = Flask("needsbank")
    app.config.update(
        SQLALCHEMY_ENGINES={
            "default": {"url": settings.database_url, **engine_options(settings.database_url)}
        },
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        MAX_FORM_PARTS=100,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
    )
    app.config[SET_UP] = settings.smtp is not None
    app.logger.setLevel(logging.INFO)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, settings.proxies)  # type: ignore[method-assign]  # Flask's documented way
    db.init_app(app)
    # The extension also registers an async teardown, which costs each request an event loop.
    app.teardown_appcontext_funcs[:] = [
        function
        for function in app.teardown_appcontext_funcs
        if "async" not in getattr(function, "__name__", "")
    ]
    with app.app_context():
        keep_transaction_rules(db.engine)
    app.session_interface = sessions.DatabaseSessions(settings.session_lifetime)
    languages.configure(app)
    security.configure(app, secret_key=settings.secret_key, secure_cookies=settings.secure_cookies)
    policy.enforce(app)
    errors.register(app)
    labels.register(app)
    static_files.configure(app)
    app.jinja_env.globals.update(page_address=page_address, csrf_token=generate_csrf)
    pages.register(app)
    pages.show_accounts(app, ACCOUNTS if settings.demo else (), PASSWORD)
    keep_uploads(app, Uploads(settings.instance / "uploads"))
    keep_store(app, FileStore(settings.instance / "files"))
    keep_retrieval(app.extensions, retrieval or ActiveRetrieval(make_opener(settings)))
    return app


def engine_of(app: Flask) -> Engine:
    """Return the engine of the app's database."""
    with app.app_context():
        return db.engine


def make_opener(settings: Settings) -> Opener:
    """Return what opens vector sets: encoders as set, shipped parameters, indexes on disk."""
    model = settings.sentence_model
    options = EncoderOptions(
        query_prompt=model.query_prompt,
        document_prompt=model.document_prompt,
        revision=model.revision,
        device=model.device,
        offline=model.offline,
        truncate_dim=model.dim,
        cache_folder=model.cache,
        trust_remote_code=model.trust_code,
    )

    def load(spec: str) -> Encoder:
        return load_encoder(
            spec,
            cache_dir=settings.instance / "models",
            threads=settings.encoder_threads,
            options=options,
        )

    return Opener(
        load,
        settings.encoder,
        settings.data / "matcher",
        settings.instance / "index",
        settings.instance / "matcher",
    )


def make_ways(settings: Settings) -> Ways:
    """Return the ways that messages leave by: those that are set up."""
    from needsbank.channels.mail import Mail  # noqa: PLC0415 -- only workers send
    from needsbank.channels.smtp import Smtp  # noqa: PLC0415 -- as above
    from needsbank.channels.webhooks import Webhooks  # noqa: PLC0415 -- as above

    ways: dict[Channel, Way] = {}
    if settings.smtp is not None:
        stop_link = partial(stop_path, settings.secret_key)
        smtp = Smtp(settings.smtp, settings.mail_from)
        ways[Channel.MAIL] = Mail(smtp, settings.public_url, stop_link)
    for channel in WEBHOOK_CHANNELS if settings.public_url else ():
        ways[channel] = Webhooks(make_fetcher(settings), channel, settings.public_url)
    return ways


def make_fetcher(settings: Settings) -> Fetcher:
    """Return what fetches sources of prior work."""
    return Fetcher(allowed=settings.fetch_hosts)
