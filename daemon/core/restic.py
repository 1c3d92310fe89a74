"""What restic's last words mean: a fault of a known code. Pure."""

import re
from typing import Final

from daemon.core.faults import Fault, fault

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


def explain(said: str) -> Fault:
    """Return the fault behind what restic, or the box around it, has said."""
    for code, rule in _COMPILED:
        if rule.search(said):
            return fault(code, said)
    return fault("backup_failed", said)
