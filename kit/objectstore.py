"""An S3-compatible object store: where it is, and who we are there.

    s3:https://objects.example.org/bucket/prefix      path style; http is for stores on loopback

The credentials lie in a file as every S3 program reads it, so that they stand in no environment
and no command line; it is read anew each time, which lets them be changed while all runs.
`opened` needs the library `obstore`.
"""

import configparser
import re
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from obstore.store import S3Store

_HOST: Final = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
)
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9][A-Za-z0-9._-]{0,99})*")
_REGION: Final = re.compile(r"[a-z0-9-]{1,64}")
_WORD: Final = re.compile(r"[\x21-\x7e]{1,512}")
_PORTS: Final = {"https": 443, "http": 80}
_PROFILE: Final = "default"
_KEYS: Final = ("aws_access_key_id", "aws_secret_access_key")


@dataclass(frozen=True, slots=True)
class Place:
    """A folder in a bucket."""

    scheme: str
    host: str
    port: int
    bucket: str
    prefix: str = ""
    """Without slashes at its ends; empty is the whole bucket."""
    region: str = "us-east-1"

    @property
    def endpoint(self) -> str:
        """The store's URL."""
        usual = _PORTS[self.scheme] == self.port
        return f"{self.scheme}://{self.host}{'' if usual else f':{self.port}'}"

    def below(self, *parts: str) -> str:
        """Return the prefix of something in the place."""
        return "/".join(part for part in (self.prefix, *parts) if part)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A pair of keys."""

    id: str
    secret: str = field(repr=False)


def place_of(text: str, region: str = "us-east-1") -> Place:
    """Return the place that an address means. Raises ValueError."""
    if not text.startswith("s3:") or not text.isascii():
        raise ValueError("must be like s3:https://host/bucket/prefix")
    parts = urlsplit(text.removeprefix("s3:"))
    bucket, _, prefix = parts.path.strip("/").partition("/")
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None:
        raise ValueError("must have no credentials in it")
    if parts.scheme not in _PORTS or parts.query or parts.fragment or not _HOST.fullmatch(host):
        raise ValueError("must be like s3:https://host/bucket/prefix")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError("must be https, for another machine's store")
    if not _BUCKET.fullmatch(bucket) or (prefix and not _PREFIX.fullmatch(prefix)):
        raise ValueError("must name a bucket, and below it folders of [A-Za-z0-9._-]")
    if not _REGION.fullmatch(region):
        raise ValueError("must have a region like eu-central-1")
    return Place(parts.scheme, host, parts.port or _PORTS[parts.scheme], bucket, prefix, region)


def credentials_of(path: Path) -> Credentials:
    """Return the pair of keys in a file's `[default]`. Raises OSError or ValueError."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(path.read_text())
        key, secret = (parser.get(_PROFILE, one).strip() for one in _KEYS)
    except configparser.Error:
        # its own words have the line in it, and that may be the secret
        raise ValueError(f"{path} must have [default] with {' and '.join(_KEYS)}") from None
    if not _WORD.fullmatch(key) or not _WORD.fullmatch(secret):
        raise ValueError(f"{path}: a key must be one word")
    return Credentials(key, secret)


def opened(place: Place, credentials: Credentials, *below: str) -> "S3Store":
    """Return what is below the place as a store that tries each thing once."""
    from obstore.store import S3Store  # noqa: PLC0415 -- helpers without it read places as well

    return S3Store(
        place.bucket,
        prefix=place.below(*below) or None,
        config={
            "endpoint": place.endpoint,
            "region": place.region,
            "access_key_id": credentials.id,
            "secret_access_key": credentials.secret,
            "virtual_hosted_style_request": False,
        },
        client_options={
            "allow_http": place.scheme == "http",
            "connect_timeout": "20s",
            "timeout": "1h",
        },
        retry_config={"max_retries": 0},
    )


def _is_loopback(host: str) -> bool:
    try:
        return IPv4Address(host).is_loopback
    except AddressValueError:
        return host == "localhost"
