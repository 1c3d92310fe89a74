"""From what a repository asks for to the build that makes it: its parts, and its name."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from msgspec.json import encode

from app.imagebuilds.builds import Order, Recipe
from app.imagebuilds.dockerfile import read
from app.imagebuilds.key import Ingredients, key_of
from app.images.aliases import alias_of
from app.runtime.port import Looked
from kit.oci.core.references import parse
from kit.oci.core.refusals import Refused
from wire.imagebuild import FeaturePart

Look = Callable[[Sequence[str]], Awaitable[Sequence[Looked]]]
"""Tells what is at paths of the repository's commit."""
OWN = "gitpod/workspace-base"
"""The installation's own image, above which features are installed that name none."""
IGNORES = (".dockerignore", ".containerignore")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which Dockerfile of which repository, for whom."""

    organisation: str
    owner: str
    url: str
    revision: str
    folder: str
    partial: bool
    file: str
    context: str
    """Path of a folder; empty is the repository's."""
    target: str
    arguments: Mapping[str, str]
    above: str = ""
    """Without a file: the image above which features are installed."""
    features: Sequence[FeaturePart] = ()
    variables: frozenset[str] = frozenset()
    """Names of the owner's variables: those that a step mounts as a secret are given to it."""
    registries: frozenset[str] = frozenset()
    """Hosts for which the owner has a password."""


class Unbuildable(Exception):
    """It cannot be built at all; the text is for people."""


def paths_of(file: str, context: str | None) -> tuple[str, str]:
    """Return both as plain paths in the repository. Raises Unbuildable.

    Without a context it is the Dockerfile's folder, as in Gitpod.
    """
    plain = _plain(file)
    if not plain:
        raise Unbuildable(
            f"{file or 'The Dockerfile'} of .gitpod.yml is no path in the repository."
        )
    if context is None:
        return plain, plain.rpartition("/")[0]
    inside = _plain(context)
    if inside is None:
        raise Unbuildable(f"The context {context} is no folder in the repository.")
    return plain, inside


async def plan(asked: Asked, images: Mapping[str, str], look: Look) -> Order:
    """Return the order; `images` are the installation's own, name → digest. Raises Unbuildable."""
    dockerfile = Looked(text=f"FROM {asked.above or OWN}\n")
    if asked.file:
        (dockerfile,) = await look([asked.file])
        if not dockerfile.id or dockerfile.folder:
            raise Unbuildable(f"{asked.file} is not in the repository, or is a link.")
    recipe = read(dockerfile.text, asked.arguments)
    if not recipe.images and "FROM" not in dockerfile.text.upper():
        raise Unbuildable(f"{asked.file} has no FROM.")
    base, bases, pulls = _bases(recipe.images, images)
    hosts = {parse(one).host for one in pulls}
    hosts |= {parse(one.reference).host for one in asked.features}
    secrets = [one for one in recipe.secrets if one in asked.variables]
    personal = bool(hosts & asked.registries or secrets)
    front = f"{asked.context}/" if asked.context else ""
    objects = await _objects(asked, front, recipe.sources, look)
    made_of = Ingredients(
        organisation=asked.organisation,
        dockerfile=dockerfile.text,
        base=images.get(base, ""),
        target=asked.target,
        arguments=asked.arguments,
        objects={path.removeprefix(front): name for path, name in objects.items()},
        features=[encode(one).decode() for one in asked.features],
        person=asked.owner if personal else "",
    )
    return Order(
        key=key_of(made_of),
        owner=asked.owner,
        organisation=asked.organisation,
        url=asked.url,
        revision=asked.revision,
        folder=asked.folder,
        partial=asked.partial,
        recipe=Recipe(
            dockerfile=asked.file,
            context=asked.context,
            target=asked.target,
            arguments=dict(asked.arguments),
            bases=bases,
            pulls=pulls,
            objects=objects,
            text=sha256(dockerfile.text.encode()).hexdigest(),
            above=asked.above or OWN,
            features=list(asked.features),
            secrets=secrets,
            personal=personal,
        ),
        base=base,
        base_digest=images.get(base, ""),
    )


async def _objects(
    asked: Asked, front: str, sources: Sequence[str] | None, look: Look
) -> dict[str, str]:
    """Return git's ids of what a build reads, by path; `sources` None is all. Raises Unbuildable.

    A source that is not there, as far as git tells, may be a link or behind one. COPY follows it,
    so it counts as reading everything.
    """
    if sources is not None and not sources:
        return {}
    read = [asked.context] if sources is None else [front + one for one in sources]
    ignores = [*(front + one for one in IGNORES), f"{asked.file}.dockerignore"]
    wanted = list(dict.fromkeys([*read, *ignores]))
    found = await look(wanted)
    objects = {path: one.id for path, one in zip(wanted, found, strict=True)}
    if all(objects[one] for one in read):
        return objects
    if sources is None:
        raise Unbuildable(f"The context {asked.context} is no folder in the repository.")
    return await _objects(asked, front, None, look)


def _bases(names: Sequence[str], images: Mapping[str, str]) -> tuple[str, list[str], list[str]]:
    """Return the installation's image that is meant, under which names, and all other names."""
    base, bases, pulls = "", list[str](), list[str]()
    for name in names:
        try:
            reference = parse(name)
        except Refused as error:
            raise Unbuildable(f"FROM {name}: {error}") from error
        if reference.host.startswith("["):
            # the facade has no spelling of it, and without the facade nothing is fetched
            raise Unbuildable(f"FROM {name}: a registry has a name here, or an IPv4 address.")
        alias = alias_of(name)
        if alias is None:
            pulls.append(name)
            continue
        image = alias.image if alias.image in images else next(iter(images), "")
        if base and image != base:
            # one folder can be shown: the larger image has everything of the smaller
            image = max(base, image, key=lambda one: list(images).index(one))
        base = image
        bases.append(f"{reference.name}:{reference.tag or 'latest'}")
    return base, bases, pulls


def _plain(path: str) -> str | None:
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if ".." in parts or not path.isprintable():
        return None
    return "/".join(parts)
