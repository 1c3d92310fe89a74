"""`podium workspace …`: create, list, show, start, stop, delete, logs, ports, timeout, ide."""

import json
import shutil
import sys
from argparse import Namespace

from cli.commands.client import WORKSPACES, ApiProblem, Client
from cli.commands.drawing import (
    Board,
    View,
    ago,
    describe,
    ide_line,
    port_line,
    row,
    summary,
    timeout_line,
)
from cli.commands.following import follow, follow_to_the_end, later, path_of
from cli.commands.repositories import lost_lines
from cli.problems import DONE, FAILED, USAGE, CommandError


def run(client: Client, arguments: Namespace) -> int:
    """Run one of the commands; returns the exit code."""
    match arguments.action:
        case "create":
            return _create(client, arguments)
        case "list":
            return _list(client, as_json=arguments.json)
        case "logs":
            return _logs(client, arguments)
        case "delete":
            return _delete(client, arguments)
        case "ports":
            return _ports(client, arguments)
        case "timeout":
            return _timeout(client, arguments)
        case "ide":
            return _ide(client, arguments)
        case "image":
            told = client.post(f"{path_of(find(client, arguments.id))}/image-token")
            lines = "  {image}\n  user {user}, password {password}".format(**told)
            print(json.dumps(told) if arguments.json else lines)
            return DONE
        case "show":
            _print(client.get(path_of(find(client, arguments.id))), as_json=arguments.json)
            return DONE
        case verb:
            return _turn(client, arguments, verb)


def _turn(client: Client, arguments: Namespace, verb: str) -> int:
    """Start or stop one."""
    if verb == "start" and arguments.elsewhere:
        return _elsewhere(client, arguments)
    force = "?force=true" if verb == "stop" and arguments.force else ""
    view = client.post(f"{path_of(find(client, arguments.id))}/{verb}{force}")
    return _finish(client, view, arguments, {"start": "running", "stop": "stopped"}[verb])


def find(client: Client, wished: str) -> str:
    """Return the id that is meant; the beginning of one suffices when it is the only one."""
    if not wished:
        raise CommandError("Say which workspace", cure="See `podium workspace list`.", code=USAGE)
    found = [one["id"] for one in client.workspaces() if one["id"].startswith(wished)]
    if wished in found or len(found) == 1:
        return wished if wished in found else str(found[0])
    if not found:
        raise CommandError(
            f"There is no such workspace: {wished[:64]}", cure="See `podium workspace list`."
        )
    raise CommandError(
        f"{wished} is the beginning of several ids",
        ", ".join(found),
        "Give more of the one that you mean.",
        USAGE,
    )


def _create(client: Client, arguments: Namespace) -> int:
    body = {
        "url": arguments.url,
        "ref": arguments.ref,
        "trust": arguments.trust,
        "partial": arguments.partial,
        "dotfiles": not arguments.no_dotfiles,
        **({"ide": arguments.ide} if arguments.ide else {}),
    }
    if arguments.download:
        names = ("url", "path", "digest")
        body["downloads"] = [dict(zip(names, one, strict=True)) for one in arguments.download]
    view = client.post(WORKSPACES, body, once=True)
    if not view["trusted"]:
        print(
            "  You have not trusted this repository: VS Code opens it restricted, and nothing of "
            "it runs\n  by itself. Once you trust its authors: podium workspace create --trust "
            f"{arguments.url}",
            file=sys.stderr,
        )
    return _finish(client, view, arguments, "running")


def _elsewhere(client: Client, arguments: Namespace) -> int:
    """Start without the node that has the files: what is lost with it is said first."""
    path = f"{path_of(find(client, arguments.id))}/elsewhere"
    offer = client.get(path)
    view = client.post(path)
    print(
        f"  From its restore point {ago(offer['made'])}: what was written later is on node "
        f"{offer['node']} alone,\n  and becomes a restore point when that comes back.",
        file=sys.stderr,
    )
    return _finish(client, view, arguments, "running")


def _list(client: Client, *, as_json: bool) -> int:
    views = client.workspaces()
    if as_json:
        print(json.dumps({"workspaces": [summary(one) for one in views]}))
    elif not views:
        print("  No workspaces. Make one: podium workspace create URL --trust --wait")
    else:
        print("\n".join(row(one) for one in views))
    return DONE


def _logs(client: Client, arguments: Namespace) -> int:
    path = path_of(find(client, arguments.id))
    view = client.get(path)
    if not arguments.follow:
        print(client.text(f"{path}/logs"), end="")
        return DONE
    board = Board(sys.stdout, 0, live=False)
    seen = 0
    try:
        while True:
            events = sorted(client.get(f"{path}/events")["events"], key=lambda one: int(one["id"]))
            for event in events:
                if event["id"] > seen:
                    print(f"  {event['kind']:<12} {event['text']}", flush=True)
                    seen = event["id"]
            board.show(view)
            view = later(client, view)
    except ApiProblem as problem:
        if problem.status != 404:
            raise
    print("  It is gone.")
    return DONE


def _ports(client: Client, arguments: Namespace) -> int:
    path = path_of(find(client, arguments.id))
    said = {"visibility": arguments.visibility, "protocol": arguments.protocol}
    body = {name: value for name, value in said.items() if value}
    if body and arguments.port is None:
        way = f"--{arguments.visibility}" if arguments.visibility else "--protocol https"
        raise CommandError(
            "Say which port",
            cure=f"For example: podium workspace ports ID 3000 {way}",
            code=USAGE,
        )
    view = client.put(f"{path}/ports/{arguments.port}", body) if body else client.get(path)
    ports = [one for one in view["ports"] if arguments.port in (None, one["port"])]
    if arguments.json:
        print(json.dumps({"ports": ports}))
    elif not ports:
        print("  Nothing listens." if arguments.port is None else "  Nothing listens there.")
    else:
        print("\n".join(port_line(one) for one in ports))
    return DONE


def _timeout(client: Client, arguments: Namespace) -> int:
    path = path_of(find(client, arguments.id))
    if arguments.timeout is None:
        view = client.get(path)
    else:
        wished = "" if arguments.timeout == "default" else arguments.timeout
        view = client.put(f"{path}/timeout", {"timeout": wished})
    if arguments.json:
        names = ("timeout", "active_at", "stops_at", "why_awake", "awake")
        print(json.dumps({name: view[name] for name in names}))
    else:
        print(timeout_line(view))
    return DONE


def _ide(client: Client, arguments: Namespace) -> int:
    path = path_of(find(client, arguments.id))
    body = {"ide": arguments.ide}
    view = client.patch(path, body) if arguments.ide else client.get(path)
    print(json.dumps({"ide": view["ide"]}) if arguments.json else ide_line(view))
    return DONE


def _delete(client: Client, arguments: Namespace) -> int:
    path = path_of(find(client, arguments.id))
    if not arguments.yes and not _confirmed(client.get(path)):
        print("  Nothing was deleted.")
        return FAILED
    view = client.delete(f"{path}?force=true" if arguments.force else path)
    if arguments.wait:
        follow_to_the_end(client, view)
    if arguments.json:
        print(json.dumps({"id": view["id"], "deleted": bool(arguments.wait)}))
    else:
        print(f"  {view['id']} is {'gone' if arguments.wait else 'being deleted'}.")
    return DONE


def _confirmed(view: View) -> bool:
    if not sys.stdin.isatty():
        raise CommandError(
            "Nobody is there to confirm",
            cure="Add --yes to delete without a question.",
            code=USAGE,
        )
    for line in lost_lines(view):
        print(line)
    print(f"  Everything in {view['name']} ({view['id']}) will be deleted.")
    print("  `podium workspace deleted` lists what can be restored, and until when.")
    return input("  Type its name to delete it: ").strip() == str(view["name"])


def _finish(client: Client, view: View, arguments: Namespace, wanted: str) -> int:
    """Wait when asked to, print, and tell by the exit code whether it worked."""
    if arguments.wait:
        width = shutil.get_terminal_size().columns
        board = Board(sys.stdout, width, live=sys.stdout.isatty())
        drawn = wanted == "running" and not arguments.json
        view = follow(client, view, wanted, board.show if drawn else lambda _view: None)
    _print(view, as_json=arguments.json)
    if not arguments.wait or view["phase"] == wanted:
        return DONE
    problem = summary(view)["problem"]
    if problem is None:
        raise CommandError(
            f"{view['id']} is {view['phase']}, not {wanted}",
            "It was stopped, or started again, by somebody else.",
            f"podium workspace logs {view['id']}",
        )
    raise CommandError(problem["title"], problem.get("detail", ""), problem.get("cure", ""))


def _print(view: View, *, as_json: bool) -> None:
    print(json.dumps(summary(view)) if as_json else describe(view))
