"""Every part of the graph, in its order: roots and libraries first, then the images.

A part's folder holds `layer.tar` when it is laid into an image, `oci` and `sbom.cdx.json` when it
is one.
"""

from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path

from cli.images import buildah, locked, payload, rootfs, sbom, site
from cli.images.buildah import Running
from cli.images.components import LOCK, SUPERVISOR, Component, Recipes, parts, root_of, site_of
from cli.images.graph import Part, ordered
from cli.images.kept import Kept
from cli.images.locked import only
from cli.images.sbom import Package
from cli.setup.digests import listed
from cli.setup.progress import Step
from cli.setup.run import Builder
from cli.setup.terminals import VENDOR
from cli.setup.web import FILES
from kit.oci.trees import Tree
from wire.ownimages import ABOVE

LAYER = "layer.tar"
LAYOUT = "oci"
SBOM = "sbom.cdx.json"
_SBOM_LABEL = "dev.podium.sbom"
_NPM_LOCK = "frontend/package-lock.json"
_BUNDLE_LOCK = "supervisor/requirements.lock"
_BUNDLE_LISTS = ("bundle-packages.txt", "spare-git-packages.txt")
_TESTS_ONLY = frozenset({"axe-core"})


@dataclass(frozen=True, slots=True)
class Made:
    """One image."""

    name: str
    folder: Path
    digest: str

    @property
    def layout(self) -> Path:
        """The OCI layout that holds it, and nothing else."""
        return self.folder / LAYOUT


@dataclass(slots=True)
class Images:
    """Builds the graph of one checkout into one folder."""

    builder: Builder
    recipes: Recipes
    kept: Kept
    compiled: Path
    made: dict[str, Made] = field(default_factory=dict)
    places: dict[str, Path] = field(default_factory=dict)

    def build(self, day: str) -> list[Made]:
        """Build what is missing; `day` tells one state of Debian's packages from another.

        Raises StepFailedError.
        """
        plan = self.builder.plan
        names = {SUPERVISOR: plan.supervisor, "compiled": plan.compiled, "web": plan.web}
        for part in ordered(parts(self.builder.files, self.recipes, names, day)):
            self.places[part.name] = self.kept.have(part, partial(self._one, part))
            self._note(part)
        return sorted(self.made.values(), key=lambda one: one.name)

    def _note(self, part: Part) -> None:
        if part.name in {SUPERVISOR, *self.recipes.components}:
            place = self.places[part.name]
            self.made[part.name] = Made(part.name, place, self.kept.outputs[part.name])

    def _one(self, part: Part, fresh: Path) -> str:
        log = self.builder.cache / "logs" / f"image-{part.name}.log"
        with Step(
            f"Image part {part.name}", log, self.builder.board, self.builder.commands
        ) as step:
            try:
                return self._filled(step, part, fresh)
            except (OSError, ValueError) as error:
                raise step.failure(str(error)) from error

    def _filled(self, step: Step, part: Part, fresh: Path) -> str:
        recipes = self.recipes
        for base, packages in recipes.bases.items():
            if part.name == root_of(base):
                rootfs.build(step, packages, fresh)
                return buildah.write_layer(Tree(fresh / "rootfs"), fresh / LAYER)
        for name, one in recipes.components.items():
            if part.name == site_of(name):
                pins = only(self._text(LOCK), one.libraries)
                site.build(step, pins, payload.SITE, fresh)
                return Tree(fresh, site.PACKAGES).digest()
        if part.name == SUPERVISOR:
            return self._bundle(step, fresh)
        return self._service(step, recipes.components[part.name], fresh)

    def _service(self, step: Step, one: Component, fresh: Path) -> str:
        root, laid = self.places[root_of(one.base)], fresh / "laid"
        laid.mkdir()
        web = self.builder.cache / "web" / self.builder.plan.web if one.web else None
        compiled = self.compiled if one.compiled else None
        payload.lay(self.builder.files, one, self.places[site_of(one.name)], compiled, web, laid)
        status = (root / "rootfs/var/lib/dpkg/status").read_text()
        told = sbom.document(
            f"podium-{one.name}",
            sbom.installed(status),
            only(self._text(LOCK), one.libraries),
            sbom.npm_parts(self._text(_NPM_LOCK), served()) if one.web else [],
        )
        (laid / SBOM).write_bytes(told)
        (fresh / SBOM).write_bytes(told)
        buildah.write_layer(Tree(laid, payload.PLACE), fresh / LAYER)
        running = Running(
            user=_who(one),
            command=("python", "-P", "-m", one.module),
            environment=payload.running(one),
            labels=labels(one.name, told),
        )
        return self._put(step, [root / LAYER, fresh / LAYER], running, fresh)

    def _bundle(self, step: Step, fresh: Path) -> str:
        folder = self.builder.cache / "supervisor" / self.builder.plan.supervisor
        pins = list(locked.pins(self._text(_BUNDLE_LOCK)).values())
        lists = (self._text(f"cli/setup/{name}") for name in _BUNDLE_LISTS)
        # their versions are those of the day when the bundle was built
        debian = [Package(name, "", "amd64") for one in lists for name in listed(one)]
        npm = sbom.npm_parts(self._text(_NPM_LOCK), of_terminals())
        told = sbom.document(f"podium-{SUPERVISOR}", debian, pins, npm)
        (fresh / SBOM).write_bytes(told)
        inside = ABOVE[SUPERVISOR].inside
        buildah.write_layer(Tree(folder, inside), fresh / LAYER)
        return self._put(step, [fresh / LAYER], Running(labels=labels(SUPERVISOR, told)), fresh)

    def _put(self, step: Step, layers: list[Path], running: Running, fresh: Path) -> str:
        buildah.make(step, layers, running, fresh / LAYOUT)
        return buildah.digest_of(fresh / LAYOUT)

    def _text(self, name: str) -> str:
        return self.builder.files[name].decode()


def served() -> set[str]:
    """Return the packages of npm that pages load."""
    return sbom.npm_names(FILES) - _TESTS_ONLY


def of_terminals() -> set[str]:
    """Return those that the bundle's own page loads."""
    return sbom.npm_names(source for source, name in FILES.items() if name in VENDOR)


def labels(component: str, document: bytes) -> dict[str, str]:
    """Return the labels of an image, with the digest of the list of what it is made of."""
    return {
        "org.opencontainers.image.title": f"podium-{component}",
        _SBOM_LABEL: f"sha256:{sha256(document).hexdigest()}",
    }


def _who(component: Component) -> str:
    return "0:0" if component.user == "root" else f"{rootfs.USER_ID}:{rootfs.USER_ID}"
