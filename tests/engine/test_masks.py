"""One region in whatever encoding is one mask; what cannot be decided is an error."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage

import fakevlm_bench as fb
from fakevlm_bench import rle
from fakevlm_bench.engine.run import Options
from fakevlm_bench.errors import DataError
from fakevlm_bench.masks import decode_mask
from fakevlm_bench.types import Label, Mask, Sample
from support.engine import Meter, png, samples_of, task_of

Array = np.ndarray[Any, Any]


def saved(picture: PillowImage.Image, form: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format=form, **options)
    return buffer.getvalue()


def levels(region: Mask, low: float, high: float, kind: type = np.uint8) -> PillowImage.Image:
    return PillowImage.fromarray(np.where(region, high, low).astype(kind))


def colours(region: Mask, dark: tuple[int, ...], bright: tuple[int, ...]) -> PillowImage.Image:
    return PillowImage.fromarray(np.where(region[..., None], bright, dark).astype(np.uint8))


def palette(region: Mask, table: list[int]) -> bytes:
    picture = PillowImage.fromarray(region.astype(np.uint8), "P")
    picture.putpalette(table)
    return saved(picture)


def soft(region: Mask) -> bytes:
    noise = np.random.default_rng(1).integers(0, 90, region.shape)
    return saved(PillowImage.fromarray(np.where(region, 255 - noise, noise).astype(np.uint8)))


ENCODINGS: dict[str, Callable[[Mask], bytes]] = {
    "0/255": lambda r: saved(levels(r, 0, 255)),
    "0/1": lambda r: saved(levels(r, 0, 1)),
    "0/100": lambda r: saved(levels(r, 0, 100)),
    "1/2": lambda r: saved(levels(r, 1, 2)),
    "1 bit": lambda r: saved(PillowImage.fromarray(r)),
    "16 bit": lambda r: saved(levels(r, 0, 65535, np.uint16)),
    "16 bit, 0/1": lambda r: saved(levels(r, 0, 1, np.uint16)),
    "16 bit, soft": lambda r: saved(
        PillowImage.fromarray(np.where(r, 60000, 300).astype(np.uint16) + np.arange(48, dtype="u2"))
    ),
    "float": lambda r: saved(levels(r, 0, 1, np.float32), "TIFF"),
    "float, 0/255": lambda r: saved(levels(r, 0, 255, np.float32), "TIFF"),
    "rgb": lambda r: saved(colours(r, (0, 0, 0), (255, 255, 255))),
    "red on black": lambda r: saved(colours(r, (0, 0, 0), (128, 0, 0))),
    "red on blue": lambda r: saved(colours(r, (0, 0, 255), (255, 0, 0))),
    "palette, black and red": lambda r: palette(r, [0, 0, 0, 200, 0, 0]),
    "palette, (0,0,0) and (1,1,1)": lambda r: palette(r, [0, 0, 0, 1, 1, 1]),
    "palette of one colour": lambda r: palette(r, [9, 9, 9, 9, 9, 9]),
    "white and transparent": lambda r: saved(colours(r, (255, 255, 255, 0), (255, 255, 255, 255))),
    "black and transparent": lambda r: saved(colours(r, (0, 0, 0, 0), (0, 0, 0, 255))),
    "black on transparent white": lambda r: saved(colours(r, (255, 255, 255, 0), (0, 0, 0, 255))),
    "white on black, opaque": lambda r: saved(colours(r, (0, 0, 0, 255), (255, 255, 255, 255))),
    "grey with alpha": lambda r: saved(colours(r, (0, 0, 0, 255), (90, 90, 90, 255)).convert("LA")),
    "noise": soft,
    "jpeg": lambda r: saved(levels(r, 0, 255), "JPEG", quality=90),
    "jpeg, rgb": lambda r: saved(levels(r, 0, 255).convert("RGB"), "JPEG", quality=90),
    "jpeg, red on black": lambda r: saved(
        colours(r, (0, 0, 0), (220, 20, 20)), "JPEG", quality=95, subsampling=0
    ),
    "cmyk": lambda r: saved(levels(r, 0, 255).convert("RGB").convert("CMYK"), "JPEG", quality=95),
    "webp": lambda r: saved(levels(r, 0, 255).convert("RGB"), "WEBP", lossless=True),
    "gif": lambda r: saved(levels(r, 0, 255), "GIF"),
    "bmp": lambda r: saved(levels(r, 0, 255), "BMP"),
}


def region(seed: int = 0, size: tuple[int, int] = (40, 48)) -> Mask:
    """Blocks of 8×8, so that JPEG leaves their edges where they are."""
    cells = np.random.default_rng(seed).random((size[0] // 8, size[1] // 8)) < 0.4
    cells[0, :2] = False, True
    return np.kron(cells, np.ones((8, 8), bool)).astype(bool)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
@pytest.mark.parametrize("name", ENCODINGS)
def test_one_region_in_every_encoding(name: str, seed: int) -> None:
    true = region(seed)
    assert (decode_mask(ENCODINGS[name](true)) == true).all()


def test_a_mask_of_one_value_is_empty_or_full() -> None:
    for value, shows in ((0, False), (1, True), (255, True)):
        assert (decode_mask(saved(levels(region(), value, value))) == shows).all()
    assert decode_mask(saved(PillowImage.new("RGB", (5, 4), (90, 0, 0)))).all()
    assert not decode_mask(saved(PillowImage.new("RGB", (5, 4)), "JPEG")).any()


def test_the_threshold_is_a_share_of_the_full_range() -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    file = saved(PillowImage.fromarray(ramp))
    assert (decode_mask(file) == (ramp > 127)).all()
    assert (decode_mask(file, 0.2) == (ramp > 51)).all()
    deep = saved(PillowImage.fromarray(ramp.astype(np.uint16) * 257))
    assert (decode_mask(deep) == (ramp > 127)).all()


def test_a_masks_own_rotation_is_applied() -> None:
    exif = PillowImage.Exif()
    exif[0x0112] = 6
    true = region()
    file = saved(PillowImage.fromarray(true.astype(np.uint8) * 255), exif=exif)
    assert (decode_mask(file) == np.rot90(true, -1)).all()


def undecided() -> dict[str, bytes]:
    photo = np.random.default_rng(0).integers(0, 256, (40, 48, 3), dtype=np.uint8)
    third = np.zeros((40, 48, 3), np.uint8)
    third[:13], third[13:26] = (255, 0, 0), (0, 255, 0)
    twins = colours(region(), (255, 0, 0), (0, 130, 0)).copy()
    holed = np.dstack([photo, np.where(region(), 0, 255).astype(np.uint8)])
    return {
        "a photograph": saved(PillowImage.fromarray(photo)),
        "three colours": saved(PillowImage.fromarray(third)),
        "two colours as bright": saved(twins),
        "a photograph with a hole": saved(PillowImage.fromarray(holed)),
        "not finite": saved(levels(region(), 0, np.nan, np.float32), "TIFF"),
        "floats of no known range": saved(
            PillowImage.fromarray(np.linspace(-5, 900, 64, dtype=np.float32).reshape(8, 8)), "TIFF"
        ),
        "no image": b"nothing",
    }


@pytest.mark.parametrize("name", undecided())
def test_what_cannot_be_decided_is_an_error_that_names_the_sample(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(DataError):
        decode_mask(undecided()[name])
    odd = Sample("odd one", png(9, (40, 48)), Label.FAKE, mask=undecided()[name])
    with pytest.raises(DataError, match="the mask of sample 'odd one'"):
        fb.evaluate(task_of([*samples_of(4), odd]), Meter(), run_dir=tmp_path)


def test_masks_that_show_nothing_or_everything_are_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    masks = [region(), np.zeros((40, 48), bool), np.zeros((40, 48), bool), np.ones((40, 48), bool)]
    samples = [
        Sample(f"m{i}", png(i, (40, 48)), Label.FAKE, mask=saved(levels(mask, 0, 255)))
        for i, mask in enumerate(masks)
    ]
    options = Options(cache=None, workers=0)
    run = fb.evaluate(
        task_of([*samples_of(4), *samples]), Meter(), ["jpeg:3"], tmp_path, options=options
    )
    told = [record.getMessage() for record in caplog.records if "masks" in record.getMessage()]
    assert [line.split(":")[0] for line in told] == [
        "2 of 4 masks show nothing", "1 of 4 masks show 98% of the image or more",
    ]  # fmt: skip
    assert [(one.count, one.first) for one in run.manifest.notes] == [(2, "m1"), (1, "m3")]


def test_a_real_image_has_no_region(tmp_path: Path) -> None:
    empty = Sample("r", png(1, (40, 48)), Label.REAL, mask=saved(levels(region() & False, 0, 255)))
    run = fb.evaluate(task_of([*samples_of(4), empty]), Meter(), run_dir=tmp_path)
    assert run.truth.set_index("sample_id").loc["r", "mask"] is None
    wrong = Sample("w", png(1, (40, 48)), Label.REAL, mask=saved(levels(region(), 0, 255)))
    with pytest.raises(DataError, match=r"'w' is real, but its mask marks \d+\.\d% of it"):
        fb.evaluate(task_of([*samples_of(4), wrong]), Meter(), run_dir=tmp_path / "w")


@given(st.integers(0, 99))
def test_the_share_of_a_code_is_the_masks(seed: int) -> None:
    mask = np.random.default_rng(seed).random((7, 9)) < seed / 99
    assert rle.share(rle.encode(mask)) == pytest.approx(mask.mean())


@pytest.mark.parametrize("indices", [[0, 1, 2], [0, 1, 2, 3, 4, 5], [0, 3, 7]])
def test_indices_of_regions_are_an_error_and_no_empty_mask(indices):
    values = np.zeros((12, 12), np.uint8)
    for place, index in enumerate(indices):
        values[place] = index
    stream = io.BytesIO()
    PillowImage.fromarray(values).save(stream, "PNG")
    with pytest.raises(DataError, match="indices of regions"):
        decode_mask(stream.getvalue())
