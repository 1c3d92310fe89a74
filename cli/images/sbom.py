"""What an image is made of, as a CycloneDX document: Debian's packages, libraries, npm's parts.

The same parts give the same bytes; no day and no chance is in it.
"""

import base64
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from cli.images.locked import Pin

_NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
"""RFC 4122's for URLs."""
_NPM = "node_modules/"


@dataclass(frozen=True, slots=True)
class Package:
    """One of Debian's."""

    name: str
    version: str
    """Empty where nobody has written it down."""
    architecture: str
    source: str = ""


def installed(status: str) -> list[Package]:
    """Return the packages that dpkg's `status` has as installed, by name."""
    found = []
    for paragraph in status.split("\n\n"):
        fields = dict(_fields(paragraph))
        if fields.get("Status", "").endswith(" installed"):
            source = fields.get("Source", "").partition(" ")[0]
            found.append(
                Package(fields["Package"], fields["Version"], fields["Architecture"], source)
            )
    return sorted(found, key=lambda one: one.name)


def _fields(paragraph: str) -> Iterable[tuple[str, str]]:
    for line in paragraph.splitlines():
        name, colon, value = line.partition(":")
        if colon and not line.startswith((" ", "\t")):
            yield name, value.strip()


def npm_parts(lock: str, names: Iterable[str]) -> list[Component]:
    """Return packages of npm's lock file by name. Raises KeyError for one that is not in it."""
    packages = json.loads(lock)["packages"]
    return [_of_npm(name, packages[f"{_NPM}{name}"]) for name in sorted(set(names))]


def _of_npm(name: str, locked: Mapping[str, str]) -> Component:
    space, _, short = name.rpartition("/")
    algorithm, _, text = locked["integrity"].partition("-")
    assert algorithm == "sha512"
    mark = HashType(alg=HashAlgorithm.SHA_512, content=base64.b64decode(text).hex())
    url = PackageURL("npm", space or None, short, locked["version"])
    return _component(name, locked["version"], url, [mark])


def npm_names(files: Iterable[str]) -> set[str]:
    """Return the packages that files of npm's are of, by their paths."""
    return {"/".join(one.split("/")[: 2 if one.startswith("@") else 1]) for one in files}


def document(
    image: str, debian: Sequence[Package], libraries: Sequence[Pin], npm: Sequence[Component]
) -> bytes:
    """Return the document of an image."""
    parts = [_of_debian(one) for one in debian]
    parts += [_of_python(one) for one in libraries]
    parts += npm
    whole = Component(name=image, type=ComponentType.CONTAINER, bom_ref=image)
    spelt = " ".join(sorted(str(one.bom_ref) for one in parts))
    bom = Bom(serial_number=uuid.uuid5(_NAMESPACE, f"{image} {spelt}"))
    bom.metadata.component = whole
    bom.components.update(parts)
    bom.register_dependency(whole, parts)
    told = json.loads(JsonV1Dot6(bom).output_as_string())
    del told["metadata"]["timestamp"]
    return (json.dumps(told, indent=1, sort_keys=True) + "\n").encode()


def _of_debian(one: Package) -> Component:
    more = {"arch": one.architecture, "distro": "debian-12"}
    more |= {"upstream": one.source} if one.source else {}
    url = PackageURL("deb", "debian", one.name, one.version or None, more)
    return _component(one.name, one.version, url, [])


def _of_python(one: Pin) -> Component:
    marks = [HashType(alg=HashAlgorithm.SHA_256, content=mark) for mark in one.hashes]
    return _component(one.name, one.version, PackageURL("pypi", None, one.name, one.version), marks)


def _component(name: str, version: str, url: PackageURL, marks: Sequence[HashType]) -> Component:
    return Component(
        name=name,
        version=version or None,
        type=ComponentType.LIBRARY,
        purl=url,
        bom_ref=url.to_string(),
        hashes=marks,
    )
