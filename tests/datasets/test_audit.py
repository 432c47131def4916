"""The shortcut audit: each probe finds the leak planted for it, and nothing where none is."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL.PngImagePlugin import PngInfo
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_info

from fakevlm_bench.audit import AuditSettings, audit
from fakevlm_bench.audit.probes import MODELS, design, fold_auroc, out_of_fold
from fakevlm_bench.audit.report import as_page, as_text
from fakevlm_bench.audit.structure import structure
from fakevlm_bench.audit.surface import WHOLE_FILE, names, surface
from fakevlm_bench.cli.main import main
from fakevlm_bench.errors import DataError
from fakevlm_bench.metrics.stats import Resamples
from fakevlm_bench.registry import load_task
from fakevlm_bench.result import Figure
from fakevlm_bench.types import Label, Sample, Task

HERE = AuditSettings(workers=0)
QUICK = AuditSettings(workers=0, resamples=400)


@dataclass
class Listed:
    """Samples in memory, as a dataset."""

    samples: list[Sample]

    def fingerprint(self) -> str:
        return "listed"

    def ids(self) -> list[str]:
        return [sample.id for sample in self.samples]

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.samples)


def task_of(samples: list[Sample]) -> Task:
    return Task("listed", "1", Listed(samples), prompt="", licence="none", citation="")


def picture(seed: int, size: tuple[int, int] = (48, 48)) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Make a smooth picture of random colours with some grain."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(40, 200, (4, 4, 3), dtype=np.uint8)
    smooth = np.asarray(PillowImage.fromarray(coarse).resize(size, PillowImage.Resampling.BICUBIC))
    return (smooth + rng.normal(0, 4, smooth.shape)).clip(0, 255).astype(np.uint8)


def encode(image: np.ndarray[Any, Any], kind: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    settings = {"quality": 90} if kind == "JPEG" else {}
    PillowImage.fromarray(image).save(buffer, kind, **{**settings, **options})
    return buffer.getvalue()


Maker = Callable[[int, bool], bytes]


def samples_of(make: Maker, count: int = 160) -> list[Sample]:
    return [
        Sample(f"s{i:04d}", make(i, bool(i % 2)), Label(i % 2), group=f"g{i // 4}", family="f")
        for i in range(count)
    ]


def of_png(i: int, fake: bool) -> bytes:
    return encode(picture(i), "PNG" if fake else "JPEG")


def of_size(i: int, fake: bool) -> bytes:
    side = 64 if fake else 40 + (i * 7) % 48
    return encode(picture(i, (side, side)))


def of_length(i: int, fake: bool) -> bytes:
    # Fill bytes before the end marker change the length and nothing else.
    data = encode(picture(i))
    return data[:-2] + b"\xff" * (300 if fake else 0) + data[-2:]


def of_quality(i: int, fake: bool) -> bytes:
    return encode(picture(i), quality=75 if fake else 92)


def of_metadata(i: int, fake: bool) -> bytes:
    exif = PillowImage.Exif()
    exif[0x0131] = "made by hand"
    return encode(picture(i), exif=exif) if not fake else encode(picture(i))


def of_border(i: int, fake: bool) -> bytes:
    image = picture(i)
    if fake:
        image[:2] = image[-2:] = 0
    return encode(image)


def of_colour(i: int, fake: bool) -> bytes:
    return encode((picture(i) * (0.8 if fake else 1.0)).astype(np.uint8))


def of_thumbnail(i: int, fake: bool) -> bytes:
    image = picture(i).astype(int)
    if fake:  # lighter in one corner, darker in the other: colour and border stay in the mean
        image[6:24, 6:24] += 45
        image[24:42, 24:42] -= 45
    return encode(image.clip(0, 255).astype(np.uint8))


LEAKS: dict[str, tuple[Maker, str]] = {
    "container format": (of_png, "format is"),
    "dimensions": (of_size, "pixels|multiples"),
    "file length": (of_length, "bytes|bits"),
    "JPEG tables": (of_quality, "quantiser"),
    "metadata": (of_metadata, "EXIF"),
    "border pixels": (of_border, "border"),
    "mean colour and brightness": (of_colour, "luma|deviation|mean"),
    "8×8 thumbnail": (of_thumbnail, "row . column"),
}


@pytest.mark.parametrize("probe", LEAKS)
def test_each_probe_finds_the_leak_planted_for_it(probe: str) -> None:
    make, named = LEAKS[probe]
    result = audit(task_of(samples_of(make)), QUICK)
    found = result["probes"][probe]
    assert found["through"]
    assert max(found[model]["value"] for model in MODELS) > 0.8
    said = next(text for text in result["warnings"] if text.startswith(f"{probe}: "))
    assert any(word in said for word in named.replace(" . ", " ").split("|")) or "row" in said


def test_every_probe_has_its_leak() -> None:
    assert {*LEAKS, WHOLE_FILE} == set(names())


def test_a_leak_of_the_container_leaves_the_picture_probes_out() -> None:
    # Lossless and the same pixels: what differs is the file alone.
    def make(i: int, fake: bool) -> bytes:
        return encode(picture(i), "PNG" if fake else "BMP")

    probes = audit(task_of(samples_of(make)), QUICK)["probes"]
    assert probes["container format"]["through"]
    for quiet in ("dimensions", "border pixels", "mean colour and brightness", "8×8 thumbnail"):
        assert not probes[quiet]["through"], quiet


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_without_a_leak_every_interval_holds_a_half(seed: int) -> None:
    result = audit(task_of(samples_of(lambda i, _: encode(picture(i + 1000 * seed)))), QUICK)
    for probe, found in result["probes"].items():
        for model in MODELS:
            assert found[model]["low"] <= 0.5 <= found[model]["high"], (probe, model)
    assert result["warnings"] == []
    assert "No probe gets through" in as_text(result)


def test_twins_in_different_folds_are_below_chance_and_that_is_said() -> None:
    # Real and fake are the same pixels; only the group could say so, and each is its own.
    samples = [
        Sample(f"{label}-{i}", encode(picture(i)), Label(label), family="f", group=f"{label}-{i}")
        for i in range(60)
        for label in (0, 1)
    ]
    result = audit(task_of(samples), QUICK)
    assert any(
        found[model]["high"] < 0.5 for found in result["probes"].values() for model in MODELS
    )
    assert not any(found["through"] for found in result["probes"].values())
    (told,) = result["warnings"]
    assert told.startswith("below chance: ")
    assert "set the data's group" in told
    assert "No probe gets through" not in as_text(result)
    paired = [replace(one, group=one.id.partition("-")[2]) for one in samples]
    assert not [line for line in audit(task_of(paired), QUICK)["warnings"] if "below" in line]


def test_twins_of_uneven_number_leak_nothing() -> None:
    # Two fakes of every second real image, alike to the last byte: nothing can be known.
    samples = []
    for i in range(120):
        data = encode(picture(i))
        real = Sample(f"r{i}", data, Label.REAL, group=f"g{i // 3}")
        fakes = [
            Sample(f"f{i}-{k}", data, Label.FAKE, group=real.group, pair=real.id)
            for k in range(1 + i % 2)
        ]
        samples += [real, *fakes]
    for found in audit(task_of(samples), QUICK)["probes"].values():
        for model in MODELS:
            assert abs(found[model]["value"] - 0.5) < 0.03


def test_the_figure_is_the_mean_auroc_of_the_folds() -> None:
    rng = np.random.default_rng(5)
    fake, score = rng.random(300) < 0.4, rng.normal(size=300)
    group = [f"g{i // 3}" for i in range(300)]
    plan = design(fake, group, [""] * 300)
    resamples = Resamples(fake.astype(int).tolist(), group, 50)
    found = fold_auroc(score + 0.7 * fake, plan, resamples, 0.95)
    parts = [plan.folds == fold for fold in range(5)]
    sizes = [fake[part].sum() * (~fake[part]).sum() for part in parts]
    values = [roc_auc_score(fake[part], (score + 0.7 * fake)[part]) for part in parts]
    assert found["value"] == pytest.approx(np.average(values, weights=sizes), abs=1e-12)
    assert found["low"] < found["value"] < found["high"]


def test_folds_keep_photographs_together_and_nothing_is_fitted_on_what_it_scores() -> None:
    fake = np.arange(200) % 2 == 1
    group = [f"g{i // 4}" for i in range(200)]
    plan = design(fake, group, [""] * 200)
    for one in set(group):
        assert len({f for f, g in zip(plan.folds, group, strict=True) if g == one}) == 1
    # A number that names the photograph tells the label of no other photograph.
    marks = np.random.default_rng(0).random((50, 1)).repeat(4, axis=0).astype(np.float32)
    for model in MODELS:
        scores = out_of_fold(marks, plan, model)
        resamples = Resamples(fake.astype(int).tolist(), group, 200)
        assert fold_auroc(scores, plan, resamples, 0.95)["value"] == pytest.approx(0.5)


def test_undecodable_images_are_left_out_and_counted() -> None:
    samples = samples_of(lambda i, _: encode(picture(i)))
    samples[3] = replace(samples[3], image=samples[3].image[:200])
    samples[5] = replace(samples[5], image=b"no image")
    result = audit(task_of(samples), QUICK)
    assert result["counts"]["undecodable"] == 2
    assert result["counts"]["fake"] == 78
    assert result["warnings"][0].startswith(
        "left out 2 fake and 0 real images, undecodable; 's0003'"
    )


def test_unpaired_images_are_left_out_and_said() -> None:
    samples = samples_of(lambda i, _: encode(picture(i)))
    extra = [
        replace(one, id=f"u{one.id}", paired=False, family="generated_face", label=Label.FAKE)
        for one in samples[:8]
    ]
    result = audit(task_of(samples + extra), QUICK)
    assert result["counts"]["unpaired"] == {"generated_face": 8}
    assert result["counts"]["fake"] == 80
    assert "unpaired images are left out: 8 generated_face" in as_text(result)


def test_a_task_of_one_class_is_refused() -> None:
    samples = [s for s in samples_of(lambda i, _: encode(picture(i))) if s.label is Label.FAKE]
    with pytest.raises(DataError, match=r"^0 real images of 0 photographs are too few"):
        audit(task_of(samples), QUICK)


def test_a_class_of_one_photograph_is_refused() -> None:
    samples = samples_of(lambda i, _: encode(picture(i)))
    samples = [replace(s, group="one") if s.label is Label.REAL else s for s in samples]
    with pytest.raises(DataError, match="80 real images of 1 photographs are too few"):
        audit(task_of(samples), QUICK)


def test_a_task_without_any_decodable_image_is_refused() -> None:
    with pytest.raises(DataError, match="none of 40 images can be decoded; 's0000': not an image"):
        audit(task_of(samples_of(lambda *_: b"text", 40)), QUICK)


def test_probes_are_fitted_on_one_thread_each(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: set[int] = set()

    def fit(values: Any, *_: object) -> dict[str, Figure]:
        threads.update(pool["num_threads"] for pool in threadpool_info())
        return dict.fromkeys(MODELS, Figure(value=0.5, n=len(values)))

    monkeypatch.setattr(sys.modules[audit.__module__], "_probe", fit)
    audit(task_of(samples_of(lambda i, _: encode(picture(i)))), HERE)
    assert threads == {1}


def test_workers_and_repetition_change_nothing() -> None:
    samples = samples_of(of_quality, 64)
    alone, again, apart = (
        audit(task_of(samples), AuditSettings(workers=count, resamples=100)) for count in (0, 0, 2)
    )
    assert alone == again == apart


@pytest.mark.parametrize(
    "make",
    [
        lambda im: encode(im, "GIF"), lambda im: encode(im, "WEBP"), lambda im: encode(im, "TIFF"),
        lambda im: encode(im, "AVIF"), lambda im: encode(im[..., 0], "PNG"),
        lambda im: encode(im[:1, :1], "PNG"), lambda im: encode(im[:3], "JPEG"),
        lambda im: encode(im, "JPEG", progressive=True, comment=b"x"),
        lambda im: encode((im[..., 0].astype(np.uint16) * 257), "PNG"),
        lambda im: encode(np.dstack([im, im[..., :1]]), "PNG"),
    ],
)  # fmt: skip
def test_every_odd_file_has_finite_numbers(make: Callable[[Any], bytes]) -> None:
    found = surface(make(picture(1)))
    assert {probe: len(numbers) for probe, numbers in found.values.items()} == {
        probe: len(known) for probe, known in names().items()
    }
    assert all(np.isfinite(numbers).all() for numbers in found.values.values())


def test_segments_and_chunks_are_counted() -> None:
    exif = PillowImage.Exif()
    exif[0x010E] = "words"
    photo = structure(encode(picture(0), exif=exif, comment=b"hello", subsampling=2) + b"tail")
    assert photo.counts["APP1"] == photo.counts["COM"] == photo.counts["APP0"] == 1
    assert photo.sizes["COM"] == 5
    assert photo.sampling == ((2, 2), (1, 1), (1, 1))
    assert (photo.huffman, photo.trailing, photo.progressive) == (416, 4, False)
    assert structure(encode(picture(0), progressive=True)).progressive
    text = PngInfo()
    text.add_text("parameters", "a cat")
    chunks = structure(encode(picture(0), "PNG", pnginfo=text) + b"\0\0")
    assert chunks.counts["tEXt"] == 1
    assert chunks.trailing == 2
    assert structure(b"\xff\xd8\xff\xe0\xff").counts == {}


def test_the_page_says_what_the_table_says() -> None:
    result = audit(task_of(samples_of(of_png)), QUICK)
    page = as_page({**result, "task": "<b>@1"})
    assert "&lt;b&gt;@1" in page
    assert "<b>@1" not in page
    assert "container format: gives the label away" in page
    assert 'src="plotly.min.js"' in page


@pytest.mark.slow
@pytest.mark.parametrize("split", ["test", pytest.param("train", marks=pytest.mark.extras)])
def test_the_starter_set_has_no_shortcut(split: str) -> None:
    result = audit(load_task("starter", split=split), HERE)
    assert result["counts"]["unpaired"] == {"generated_face": 40 if split == "test" else 24}
    for probe, found in result["probes"].items():
        for model in MODELS:
            assert found[model]["value"] <= 0.60, (probe, model)
            assert found[model]["low"] <= 0.5 <= found[model]["high"], (probe, model)
    assert result["warnings"] == []


def realworld(folder: Path) -> Task:
    """Make a task of the files that the index lists, with twins in one group."""
    with (folder / "index.csv").open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    samples = [
        Sample(
            row["path"], (folder / row["path"]).read_bytes(), Label[row["label"].upper()],
            group=min(row["path"], row["pair"] or row["path"]),
        )
        for row in rows
    ]  # fmt: skip
    return task_of(samples)


@pytest.mark.slow
def test_the_format_leak_of_published_images_is_found_and_named(shared: Path) -> None:
    result = audit(realworld(shared / "realworld"), HERE)
    form, container = (result["probes"][name] for name in (WHOLE_FILE, "container format"))
    assert form["through"]
    assert container["through"]
    assert max(form[model]["value"] for model in MODELS) >= 0.85
    # 38 twins are PNG in both classes: the container by itself cannot do much better than 0.85.
    assert max(container[model]["value"] for model in MODELS) >= 0.8
    said = {text.partition(": ")[0]: text for text in result["warnings"]}
    assert "gives the label away" in said[WHOLE_FILE]
    assert "PNG" in said["container format"]


def test_the_command_line_audits_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for i in range(60):
        fake = bool(i % 2)
        file = tmp_path / "data" / ("1_fake" if fake else "0_real") / f"{i}.img.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(of_png(i, fake))
    out = tmp_path / "page"
    words = ["audit", "task=folders", f"task.path={tmp_path / 'data'}", "launcher.workers=0"]
    assert main([*words, "--out", str(out)]) == 1
    printed = capsys.readouterr().out
    assert "warning: container format: gives the label away" in printed
    assert {file.name for file in out.iterdir()} == {"audit.html", "audit.json", "plotly.min.js"}


def test_the_command_line_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "task=startr"]) == 2
    assert "starter" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="0"):
        main(["audit", "--help"])
    assert "task.split=train" in capsys.readouterr().out
