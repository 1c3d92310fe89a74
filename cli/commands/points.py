"""`podium workspace points`, `deleted`, `undelete`, `free`: look into restore points, use them."""

import json
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from cli.commands import pointwaits
from cli.commands.client import Client
from cli.commands.drawing import describe, size
from cli.commands.following import path_of
from cli.commands.workspaces import find
from cli.problems import DONE, FAILED, USAGE, CommandError

ACTIONS = frozenset({"points", "deleted", "undelete", "free"})
_DELETED = "/api/v1/deleted-workspaces"
_PENDING = "deleted workspace whose files are still here"
_VERBS = {
    "list": "list restore points, newest first",
    "make": "have one made now",
    "files": "list a folder of one",
    "download": "take a file, a folder or everything out of one",
    "restore": "let the stopped workspace become what it was then; it is backed up first",
    "new": "open one as a new workspace",
    "pin": "keep one for as long as the workspace is there",
    "unpin": "let it go again when its time comes",
}
_WITHOUT_POINT = frozenset({"list", "make"})


def add(actions: "_SubParsersAction[ArgumentParser]") -> None:
    """Add the grammar of the commands."""
    text = "restore points: list, look into, download, restore"
    points = actions.add_parser("points", help=text, description=text)
    verbs = points.add_subparsers(dest="verb_of_points", required=True, metavar="WHAT")
    one_of = {name: verbs.add_parser(name, help=help_) for name, help_ in _VERBS.items()}
    for name, one in one_of.items():
        one.add_argument("id", metavar="ID", help="the workspace's id, or the beginning of it")
        if name not in _WITHOUT_POINT:
            one.add_argument("point", metavar="POINT", help="its id, or `latest`")
        if name != "download":
            one.add_argument("--json", action="store_true", help="print one JSON object")
    for name in ("make", "restore"):
        one_of[name].add_argument("--wait", action="store_true", help="return when it is done")
    for name in ("files", "download"):
        one_of[name].add_argument("path", metavar="PATH", nargs="?", default="", help=_PATH)
    download = one_of["download"]
    download.add_argument(
        "--format", choices=("file", "tar.zst", "zip"), help="of a file: file; else tar.zst"
    )
    download.add_argument("-o", "--output", metavar="FILE", help="where to; - is stdout")
    one_of["new"].add_argument("--name", default="", metavar="NAME", help="what it is called")
    deleted = actions.add_parser("deleted", help="list deleted workspaces that can be restored")
    undelete = actions.add_parser("undelete", help="bring a deleted workspace back")
    undelete.add_argument("id", metavar="ID", help="its id, or the beginning of it")
    free = actions.add_parser(
        "free", help="free the files of a deleted workspace whose last restore point is pending"
    )
    free.add_argument("id", metavar="ID", help="its id")
    for one in (deleted, undelete, free):
        one.add_argument("--json", action="store_true", help="print one JSON object")


_PATH = "inside the point, e.g. workspace/demo; else everything"


def run(client: Client, arguments: Namespace) -> int:
    """Run one of the commands; returns the exit code."""
    match arguments.action:
        case "deleted":
            found = client.get(_DELETED)
            _print(arguments, found, "\n".join(map(_deleted, found["workspaces"])) or _NONE)
        case "undelete":
            workspace = _meant(
                client.get(_DELETED)["workspaces"], arguments.id, "deleted workspace"
            )
            view = client.post(f"{_DELETED}/{workspace}/restore")
            _print(arguments, view, f"  {workspace} is being restored.")
        case "free":
            pending = [one for one in client.get(_DELETED)["workspaces"] if one["pending"]]
            view = client.delete(f"{path_of(_meant(pending, arguments.id, _PENDING))}?force=true")
            _print(arguments, view, f"  The files of {view['id']} are being freed.")
        case _:
            return _points(client, arguments)
    return DONE


_NONE = "  Nothing was deleted lately."


def _points(client: Client, arguments: Namespace) -> int:
    place = f"{path_of(_workspace(client, arguments.id))}/points"
    if arguments.verb_of_points == "list":
        found = client.get(place)
        _print(arguments, found, "\n".join(map(_line, found["points"])) or "  None yet.")
        return DONE
    if arguments.verb_of_points == "make":
        made = client.post(place)
        if arguments.wait:
            made = pointwaits.until_made(client, place, made)
        what = "is made" if made["state"] == "done" else "is being made"
        _print(arguments, made, f"  {made['id']} {what}.")
        return DONE
    point = _point(client.get(place)["points"], arguments.point)
    place = f"{place}/{point}"
    match arguments.verb_of_points:
        case "files":
            found = client.get(f"{place}/files?path={_query(arguments.path)}")
            _print(arguments, found, "\n".join(map(_file, found["files"])) or "  It is empty.")
        case "download":
            return _download(client, place, point, arguments)
        case "restore":
            view = client.post(f"{place}/restore")
            if arguments.wait:
                view = pointwaits.until_restored(client, view)
            what = "is restored" if arguments.wait else "is being restored"
            _print(arguments, view, f"  {view['id']} {what}.")
        case "new":
            body = {"name": arguments.name} if arguments.name else {}
            view = client.post(f"{place}/workspace", body)
            _print(arguments, view, describe(view))
        case verb:
            changed = client.patch(place, {"pinned": verb == "pin"})
            _print(arguments, changed, f"  {point} {'stays' if verb == 'pin' else 'may go'}.")
    return DONE


def _download(client: Client, place: str, point: str, arguments: Namespace) -> int:
    """Write what comes as it comes; what is not whole is removed again."""
    path = arguments.path.strip("/")
    wanted = arguments.format or _format_of(client, place, path)
    last = path.rpartition("/")[2] or point
    name = last if wanted == "file" else f"{last}.{wanted}"
    url = f"{place}/download?format={wanted}&path={_query(path)}"
    if arguments.output == "-":
        client.stream(url, sys.stdout.buffer.write)
        return DONE
    target = Path(arguments.output or name.replace("\0", "_"))
    if target.exists():
        raise CommandError(f"{target} exists already", cure="Name another with -o.", code=FAILED)
    partial = target.with_name(f"{target.name}.part")
    try:
        with partial.open("xb") as file:
            written = client.stream(url, file.write, _progress)
        partial.rename(target)
    except FileExistsError as error:
        raise CommandError(f"{partial} is left of another download", cure="Remove it.") from error
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    print(f"  {target}: {written} bytes")
    return DONE


def _format_of(client: Client, place: str, path: str) -> str:
    """Return what a path is sent as by default: a file as it is, all else as an archive."""
    if not path:
        return "tar.zst"
    above = path.rpartition("/")[0]
    listed = client.get(f"{place}/files?path={_query(above)}")["files"]
    wanted = path.encode()
    kinds = {unquote_to_bytes(one["path"]): one["kind"] for one in listed}
    return "file" if kinds.get(wanted) == "file" else "tar.zst"


def _progress(received: int) -> None:
    if sys.stderr.isatty():
        print(f"\r  {received / 1e6:.1f} MB", end="", file=sys.stderr, flush=True)


def _query(path: str) -> str:
    """Return a path of this machine's spelling as the API takes it: bytes as %XX, twice."""
    return quote(quote(path.strip("/"), safe="/", errors="surrogateescape"), safe="")


def _workspace(client: Client, wished: str) -> str:
    """Return the id that is meant, also of a deleted workspace."""
    try:
        return find(client, wished)
    except CommandError as error:
        deleted = [one["id"] for one in client.get(_DELETED)["workspaces"]]
        found = [one for one in deleted if wished and one.startswith(wished)]
        if len(found) != 1:
            raise error from None
        return str(found[0])


def _meant(known: list[dict[str, Any]], wished: str, what: str) -> str:
    found = [str(one["id"]) for one in known if wished and str(one["id"]).startswith(wished)]
    if len(found) != 1:
        raise CommandError(
            f"{wished} is the beginning of several ids"
            if found
            else f"There is no {what} {wished}",
            cure="See the list.",
            code=USAGE,
        )
    return found[0]


def _point(points: list[dict[str, Any]], wished: str) -> str:
    made = [one for one in points if one["state"] == "done"]
    if wished == "latest" and made:
        return str(made[0]["id"])
    return _meant(points, wished, "restore point")


def _print(arguments: Namespace, found: Any, text: str) -> None:
    print(json.dumps(found) if arguments.json else text)


def _line(point: dict[str, Any]) -> str:
    if point["state"] != "done":
        why = (point["problem"] or {}).get("title", "") or pointwaits.words(point["progress"])
        return f"  {point['id']}  {point['state']}{': ' + why if why else ''}"
    facts = [f"{point['files']} files", size(point["size"])]
    facts += [f"{point['files_new']} new"] if point["files_new"] else []
    facts += [f"{point['files_changed']} changed"] if point["files_changed"] else []
    facts += ["pinned"] if point["pinned"] else []
    return f"  {point['id']}  {_time(point['made'])}  {point['reason']:<8}  {', '.join(facts)}"


def _file(file: dict[str, Any]) -> str:
    slash = "/" if file["kind"] == "folder" else ""
    target = f" -> {file['target']}" if file["target"] else ""
    return f"  {file['size']:>12}  {_time(file['modified'])}  {file['name']}{slash}{target}"


def _deleted(one: dict[str, Any]) -> str:
    facts = [f"until {_time(one['until'])}", f"{one['points']} restore points"]
    if one["pending"]:
        why = (one["problem"] or {}).get("title", "")
        facts.append(f"its last one pending{': ' + why if why else ''}")
    return f"  {one['id']}  {one['name']}  {', '.join(facts)}"


def _time(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M")
