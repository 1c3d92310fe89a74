"""Every way in which content or a container can fail: a stable code, a title, a cure.

The cause goes into `detail`, already redacted by whoever saw it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

_URL_PASSWORD = re.compile(r"(?<=://)[^/@\s]+@")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\u00a0-\uffff]+")
_DETAIL = 500
"""Characters of a cause that are kept: a screenful."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happened (`title`), why (`detail`), what to do (`cure`), under a stable `code`."""

    code: str
    title: str
    detail: str = ""
    cure: str = ""
    subject: Mapping[str, str] = field(default_factory=dict)
    """What the cure is about, for programs and buttons: host, fingerprint and the like."""


_TABLE = {
    "url_refused": (
        "This repository address is not accepted",
        "Use an https address, or a file:// path below PODIUM_LOCAL_REPOSITORIES.",
    ),
    "protocol_refused": (
        "This kind of address is switched off here",
        "Use an https address, or ask the administrator to extend PODIUM_GIT_PROTOCOLS.",
    ),
    "host_unknown": (
        "There is no host of this name",
        "Check the spelling; a name that only your network knows has to be known here as well.",
    ),
    "redirect_refused": (
        "The git host sends us to a place that is not followed",
        "Open the address in a browser and use the one it ends at.",
    ),
    "certificate_invalid": (
        "The git host's certificate is not trusted",
        "Ask the administrator to install the authority's certificate on this machine.",
    ),
    "clone_interrupted": (
        "The connection broke while cloning",
        "Start again; nothing half-received is used.",
    ),
    "clone_unreachable": (
        "The git host did not answer",
        "Check the address, and that it can be reached from a workspace's network.",
    ),
    "clone_auth_required": (
        "The repository asks for credentials",
        "Add a token for the host under Settings → Git access, then start again.",
    ),
    "clone_denied": (
        "The git host refused your credentials",
        "Replace them under Settings → Git access, then start again.",
    ),
    "host_key_unknown": (
        "The ssh host is not known yet",
        "Compare the fingerprint with the one that the host publishes, then accept it.",
    ),
    "host_key_changed": (
        "The ssh host shows another key than before",
        "Forget the old key under Settings → Git access if the change is right.",
    ),
    "repository_missing": (
        "There is no repository at this address",
        "Check the spelling; a private repository looks the same to strangers.",
    ),
    "ref_unknown": (
        "The branch, tag or commit does not exist",
        "Choose another one, or leave it out for the default branch.",
    ),
    "clone_too_large": (
        "The repository is larger than this machine allows",
        "Start it without old versions of its files, or have PODIUM_CLONE_LIMIT raised.",
    ),
    "partial_unsupported": (
        "The git host cannot leave out old versions, and the whole is too large",
        "Ask the administrator to raise PODIUM_CLONE_LIMIT.",
    ),
    "disk_short": (
        "The node has too little space left for new files",
        "Try again when its operator has freed space; workspaces that are there start as before.",
    ),
    "disk_full": ("The disk is full", "Free some space on this machine, then start again."),
    "clone_failed": ("Cloning failed", "Read the detail; starting again is safe."),
    "content_failed": (
        "The workspace's folders could not be made",
        "Read the detail and the daemon's log; starting again is safe.",
    ),
    "content_stale": (
        "The files on this machine are older than the workspace",
        "Restore its last restore point: what is here is put into one first, and nothing is lost.",
    ),
    "content_missing": (
        "The workspace's files are not on this machine",
        "Nothing was overwritten. Restore it from a restore point, or bring the folder back.",
    ),
    "content_incomplete": (
        "A part of the workspace's files is not there",
        "Nothing was changed. Bring back what the detail names, or restore a restore point.",
    ),
    "download_failed": (
        "A file could not be downloaded",
        "Check its address, and that it can be reached from a workspace's network.",
    ),
    "download_digest": (
        "A downloaded file is not the one that was asked for",
        "Nothing of it was used. Compare the digest with the one that its makers tell.",
    ),
    "download_slow": (
        "The files to download did not come in time",
        "Start again when their host is quicker, or fetch them in a task.",
    ),
    "download_too_large": (
        "The files to download are larger than this machine allows",
        "Fetch them in a task.",
    ),
    "snapshot_missing": (
        "The snapshot is not on this machine",
        "Ask whoever shared it for a new one; nothing was made.",
    ),
    "freeze_failed": (
        "The snapshot could not be made",
        "Read the detail; the workspace stays as it is, and it is tried again.",
    ),
    "image_missing": (
        "The workspace image is not on this machine",
        "Run `make up` again: it builds what is missing.",
    ),
    "image_unreachable": (
        "The image could not be fetched",
        "Check that its registry can be reached from this machine; the next start tries again.",
    ),
    "image_unknown": (
        "There is no such image",
        "Check its name and tag; a private image looks the same to strangers.",
    ),
    "image_denied": (
        "The registry refused to give the image",
        "Ask the administrator to add a pull secret for the registry.",
    ),
    "image_refused": (
        "The image is not unpacked",
        "Use another image; the detail names what is wrong with this one.",
    ),
    "start_failed": (
        "The container did not start",
        "Read the detail and the workspace's log; starting again is safe.",
    ),
    "no_runtime": (
        "No container runtime works on this machine",
        "Install crun or runc; the daemon's log tells why a trial start failed.",
    ),
    "container_died": ("The container ended by itself", "Start the workspace again."),
    "out_of_memory": (
        "The workspace ran out of memory",
        "Start it again, with a larger class if this repeats.",
    ),
    "disk_full_backup": (
        "There is no space for the backup",
        "Free some space where the backups are; the files stay here and it is tried again.",
    ),
    "repository_damaged": (
        "The backups of this workspace are damaged",
        "The files stay here, and each try mends what it can. Check the disk of the backups.",
    ),
    "store_unreachable": (
        "The object store of the backups cannot be reached",
        "The files stay here and it is tried again. Check its address and the network to it.",
    ),
    "store_stalled": (
        "The object store of the backups does not answer",
        "The files stay here and it is tried again. Look what the store is busy with.",
    ),
    "store_denied": (
        "The object store of the backups refuses this installation",
        "Check PODIUM_BACKUP_STORE_CREDENTIALS, and what the store allows them.",
    ),
    "store_untrusted": (
        "The certificate of the backups' object store is not trusted",
        "Name a file with its authority in PODIUM_BACKUP_STORE_CA, or renew its certificate.",
    ),
    "store_owned": (
        "The object store of the backups belongs to another installation",
        "Give this one another prefix. If the other one runs no more: `podium store take-over`.",
    ),
    "store_missing": (
        "The bucket of the backups is not there",
        "Bring it back, or correct PODIUM_BACKUP_STORE.",
    ),
    "store_failing": (
        "The object store of the backups fails",
        "The files stay here and it is tried again; the detail is what the store has said.",
    ),
    "path_too_long": (
        "A file lies too deep for a restore point",
        "Move it up, or leave its folder out of restore points; until then none is made.",
    ),
    "repository_busy": (
        "Another node works on the restore points of this workspace",
        "Nothing: it is tried again by itself.",
    ),
    "repository_key": (
        "The backups of this workspace were made with another key",
        "Bring back the master key that they were made with.",
    ),
    "backup_failed": (
        "The backup failed",
        "The files stay on this machine and it is tried again; the detail tells why.",
    ),
    "point_unknown": (
        "There is no such restore point",
        "Choose another one from the list.",
    ),
    "path_unknown": (
        "There is no such file or folder in the restore point",
        "Choose another one from the list.",
    ),
    "restore_failed": (
        "The restore point could not be brought back",
        "Nothing was changed. The detail tells why; another restore point may work.",
    ),
    "container_alive": ("The container still runs", "Wait until it has stopped."),
}


class BackupFailed(Exception):
    """What could not be done about restore points, and why."""

    def __init__(self, why: Fault) -> None:
        super().__init__(why.detail or why.title)
        self.fault = why


CODES = frozenset(_TABLE)
_NO_ROOM: Final = "disk_full_backup"
"""What restic says when a restore fills a disk."""
_SAID_OF_FILES: Final = frozenset(
    {"clone_failed", "content_failed", "freeze_failed", "restore_failed"}
)


def fault(code: str, detail: str = "") -> Fault:
    """Return the fault of a known code; the detail is redacted and cut to a screenful."""
    title, cure = _TABLE[code]
    shown = _UNPRINTABLE.sub(" ", _URL_PASSWORD.sub("[redacted]@", detail)).strip()
    return Fault(code, title, shown[-_DETAIL:], cure)


def where_full(found: Fault, *, full: bool) -> Fault:
    """Return the fault of a tree that it is when the node's disk is full.

    A file system in a file there knows nothing of that: what it says is that its disk fails.
    """
    no_room = found.code == _NO_ROOM or (full and found.code in _SAID_OF_FILES)
    return fault("disk_full", found.detail) if no_room else found


def told_of(found: Fault, subject: Mapping[str, str], cure: str = "") -> Fault:
    """Return the fault with what it is about, and with a cure for just that."""
    return replace(found, subject=subject, cure=cure or found.cure)
