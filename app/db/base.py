"""Declarative base and column types of every table.

Moments are seconds since 1970 as floats: one representation from the database
to the page, the same on SQLite and PostgreSQL, and comparable to `Clock.now()`.
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


BYTES = BigInteger().with_variant(Integer(), "sqlite")
"""Of columns that count bytes: SQLite's integers have 64 bits anyway."""


class Base(DeclarativeBase):
    """Base of all tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: String(), dict[str, Any]: JSON()}  # noqa: RUF012 - SQLAlchemy reads it from the class
