"""skopeo pushes with the token of a build and takes the image back; nothing else is written."""

import json
import time
from pathlib import Path

from kit.oci.layout import Layout as Store
from tests.blobserve.facades import ran, served
from tests.kit.oci.images import add_image

KEY = "a" * 64
OTHER = "b" * 64


async def test_skopeo_pushes_and_takes_back_the_same(tmp_path: Path) -> None:
    source = Store(tmp_path / "source")
    image = add_image(source, {"etc/motd": b"hello\n", "big": b"x" * 3_000_000})
    source.tag("one", image)
    async with served(tmp_path) as there:
        token = there.tickets.open_build(KEY, until=time.time() + 60)
        auth = there.authfile(token)
        to = f"docker://{there.strangers}/built/{KEY}:latest"
        await ran(
            "skopeo",
            "copy",
            "--dest-tls-verify=false",
            "--dest-authfile",
            auth,
            f"oci:{source.folder}:one",
            to,
        )
        found = there.store.resolve(f"built/{KEY}")
        assert found is not None
        assert found.digest == image.digest
        back = tmp_path / "back"
        own = f"docker://{there.own}/built/{KEY}:latest"
        await ran("skopeo", "copy", "--src-tls-verify=false", own, f"oci:{back}:two")
        assert Store(back).resolve("two").digest == image.digest
        told = json.loads(await ran("skopeo", "inspect", "--tls-verify=false", own))
        assert told["Digest"] == image.digest
