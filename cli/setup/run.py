"""Builds what the plan names and is not there yet; the longest two at the same time."""

from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from cli.setup import assets, bundle, compiled, ide, image, jupyterlab, sources, web
from cli.setup.commands import Commands
from cli.setup.digests import listed
from cli.setup.npm import Npm
from cli.setup.progress import Board, Step, StepFailedError
from cli.setup.stage import build_once
from cli.setup.steps import IMAGE_FILES, Files, Plan
from wire.assets import image_of

_TOGETHER = 2
"""Builds at the same time: one compiles, the other downloads and unpacks."""

_ROOT_ONLY = 0o700
_READABLE = 0o755


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds the parts of one plan into one cache."""

    checkout: Path
    cache: Path
    files: Files
    plan: Plan
    npm: Npm
    board: Board
    commands: Commands

    def build_all(self) -> Path:
        """Build what is missing; return the platform's folder. Raises StepFailedError.

        When one part fails the others are ended: they are built again in the next run.
        """
        pool = ThreadPoolExecutor(_TOGETHER)
        machine_code = pool.submit(self.build_compiled)
        long = (self.build_code, self.build_default, self.build_supervisor)
        jobs = [pool.submit(one) for one in long]
        try:
            with self.board.ticking():
                wait(jobs, return_when=FIRST_EXCEPTION)
                for job in jobs:
                    if job.done():
                        job.result()
        finally:
            if not all(job.done() and job.exception() is None for job in jobs):
                self.commands.stop()
            pool.shutdown(cancel_futures=True)
        return self._platform(machine_code.result())

    def later(self) -> dict[str, str]:
        """Return what is built after the platform serves and is there already, as a record."""
        parts = {
            "full": self.cache / "images" / self.plan.full,
            "jupyterlab": self.cache / "ide" / self.plan.jupyterlab,
        }
        return {name: folder.name for name, folder in parts.items() if folder.is_dir()}

    def build_jupyterlab(self) -> None:
        """Build JupyterLab unless it is there. Raises StepFailedError."""
        packages = [*self._listed("bundle-packages.txt"), *self._listed("jupyterlab-packages.txt")]
        lock = self.files["cli/setup/jupyterlab.lock"]
        self._once(
            "ide",
            self.plan.jupyterlab,
            "JupyterLab from PyPI's packages",
            lambda step, fresh: jupyterlab.build(step, packages, lock, fresh),
            "jupyterlab",
        )

    def build_full(self) -> None:
        """Build the image `full` unless it is there. Raises StepFailedError."""
        recipe = self._recipe("full", "image-packages.txt", "image-full-packages.txt")
        self._once(
            "images",
            self.plan.full,
            "Workspace image `full`",
            lambda step, fresh: image.build(step, recipe, self.npm, fresh),
            "image-full",
        )

    def _once(
        self,
        kind: str,
        digest: str,
        title: str,
        build: Callable[[Step, Path], None],
        log_name: str = "",
    ) -> Path:
        folder = self.cache / kind / digest

        def waiting(pid: str) -> None:
            self.board.say(f"  {title}: process {pid} is building it, waiting")

        def with_step(fresh: Path) -> None:
            log = self.cache / "logs" / f"{log_name or kind}.log"
            with Step(title, log, self.board, self.commands) as step:
                try:
                    build(step, fresh)
                except OSError as error:
                    raise step.failure(str(error)) from error

        # an image holds set-user-id programs, which nobody on the host may reach
        mode = _ROOT_ONLY if kind == "images" else _READABLE
        build_once(folder, with_step, mode=mode, waiting=waiting)
        return folder

    def _listed(self, name: str) -> list[str]:
        return listed(self.files[f"cli/setup/{name}"].decode())

    def build_default(self) -> None:
        """Build the default image unless it is there. Raises StepFailedError."""
        recipe = self._recipe("default", "image-packages.txt")
        self._once(
            "images",
            self.plan.image,
            "Workspace image from Debian's packages",
            lambda step, fresh: image.build(step, recipe, self.npm, fresh),
        )

    def _recipe(self, name: str, *lists: str) -> image.Recipe:
        contents = {
            path.removeprefix(IMAGE_FILES): content
            for path, content in self.files.items()
            if path.startswith(IMAGE_FILES)
        }
        return image.Recipe(name, [line for one in lists for line in self._listed(one)], contents)

    def build_code(self) -> None:
        """Build VS Code, and its files for browsers, unless there. Raises StepFailedError."""
        pin = self.files["cli/setup/ide.json"]
        name = image_of(self.plan.ide)
        tree = self._once(
            "ide",
            self.plan.ide,
            "VS Code, compiling its native modules",
            lambda step, fresh: ide.build(step, self.npm, pin, name, fresh),
        )
        self._once(
            "assets",
            self.plan.assets,
            "VS Code's files for browsers, compressing",
            lambda step, fresh: assets.build(step, tree, name, fresh),
        )

    def build_supervisor(self) -> None:
        """Build the supervisor's bundle unless it is there. Raises StepFailedError."""
        vendor = self._web()  # the page that the bundle holds is made of it
        packages = [*self._listed("bundle-packages.txt"), *self._listed("spare-git-packages.txt")]
        python = self._once(
            "python",
            self.plan.python,
            "Python for any workspace image",
            lambda step, fresh: bundle.build_python(step, packages, fresh),
        )
        self._once(
            "supervisor",
            self.plan.supervisor,
            "Supervisor bundle",
            lambda step, fresh: bundle.build_supervisor(step, python, vendor, self.files, fresh),
        )

    def _web(self) -> Path:
        vendor = self._once(
            "web",
            self.plan.web,
            "Web assets",
            lambda step, fresh: web.build(step, self.npm, self.files, fresh),
        )
        sources.refresh_vendor(self.checkout, vendor)
        return vendor

    def build_compiled(self) -> Path | None:
        """Compile the proxy's hot path; None when it cannot be, which harms nothing."""
        try:
            return self._once(
                "compiled",
                self.plan.compiled,
                "The proxy's hot path, compiling",
                lambda step, fresh: compiled.build(step, self.files, fresh),
            )
        except StepFailedError as error:
            self.board.say(f"  {error}\n  The proxy runs as plain Python.")
            return None

    def _platform(self, machine_code: Path | None) -> Path:
        vendor = self.cache / "web" / self.plan.web
        return self._once(
            "platform",
            self.plan.platform if machine_code is not None else self.plan.plain,
            "Copy of the platform's code",
            lambda _step, fresh: sources.copy_platform(self.files, vendor, machine_code, fresh),
        )
