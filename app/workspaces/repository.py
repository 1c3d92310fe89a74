"""What a pasted URL names: a repository that may be cloned, or a refusal with a reason.

Nothing user-given reaches git, a path or a shell but through here. The text is
split by hand along RFC 3986 and matched against what each part may hold; what
does not match is refused with a code, the cause and the cure.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from urllib.parse import SplitResult, urlsplit

from app.faults import Malformed
from app.workspaces import contexturl
from app.workspaces.contexturl import NOBODY, Opener
from app.workspaces.forge import Kind, read_page

_MAX_URL = 2048
_SCP = re.compile(r"(?:([A-Za-z0-9._-]+)@)?([A-Za-z0-9.-]+):(?!//)([^:]+)", re.ASCII)
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", re.ASCII)
_USER = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)
_SEGMENT = re.compile(r"[A-Za-z0-9._~+@-]+", re.ASCII)
_UNSAFE_FOLDER = re.compile(r"[^A-Za-z0-9._-]", re.ASCII)
_REF = re.compile(r"[A-Za-z0-9._/@+#=-]{1,255}", re.ASCII)
_PATH = re.compile(r"[^\x00-\x1f\x7f\\]{1,1024}")


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository that may be cloned."""

    url: str
    """Normalised clone URL without credentials; also the key of trust."""
    ref: str
    """Branch, tag, commit or `refs/…`; empty is HEAD; of a place also what follows it."""
    repository: str
    """host/owner/name, or the path of a local repository."""
    folder: str
    """Safe name of one folder below /workspace."""
    name: str
    """What people call it."""
    kind: Kind = Kind.REPOSITORY
    path: str = ""
    """Folder or file that was named, when the URL alone tells it."""
    number: int = 0
    """Of the pull request or issue."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """That the link sets."""
    opener: Opener = NOBODY
    """That the link came from."""

    @property
    def trust_key(self) -> str:
        """What trust is about.

        git alone does not tell whose branch a pull request is, so each is asked about anew.
        """
        return f"{self.url}#{self.ref}" if self.kind is Kind.PULL else self.url


def parse(
    text: str, ref: str, protocols: Collection[str], local_roots: Collection[str]
) -> Repository:
    """Return the repository that the text names, which may be a link with a prefix.

    Raises Malformed with one of the codes url_empty, url_too_long, url_characters,
    url_scheme, url_protocol_off, url_host, url_path, url_extra, url_local, ref_invalid,
    url_commit, url_number, url_needs_host, context_unsupported.
    """
    context = contexturl.split(text)
    found = _read(context.address, ref, protocols, local_roots)
    return replace(found, variables=context.variables, opener=context.opener)


def _read(
    url: str, ref: str, protocols: Collection[str], local_roots: Collection[str]
) -> Repository:
    _check_text(url)
    scp = _SCP.fullmatch(url) if "://" not in url else None
    if scp is not None:
        url = f"ssh://{scp.group(1) or 'git'}@{scp.group(2)}/{scp.group(3).lstrip('/')}"
    elif "://" not in url:
        url = f"https://{url}" if _looks_like_host(url) else url
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    _check_scheme(scheme, protocols)
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _bad_host("The part between // and the next / is not a host name.") from error
    if scheme in {"https", "http"}:
        return _web(scheme, parts, ref)
    if parts.query or parts.fragment or url.endswith(("?", "#")):
        raise Malformed(
            "url_extra",
            "The URL has a query or a fragment",
            "A clone URL ends with the repository's name.",
            "Remove everything from ? or # on.",
        )
    if scheme == "file":
        return _local(parts.netloc, parts.path, check_ref(ref), local_roots)
    return _ssh(parts.netloc, parts.path, check_ref(ref))


def check_ref(ref: str) -> str:
    """Return the ref, stripped; raises Malformed (ref_invalid) as git check-ref-format would."""
    ref = ref.strip()
    if not ref:
        return ""
    bad = (
        _REF.fullmatch(ref) is None
        or ref.startswith(("-", "/", "."))
        or ref.endswith(("/", ".", ".lock"))
        or ".." in ref
        or "//" in ref
        or "@{" in ref
        or "/." in ref
    )
    if bad:
        raise Malformed(
            "ref_invalid",
            "This is no name of a branch, tag or commit",
            f"git does not allow the name {ref[:80]!r}.",
            "Give the name as `git branch` shows it, or a full commit id.",
        )
    return ref


def _check_text(url: str) -> None:
    if not url:
        raise Malformed("url_empty", "There is no URL", "", "Paste the URL of a git repository.")
    if len(url) > _MAX_URL:
        raise Malformed("url_too_long", "The URL is too long", f"More than {_MAX_URL} characters.")
    if url.startswith("-") or any(
        c.isspace() or not c.isprintable() or c in "\\'\"`$<>|;*{}" for c in url
    ):
        raise Malformed(
            "url_characters",
            "The URL holds characters that no repository URL has",
            "Spaces, control characters, quotes and a leading dash are refused.",
            "Copy the URL from the repository's Clone button.",
        )


def _looks_like_host(url: str) -> bool:
    host, slash, _ = url.partition("/")
    return bool(slash) and "." in host and ":" not in host and not url.startswith((".", "/"))


def _check_scheme(scheme: str, protocols: Collection[str]) -> None:
    if scheme in protocols and scheme in {"https", "ssh", "file", "http"}:
        return
    if scheme in {"https", "ssh", "file", "http"}:
        raise Malformed(
            "url_protocol_off",
            f"{scheme}:// is switched off here",
            f"This installation clones over {', '.join(sorted(protocols))}.",
            "Use the repository's https URL, or ask whoever runs this installation.",
        )
    raise Malformed(
        "url_scheme",
        "This is not a repository URL that Podium can clone",
        f"It begins with {scheme}://." if scheme else "It has no scheme and no host.",
        "Use a URL like https://host/owner/name or git@host:owner/name.",
    )


def _web(scheme: str, parts: SplitResult, ref: str) -> Repository:
    host, port = _host_and_port(parts.netloc.rpartition("@")[2])
    page = read_page(host, parts.path, parts.query)
    segments = _checked(page.repository)
    joined = "/".join(segments)
    kind, wanted, path = page.kind, page.ref, _check_path(page.path)
    if ref.strip():
        kind, wanted, path = Kind.REF, ref, ""
    found = Repository(
        url=f"{scheme}://{host}{port}/{joined}",
        ref=_check_place(wanted) if kind is Kind.PLACE else check_ref(wanted),
        repository=f"{host}{port}/{joined}",
        folder=_folder(segments[-1]),
        name=segments[-1],
        kind=kind,
        path=path,
    )
    return replace(found, number=page.number) if kind in {Kind.PULL, Kind.ISSUE} else found


def _ssh(netloc: str, path: str, ref: str) -> Repository:
    login, _, place = netloc.rpartition("@")
    host, port = _host_and_port(place)
    segments = _checked([part for part in path.split("/") if part])
    joined = "/".join(segments)
    # Only the login name is needed to connect; a password is never kept.
    user = login.partition(":")[0] or "git"
    if _USER.fullmatch(user) is None or user.startswith("-"):
        raise _bad_host(f"{user[:40]!r} is no login name.")
    return Repository(
        url=f"ssh://{user}@{host}{port}/{joined}.git",
        ref=ref,
        repository=f"{host}{port}/{joined}",
        folder=_folder(segments[-1]),
        name=segments[-1],
        kind=Kind.REF if ref else Kind.REPOSITORY,
    )


def _checked(parts: Sequence[str]) -> list[str]:
    segments = list(parts)
    if segments:
        segments[-1] = segments[-1].removesuffix(".git")
    if not segments or not segments[-1]:
        raise _bad_path("The URL names a host, but no repository on it.")
    for segment in segments:
        if _SEGMENT.fullmatch(segment) is None or segment in {".", ".."} or segment[0] == "-":
            raise _bad_path(f"{segment[:80]!r} cannot be part of a repository's path.")
    return segments


def _check_place(place: str) -> str:
    """Return a branch and what follows it; the node finds where the branch ends."""
    check_ref(place.partition("/")[0])
    return _check_path(place)


def _check_path(path: str) -> str:
    if path and (_PATH.fullmatch(path) is None or {"", ".", "..", ".git"} & {*path.split("/")}):
        raise Malformed(
            "url_path",
            "The URL does not name a folder or file of a repository",
            f"{path[:80]!r} cannot be a path.",
            "Copy the address once more.",
        )
    return path


def _host_and_port(place: str) -> tuple[str, str]:
    host, colon, port = place.lower().rpartition(":") if ":" in place else (place.lower(), "", "")
    if _HOST.fullmatch(host) is None or ".." in host or len(host) > 253:
        raise _bad_host("The part between // and the next / is not a host name.")
    if not colon:
        return host, ""
    if not port.isdecimal() or not 1 <= int(port) <= 65535 or len(port) > 5:
        raise _bad_host("The port is not a number from 1 to 65535.")
    return host, f":{int(port)}"


def _local(netloc: str, path: str, ref: str, roots: Collection[str]) -> Repository:
    if netloc not in {"", "localhost"}:
        raise _bad_host("A file:// URL names a path on the machine that Podium runs on.")
    pure = PurePosixPath(path)
    segments = [part for part in path.split("/") if part]
    if not segments or any(
        _SEGMENT.fullmatch(part) is None or part in {".", ".."} for part in segments
    ):
        raise _bad_path("The path is not plain: no dots, no escapes, no odd characters.")
    if not any(pure != PurePosixPath(root) and pure.is_relative_to(root) for root in roots):
        raise Malformed(
            "url_local",
            "This folder is not open to Podium",
            "Local repositories are cloned only from below PODIUM_LOCAL_REPOSITORIES.",
            "Add the folder that holds the repository to PODIUM_LOCAL_REPOSITORIES and restart.",
        )
    clean = "/" + "/".join(segments)
    name = segments[-1].removesuffix(".git") or segments[-1]
    kind = Kind.REF if ref else Kind.REPOSITORY
    return Repository(f"file://{clean}", ref, clean, _folder(name), name, kind)


def _folder(name: str) -> str:
    """Make a safe folder name: never hidden, never `.git`, never one of Podium's own."""
    safe = _UNSAFE_FOLDER.sub("-", name).lstrip(".-")[:100]
    return safe if safe and safe.lower() != "git" else "repository"


def _bad_host(detail: str) -> Malformed:
    return Malformed("url_host", "The URL's host cannot be understood", detail, "Check the URL.")


def _bad_path(detail: str) -> Malformed:
    return Malformed(
        "url_path",
        "The URL does not name a repository",
        detail,
        "Use a URL like https://host/owner/name.",
    )
