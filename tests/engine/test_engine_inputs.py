"""Odd files: each has one defined answer."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

import fakevlm_bench as fb
from fakevlm_bench.engine.run import Options
from fakevlm_bench.errors import DataError
from fakevlm_bench.imaging import decode_image, image_size
from fakevlm_bench.types import Capabilities, Label, Query, Response, Sample
from support.engine import png, samples_of, task_of


def saved(picture: PillowImage.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format=form, **options)
    return buffer.getvalue()


def photo(mode: str = "RGB", size: tuple[int, int] = (32, 24)) -> PillowImage.Image:
    pixels = np.random.default_rng(3).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return PillowImage.fromarray(pixels).convert(mode)


def rotated() -> bytes:
    exif = PillowImage.Exif()
    exif[0x0112] = 6
    return saved(photo(), "JPEG", exif=exif)


def palette_with_alpha() -> bytes:
    picture = photo("P")
    return saved(picture, "PNG", transparency=0)


def animated() -> bytes:
    frames = [PillowImage.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:])


def sixteen_bit() -> bytes:
    values = np.linspace(0, 65535, 32 * 24).reshape(24, 32).astype(np.uint16)
    return saved(PillowImage.fromarray(values), "PNG")


def bomb() -> bytes:
    return saved(PillowImage.new("1", (20_000, 10_000)), "PNG")


USED: dict[str, tuple[Callable[[], bytes], tuple[int, int]]] = {
    "cmyk": (lambda: saved(photo("CMYK"), "JPEG"), (32, 24)),
    "16-bit": (sixteen_bit, (32, 24)),
    "palette with alpha": (palette_with_alpha, (32, 24)),
    "rgba": (lambda: saved(photo("RGBA"), "PNG"), (32, 24)),
    "exif-rotated": (rotated, (24, 32)),
    "animated": (animated, (8, 8)),
    "1×1": (lambda: saved(photo(size=(1, 1)), "PNG"), (1, 1)),
    "20,000×10": (lambda: saved(photo(size=(20_000, 10)), "PNG"), (20_000, 10)),
    "grey": (lambda: saved(photo("L"), "WEBP"), (32, 24)),
    "avif": (lambda: saved(photo(), "AVIF"), (32, 24)),
}
REFUSED: dict[str, Callable[[], bytes]] = {
    "no image": lambda: b"<html>not found</html>",
    "empty": lambda: b"",
    "truncated": lambda: png(1, (64, 64))[:2000],
    "truncated jpeg": lambda: saved(photo(size=(256, 256)), "JPEG")[:3000],
    "bomb": bomb,
}


@pytest.mark.parametrize("name", USED)
def test_odd_files_that_are_used(name: str) -> None:
    make, (width, height) = USED[name]
    data = make()
    image = decode_image(data)
    assert image.shape == (height, width, 3)
    assert image.dtype == np.uint8
    assert image_size(data) == (width, height)


@pytest.mark.parametrize("name", REFUSED)
def test_odd_files_that_are_not_used(name: str) -> None:
    with pytest.raises(DataError):
        decode_image(REFUSED[name]())


def test_sixteen_bits_keep_their_brightness() -> None:
    image = decode_image(sixteen_bit())
    assert image.min() == 0
    assert image.max() == 255
    assert abs(int(image[12, 16, 0]) - 133) <= 1


def test_what_is_transparent_is_white() -> None:
    clear = PillowImage.new("RGBA", (4, 4), (0, 0, 0, 0))
    assert (decode_image(saved(clear, "PNG")) == 255).all()


class Opener:
    """A detector that opens what it is sent, as every real one does."""

    name = "opener"
    capabilities = Capabilities(score=True)
    batch_size = 4
    threshold = 0.5

    def fingerprint(self) -> dict[str, str]:
        return {"name": self.name}

    def predict(self, queries: list[Query]) -> list[Response]:
        return [Response(score=decode_image(query.image).mean() / 255) for query in queries]


def test_in_a_run_each_odd_file_is_used_or_failed(tmp_path: Path) -> None:
    odd = {name: make() for name, (make, _) in USED.items()}
    odd |= {name: make() for name, make in REFUSED.items()}
    samples = [Sample(id=name, image=data, label=Label.FAKE) for name, data in odd.items()]
    options = Options(cache=None, workers=0, max_failed=1.0)
    run = fb.evaluate(task_of(samples), Opener(), run_dir=tmp_path, options=options)
    status = run.predictions.set_index("sample_id")["status"]
    assert set(status.index[status == "ok"]) == set(USED)
    assert set(status.index[status == "failed"]) == set(REFUSED)
    assert run.predictions.set_index("sample_id").loc["no image", "error"]


def test_a_mask_of_the_wrong_size_names_its_sample(tmp_path: Path) -> None:
    mask = saved(PillowImage.new("L", (9, 9)), "PNG")
    samples = [*samples_of(4), Sample(id="odd one", image=png(9), label=Label.FAKE, mask=mask)]
    with pytest.raises(DataError, match=r"sample 'odd one' is 9×9, but its image is 16×16"):
        fb.evaluate(task_of(samples), Opener(), run_dir=tmp_path)
