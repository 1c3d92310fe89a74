"""What restic's last words mean: a fault of a known code. Pure."""

import re
from typing import Final

from daemon.core.faults import Fault, fault

_FULL: Final = r"no space left on device|disk quota exceeded"
_KEY: Final = r"wrong password or no key found|no key found"
_DAMAGED: Final = (
    r"does not match|invalid data returned|ciphertext verification failed|hash mismatch"
    r"|load(ing)? index|error loading|invalid character|unexpected end of JSON|unexpected EOF"
    r"|not found in index|blob .* not found|LoadBlob|LoadTree|size invalid|damaged"
    r"|unable to open config file|config cannot be loaded|repository contains errors"
    r"|no such file or directory(?!: b?'(?!/repository))"  # Python's, of any other place
)
_RULES: Final = (
    ("disk_full_backup", _FULL),
    ("repository_key", _KEY),
    ("repository_damaged", _DAMAGED),
)
_COMPILED: Final = tuple((code, re.compile(rule, re.IGNORECASE)) for code, rule in _RULES)


def explain(said: str) -> Fault:
    """Return the fault behind what restic, or the box around it, has said."""
    for code, rule in _COMPILED:
        if rule.search(said):
            return fault(code, said)
    return fault("backup_failed", said)
