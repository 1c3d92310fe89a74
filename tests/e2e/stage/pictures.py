"""Reference pictures of pages: kept small, compared with patience for a pixel's rounding.

`PODIUM_PICTURES=new pytest tests/e2e/test_pages.py` draws them anew; look at each before it
is committed.
"""

import io
import os
from pathlib import Path

from PIL import Image, ImageChops

REFERENCES = Path(__file__).resolve().parents[1] / "pictures"
OUTPUT = Path(__file__).resolve().parents[1] / "output"
COLOURS = 256
"""Of a kept picture: enough for text and states, a third of the bytes."""
DIFFERENT = 40
"""Of 255: how much a pixel, as the mean of four, may be off."""
ALLOWED = 0.004
"""Part of all pixels that may be further off than that."""


def check(name: str, shot: bytes) -> None:
    """Compare a shot with its reference, or keep it as the reference when told to."""
    seen = Image.open(io.BytesIO(shot)).convert("RGB")
    path = REFERENCES / f"{name}.png"
    if os.environ.get("PODIUM_PICTURES") == "new":
        REFERENCES.mkdir(exist_ok=True)
        small = seen.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        small.save(path, optimize=True)
        return
    assert path.exists(), f"there is no reference picture {path.name}"
    kept = Image.open(path).convert("RGB")
    off = 1.0 if kept.size != seen.size else _off(kept, seen)
    if off > ALLOWED:
        OUTPUT.mkdir(exist_ok=True)
        seen.save(OUTPUT / f"{name}.png")
    assert off <= ALLOWED, f"{name}: {off:.2%} differ ({kept.size}, {seen.size}); see {OUTPUT}"


def _off(kept: Image.Image, seen: Image.Image) -> float:
    half = (max(kept.width // 2, 1), max(kept.height // 2, 1))
    before, after = (one.resize(half, Image.Resampling.BOX) for one in (kept, seen))
    counts = ImageChops.difference(before, after).convert("L").histogram()
    return sum(counts[DIFFERENT:]) / (half[0] * half[1])
