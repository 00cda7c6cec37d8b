"""The declarative base, the column types that tables share, and how engines are made."""

import json
from datetime import UTC, datetime
from enum import Enum
from sqlite3 import Connection as SqliteConnection
from typing import Annotated, Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy import Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

from needsbank.domain.clock import now

WRITE = "needsbank_write"
"""Execution option of a connection whose transaction will write."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; a naive one is a mistake and is refused."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC without its zone, as databases compare it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored moment, aware again."""
        return None if value is None else value.replace(tzinfo=UTC)


class Model(DeclarativeBase):
    """Base of all tables: enums are stored by value, constraints have predictable names."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UtcDateTime(),
        Enum: sa.Enum(
            Enum,
            native_enum=False,
            length=40,
            values_callable=lambda enum: [member.value for member in enum],
        ),
        dict[str, Any]: sa.JSON(),
        list[dict[str, Any]]: sa.JSON(none_as_null=True),
        list[str]: sa.JSON(),
    }


# Random keys: a counter would tell outsiders that something hidden came in between.
uuid_key = Annotated[UUID, mapped_column(primary_key=True, default=uuid4)]
moment_of_adding = Annotated[datetime, mapped_column(default=now)]


def make_engine(url: str) -> Engine:
    """Return an engine on `url` that keeps the bank's rules for transactions."""
    engine = create_engine(url, **engine_options(url))
    keep_transaction_rules(engine)
    return engine


def engine_options(url: str) -> dict[str, Any]:
    """Return the options that every engine on `url` is made with."""
    options: dict[str, Any] = {"json_serializer": _to_json}
    if sa.make_url(url).get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": 10}
    return options


def keep_transaction_rules(engine: Engine) -> None:
    """Make SQLite begin where we say, so that read-modify-write loses no update.

    The driver starts no transaction for a SELECT; two writers could then read the same row and
    both write it. A transaction that will write begins IMMEDIATE, one that reads begins deferred
    and blocks nobody (write-ahead log).
    """
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: SqliteConnection, _record: object) -> None:
    connection.isolation_level = None
    # SQLite's own knows ASCII only; "Ä" and "ä" would be two names.
    connection.create_function("lower", 1, _lower, deterministic=True)
    for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on"):
        connection.execute(f"pragma {pragma}")


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get(WRITE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
