"""Numbers that a database, a page and a script can hold."""

from typing import Annotated

from msgspec import Meta

Count = Annotated[int, Meta(ge=0, le=2**53)]
ExitCode = Annotated[int, Meta(ge=-(2**31), le=2**31)]
Amount = Annotated[float, Meta(ge=0, le=1e9)]
Moment = Annotated[float, Meta(ge=0, le=253_402_300_799)]
"""Seconds since 1970, until the year 9999. What an instance says is not trusted: these are the
numbers that a database, a page and a script can hold; a document with others is refused."""
