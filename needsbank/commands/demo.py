"""`needsbank demo`: a bank of made-up contents, ready to try."""

import os

from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from needsbank.commands import serve
from needsbank.commands.matching import embed_all, match_all
from needsbank.commands.people import hash_of
from needsbank.commands.surroundings import any_engine, console, embedded_sets, settings
from needsbank.db.migrations.running import upgrade_to_newest
from needsbank.db.transaction import transaction
from needsbank.services.demo_bank import (
    ACCOUNTS,
    PASSWORD,
    decide_some,
    is_empty,
    load_demo_bank,
    show_ways,
)
from needsbank.services.demo_results import add_demo_results
from needsbank.services.demo_workshops import show_workshops
from needsbank.sources.demo_bank import read_records

_FILES = ("organisations", "needs", "competences", "prior_works")


def run(host: str, port: int) -> None:
    """Fill the bank if it is empty, then serve it on this machine."""
    serve.check_port(host, port)
    on = any_engine()
    upgrade_to_newest(on)
    with Session(on) as session:
        empty = is_empty(session)
    if empty:
        console.print("Filling the bank with made-up contents.")
        _fill(on)
    on.dispose()
    _tell(host, port)
    # The demo is tried over plain http on this machine.
    os.environ |= {"NEEDSBANK_DEMO": "1", "NEEDSBANK_SECURE_COOKIES": "0"}
    serve.run(host, port, workers=2, threads=4)


def _fill(on: Engine) -> None:
    folder = settings().data / "demo"
    records = {name: read_records(folder, name) for name in _FILES}
    with Session(on) as session, transaction(session):
        load_demo_bank(session, records, hash_of(PASSWORD))
        show_ways(session)
        show_workshops(session)
    bank = embedded_sets(on).active()
    embed_all(on, bank)
    match_all(on, bank)
    with Session(on) as session, transaction(session):
        decide_some(session, read_records(folder, "pairs"))
        add_demo_results(session)


def _tell(host: str, port: int) -> None:
    table = Table(title=f"Accounts (password: {PASSWORD})", title_justify="left")
    table.add_column("E-mail")
    table.add_column("Role")
    for account in ACCOUNTS:
        table.add_row(account.email, account.role.value)
    console.print(table)
    console.print(f"The bank is open at [bold]http://{host}:{port}[/bold] (Ctrl-C ends it)")
