"""What restic's last words mean: a fault of a known code. Pure."""

import json
import re
from typing import Final

from daemon.core.faults import Fault, fault

BUSY: Final = "repository: busy"
TOO_LONG: Final = "tree: a path is too long"
_FULL: Final = r"no space left on device|disk quota exceeded"
_KEY: Final = r"wrong password or no key found|no key found"
_DAMAGED: Final = (
    r"does not match|invalid data returned|ciphertext verification failed|hash mismatch"
    r"|load(ing)? index|error loading|invalid character|unexpected end of JSON|unexpected EOF"
    r"|Unmarshal|not found in index|blob .* not found|LoadBlob|LoadTree|size invalid|damaged"
    r"|unable to open config file|config cannot be loaded|repository contains errors"
    r"|no such file or directory(?!: b?'(?!/repository))"  # Python's, of any other place
)
_RULES: Final = (
    ("path_too_long", rf"^{TOO_LONG}"),
    ("repository_busy", rf"^{BUSY}|repository is already locked"),
    ("store_unreachable", r"^store: unreachable"),
    ("store_stalled", r"^store: stalled"),
    ("store_owned", r"^store: owned"),
    (
        "store_untrusted",
        (
            r"x509: |certificate signed by unknown authority|invalid peer certificate"
            r"|InvalidCertificate\b|tls: failed to verify"
        ),
    ),
    ("store_missing", r"NoSuchBucket|the specified bucket does not exist|bucket .*not exist"),
    ("repository_damaged", r"^store: missing"),
    (
        "store_denied",
        (
            r"\b40[13] (Forbidden|Unauthorized)|Access ?Denied|InvalidAccessKeyId"
            r"|SignatureDoesNotMatch|key id you provided|request signature we calculated"
        ),
    ),
    (
        "store_failing",
        (
            r"^store: failed|\b5\d\d (Internal|Not Impl|Bad Gate|Service|Gateway)|SlowDown"
            r"|internal error, please try again|reduce your request rate|ServiceUnavailable"
        ),
    ),
    ("repository_damaged", r"specified key does not exist"),
    ("disk_full_backup", _FULL),
    ("repository_key", _KEY),
    ("repository_damaged", _DAMAGED),
)
_COMPILED: Final = tuple(
    (code, re.compile(rule, re.IGNORECASE | re.MULTILINE)) for code, rule in _RULES
)
_OF_STORE: Final = "store_"
_NAMES: Final = re.compile(
    r"(ignoring |error for|warning:|cannot dump)|.*/(tree|target)/", re.IGNORECASE
)
"""How a line of restic begins, or what is in it, that has the name of somebody's file."""
_OURS: Final = "store: "
_NUMBERS: Final = {28: "no space left on device", 122: "disk quota exceeded"}


def explain(said: str) -> Fault:
    """Return the fault behind what restic, or the box around it, has said.

    Names of files are somebody's own words: of a backup's errors, which are JSON, only the
    number counts; a line with a name, and what follows it, says nothing of the store, which is
    everybody's. The box itself has the last word.
    """
    lines = [_without_name(line) for line in said.splitlines()]
    named = next((n for n, line in enumerate(lines) if _NAMES.match(line)), len(lines))
    clean = lines[:named]
    if lines[named:] and lines[-1].startswith(_OURS):
        clean.append(lines[-1])
    told = {True: "\n".join(clean), False: "\n".join(lines)}
    for code, rule in _COMPILED:
        if rule.search(told[code.startswith(_OF_STORE)]):
            return fault(code, said)
    return fault("backup_failed", said)


def _without_name(line: str) -> str:
    """Return an error that is JSON as what happened alone, any other line as it is."""
    try:
        error = json.loads(line)["error"]
    except (ValueError, KeyError, TypeError):
        return line
    number = error.get("Err") if isinstance(error, dict) else None
    return _NUMBERS.get(number, "") if isinstance(number, int) else ""
