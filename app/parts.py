"""Makes the parts of the application: what handlers ask for by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any

from app.accounts.keys import Keys
from app.accounts.limits import TRIES
from app.accounts.sharedlimits import SharedLimit, counting
from app.content.assembly import assemble as content_service
from app.content.policy import backs_up, policy_of
from app.db.nodes import keepers, whereabouts
from app.db.sessions import Database
from app.db.workspaces import LOCAL
from app.gitaccess.handing import Handing
from app.gitaccess.pasting import Pasting
from app.gitaccess.service import GitAccess
from app.ides.reading import catalogue_of
from app.imagebuilds.assembly import Ground, assemble
from app.imagebuilds.proving import Instances
from app.images.everywhere import AllRoots
from app.images.fake import FakeImages
from app.images.port import ImagePorts, Roots
from app.images.tickets import Tickets
from app.images.waiting import Waiting
from app.leading.lease import Servers
from app.leading.relay import Relay
from app.moves.assembly import assemble as moves_service
from app.moves.nodes import Nodes
from app.orphans.assembly import assemble as orphans_service
from app.orphans.judging import Terms
from app.orphans.places import Place
from app.runtime.holdings import Holdings
from app.runtime.loop import Reconciler
from app.runtime.nodes import AllLooks, AllPoints, AllSnapshots, Lease, NodePorts, Where
from app.runtime.points import Points
from app.runtime.port import Content, Dial, Runtime
from app.runtime.publish import RouteFeed
from app.runtime.snapshots import Snapshots as NodeSnapshots
from app.settings import Settings
from app.shares.opening import Opening
from app.shares.policy import Links as ShareLinks
from app.shares.policy import Policy as SharePolicy
from app.shares.service import Shares
from app.snapshots.assembly import assemble as snapshot_service
from app.sshaccess.entering import Entering
from app.sshaccess.service import SshAccess
from app.variables.service import Variables
from app.web.assets import Assets
from app.web.events import Hints
from app.web.render import Renderer
from app.workspaces import (
    repository,
)
from app.workspaces.agents import Agents, Giving
from app.workspaces.artefacts import Artefacts, images_of, read_artefacts
from app.workspaces.awake import Timeouts
from app.workspaces.cleaning import Ages, Cleaning, archived_after
from app.workspaces.dotfiles import Dotfiles
from app.workspaces.ides import Ides
from app.workspaces.imaging import Imaging
from app.workspaces.links import Links
from app.workspaces.platform import Platform
from app.workspaces.preferring import Preferring
from app.workspaces.profile import Profile
from app.workspaces.secrets import Secrets, hash_of
from app.workspaces.service import WorkspaceService
from app.workspaces.startimages import StartImages
from app.workspaces.store import Store
from app.workspaces.timeouts import Policy, limit_of
from app.workspaces.trusting import Trust
from app.workspaces.truth import DatabaseTruth
from app.workspaces.upkeep import Upkeep
from app.workspaces.vitals import Vitals
from kit.clock import Clock
from kit.durations import seconds_of


@dataclass(frozen=True, slots=True)
class Ports:
    """The adapters an application runs on."""

    runtime: Runtime
    content: Content
    dial: Dial
    artefacts: Callable[[], Artefacts | None] | None = None
    """What new starts get; None reads the pointer file that set-up writes."""
    images: ImagePorts = field(default_factory=lambda: FakeImages().ports)
    points: Points | None = None
    """None: no restore points are made, and what is deleted goes at once."""
    snapshots: NodeSnapshots | None = None
    """None: no snapshots can be made."""
    holdings: Holdings | None = None
    """None: nobody tells what lies on a node, and no orphan is found."""
    lease: Lease | None = None
    """Of the local node, which only tells how it is; None where there are no others."""
    others: Mapping[str, NodePorts] = field(default_factory=dict)
    """Further nodes: name → what leads there, and below their roots of images."""
    roots: Mapping[str, Roots] = field(default_factory=dict)


def make_parts(settings: Settings, ports: Ports, clock: Clock) -> dict[str, Any]:
    """Make the application's state: everything that handlers may ask for by name."""
    database = Database(settings.database_url)
    keys = Keys.load(Path(settings.layout.master_key))
    feed, hints, links = RouteFeed(), Hints(), Links()
    servers = Servers(database, token_hex(8))
    counts = counting(settings.redis, settings.shared_name)
    kept = policy_of(settings)
    local, nodes = ports, Nodes(database, clock, seconds_of(settings.node_lease))
    where = whereabouts(database)
    ports = _over_all(ports, where, keepers(database), nodes)
    points = ports.points if backs_up(settings) else None
    policy = Policy(
        settings.timeout,
        settings.max_lifetime,
        settings.max_starting,
        settings.job_limit,
        keep_deleted=kept.keep_deleted if points is not None else 0.0,
        archives=points is not None,
    )
    ides = catalogue_of(settings.ides)
    dials = {name: one.dial for name, one in ports.others.items()}
    store = Store(
        database, clock, Secrets(keys.master), feed, hints, policy, ides, dials, nodes.place
    )
    pointer = partial(read_artefacts, Path(settings.layout.artefacts))
    variables = Variables(database, clock, keys.seal)
    git_access = GitAccess(database, clock, keys.seal)
    handing = Handing(database, clock, keys.seal, settings.git_protocols)
    truth_of = partial(
        DatabaseTruth,
        store,
        ports.artefacts or pointer,
        links.connected,
        handing.for_clone,
        elsewhere=servers.elsewhere,
    )
    parts = ports.artefacts or pointer
    trees = {LOCAL: ports.content, **{name: one.content for name, one in ports.others.items()}}
    building = assemble(
        Ground(
            database=database,
            clock=clock,
            layout=settings.layout,
            content=ports.content,
            looks=AllLooks(trees, where),
            token_of=store.secrets.token,
            hash_of=hash_of,
            parts=parts,
            images=lambda: images_of(parts()),
            credentials=handing.for_clone,
            most=settings.max_builds,
            personal=variables,
            keep=seconds_of(settings.keep_builds),
        )
    )
    own_truth = truth_of(LOCAL, partial(nodes.admits, LOCAL))
    anew = [store.anew, nodes.anew, own_truth.anew]
    reconciler = Reconciler(ports.runtime, ports.content, building.beside(own_truth), clock)
    nodes.add(LOCAL, ports.runtime, ports.content, ports.lease, reconciler)
    for name, one in ports.others.items():
        own_truth = truth_of(name, partial(nodes.admits, name))
        anew.append(own_truth.anew)
        own = Reconciler(one.runtime, one.content, own_truth, clock)
        nodes.add(name, one.runtime, one.content, one.lease, own, one.address)
    nodes.listen(store)
    waiting = Waiting(Imaging(store), building.images(ports.images))
    store.listen(waiting.wake)
    for wake in (reconciler.wake, waiting.wake):
        building.builds.listen(wake)
    parse = partial(
        repository.parse,
        protocols=settings.git_protocols,
        local_roots=settings.local_repositories,
    )
    vitals = Vitals(clock, hints)
    giving = Giving(handing.known_hosts, variables.of_workspace)
    agents = Agents(
        store,
        settings.hosts,
        vitals,
        giving,
        settings.ssh_port,
        settings.gallery,
        servers.own if database.shared else "",
    )
    assets = Assets()
    workspaces = WorkspaceService(store, settings.hosts, parse)
    content = content_service(store, workspaces, keys, points, kept)
    keep_orphans = limit_of(settings.keep_orphans)
    orphans = orphans_service(
        store,
        content.repositories,
        parse,
        Terms(policy.keep_deleted, keep_orphans),
        {
            LOCAL: Place(local.holdings, local.content, local.points, local.snapshots),
            **{
                name: Place(one.holdings, one.content, one.points, one.snapshots)
                for name, one in local.others.items()
            },
        },
        ports.points,
    )
    snapshots = snapshot_service(
        store,
        settings.hosts,
        workspaces,
        ports.snapshots,
        settings.max_snapshots,
        nodes.begins_not,
    )
    moves = moves_service(store, nodes, workspaces, content.repositories, points)
    shareable = SharePolicy(ShareLinks(settings.share_links), seconds_of(settings.longest_share))
    start_images = StartImages(
        store,
        settings.hosts,
        Tickets(Path(settings.layout.registry_run)),
        parts,
        variables.image_auth,
    )
    store.listen(start_images.wake)
    return {
        "assets": assets,
        "renderer": Renderer(assets, clock),
        "settings": settings,
        "clock": clock,
        "database": database,
        "keys": keys,
        "feed": feed,
        "servers": servers,
        "counts": counts,
        "sign_in_limit": SharedLimit("sign-in", TRIES, counts),
        "relay": Relay(),
        "anew": anew,
        "hints": hints,
        "links": links,
        "ides": Ides(ides, ports.artefacts or pointer),
        "store": store,
        "reconciler": reconciler,
        "waiting": waiting,
        "building": building,
        "working": building.working,
        "keeping": building.keeping,
        "agents": agents,
        "vitals": vitals,
        "instances": Instances(agents, building.builds),
        "git_access": git_access,
        "pasting": Pasting(git_access, clock, keys.seal),
        "handing": handing,
        "variables": variables,
        "profile": Profile(store, keys.seal),
        "ssh_access": SshAccess(database, clock, settings.hosts, settings.ssh_port),
        "entering": Entering(store),
        "trust": Trust(store),
        "workspaces": workspaces,
        "platform": Platform(
            Path(settings.layout.platform_backup),
            clock,
            Path(settings.layout.node_room),
            Path(settings.layout.limits),
        ),
        "upkeep": Upkeep(store, workspaces),
        "cleaning": Cleaning(
            store, Ages(archived_after(settings) if points else None, limit_of(settings.clean_up))
        ),
        "timeouts": Timeouts(store, settings.hosts),
        "dotfiles": Dotfiles(store, parse),
        "preferring": Preferring(store),
        "shares": Shares(store, settings.hosts, keys, shareable),
        "opening": Opening(store, keys, counts),
        "start_images": start_images,
        **content.parts,
        **snapshots.parts,
        **orphans,
        **moves.parts,
    }


def _over_all(ports: Ports, where: Where, keeper: Where, nodes: Nodes) -> Ports:
    """Return the ports with which workspaces are asked about wherever they are."""
    if not ports.others:
        return ports
    points, snapshots = ports.points, ports.snapshots
    if points is not None:
        every = {LOCAL: points, **{name: one.points for name, one in ports.others.items()}}
        points = AllPoints(every, where, nodes.answers)
    if snapshots is not None:
        others = {name: one.snapshots for name, one in ports.others.items()}
        frozen = {LOCAL: snapshots, **{name: one for name, one in others.items() if one}}
        snapshots = AllSnapshots(frozen, keeper, nodes.answers)
    roots = AllRoots({LOCAL: ports.images.roots, **ports.roots}, where)
    images = replace(ports.images, roots=roots)
    return replace(ports, points=points, snapshots=snapshots, images=images)
