"""The panel: what was sent, what changed, where the detector looked, what it said."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
import pyarrow.parquet as pq

from fakevlm_bench import rle
from fakevlm_bench.engine.prepare import prepare
from fakevlm_bench.engine.run_folder import RunFolder
from fakevlm_bench.errors import BenchError
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.metrics.drift import through
from fakevlm_bench.report.gather import Findings
from fakevlm_bench.result import CLEAN
from fakevlm_bench.types import Condition, Image, Mask, Sample, Task

_log = logging.getLogger(__name__)

SIDE = 240
"""Longer side of a picture in the page, in pixels."""
GAIN = 10
"""What differences are multiplied by."""
PAIR = ["sample_id", "condition_id"]
VERDICTS = {1: "fake", 0: "real"}
Row: TypeAlias = dict[str, Any]
"""What the run recorded of one sample under one condition, by column."""


@dataclass(frozen=True)
class PanelImage:
    """One image under one condition, ready for the page.

    Attributes:
        condition: Its id, flagged where its figures are.
        sent: Data URL of the image that was sent.
        difference: Data URL of its difference from the clean one, ten times; empty for clean.
        heat: Data URL of the image under its heat map or mask, the true region outlined;
            empty where the detector gives neither.
        verdict: ``fake``, ``real``, ``unparsed`` or ``failed``.
        right: Whether the verdict is right.
        score: P(fake), or None.
        words: The explanation or the error, or None.
        note: What must be known about the picture.
    """

    condition: str
    sent: str
    difference: str
    heat: str
    verdict: str
    right: bool
    score: float | None
    words: str | None
    note: str = ""


@dataclass(frozen=True)
class Panel:
    """One image under several conditions, clean first."""

    sample: str
    label: str
    about: str
    images: list[PanelImage]


def panels(
    findings: Findings, task: Task, samples: Sequence[str], conditions: Sequence[str]
) -> list[Panel]:
    """Make the panel of some samples.

    Perturbed images are made again from the task; adversarial ones are read from the run.

    Args:
        findings: A scored run.
        task: That it was measured on.
        samples: Ids of images.
        conditions: Ids of conditions besides the clean one.
    """
    ids = [CLEAN, *conditions]
    rows = _rows(findings.run, samples, ids)
    recorded = _conditions(findings, ids)
    names = set(samples)
    originals = {sample.id: sample for sample in task.dataset if sample.id in names}
    seed = int(findings.manifest.identity.seed)
    result = []
    for name in samples:
        if name not in originals:
            _log.warning("sample '%s' of the run is not in %s", name, task.key)
            continue
        maker = _PanelMaker(originals[name], recorded, seed, task.prompt, findings)
        images = [maker.image(one, rows[name, one]) for one in ids if (name, one) in rows]
        result.append(maker.panel(images))
    return result


def _rows(
    run: RunFolder, samples: Sequence[str], conditions: Sequence[str]
) -> dict[tuple[str, str], Row]:
    """Read predictions, truth, digests and adversarial images of the chosen pairs."""
    pairs = [("sample_id", "in", list(samples)), ("condition_id", "in", list(conditions))]
    rows: dict[tuple[str, str], Row] = {}

    def take(path: Any, columns: list[str], prefix: str = "") -> None:
        for row in pq.read_table(path, columns=[*PAIR, *columns], filters=pairs).to_pylist():
            pair = (row.pop("sample_id"), row.pop("condition_id"))
            rows.setdefault(pair, {}).update({prefix + key: value for key, value in row.items()})

    take(
        run.predictions_path,
        ["status", "verdict", "score", "mask", "heat_map", "heat_map_width", "heat_map_height",
         "explanation", "error"],
    )  # fmt: skip
    for part in run.parts("truth"):
        columns = [c for c in ("label", "mask", "window") if c in pq.read_schema(part).names]
        take(part, columns, "true_")
    for part in run.parts("responses"):
        take(part, ["sent_sha256", "text"])
    for part in run.parts("images"):
        take(part, ["image"])
    return rows


def _conditions(findings: Findings, ids: Sequence[str]) -> dict[str, Condition | None]:
    """Load conditions by their ids; None where one is not what the run had.

    A run's own record never says what is instantiated: only what is installed is.
    """
    from fakevlm_bench.registry import load_condition

    recorded = findings.manifest.identity.conditions
    conditions: dict[str, Condition | None] = {}
    for name in ids:
        try:
            condition = load_condition(name) if name not in findings.attacks else None
        except BenchError:
            condition = None
        spec = {k: v for k, v in dict(recorded.get(name, {})).items() if k != "attack"}
        same = condition is not None and dict(condition.spec) == spec
        conditions[name] = condition if same else None
    return conditions


class _PanelMaker:
    """Makes the pictures of one sample."""

    def __init__(
        self,
        sample: Sample,
        conditions: Mapping[str, Condition | None],
        seed: int,
        prompt: str,
        findings: Findings,
    ) -> None:
        self.sample, self.conditions, self.findings = sample, conditions, findings
        self.seed, self.prompt = seed, prompt
        self.clean = decode_image(sample.image)

    def panel(self, images: list[PanelImage]) -> Panel:
        """Put the sample's pictures together."""
        wrong = [one.condition for one in images if not one.right]
        about = (
            f"wrong under {len(wrong)} of the {len(images)} conditions shown"
            if wrong
            else f"right under all {len(images)} conditions shown"
        )
        label = "fake" if int(self.sample.label) else "real"
        return Panel(self.sample.id, label, about, images)

    def image(self, condition: str, row: Row) -> PanelImage:
        """Make one row of the panel.

        Args:
            condition: Its id.
            row: What the run recorded of it.
        """
        image, note = self._sent(condition, row)
        label = int(self.sample.label)
        understood = row["status"] == "ok"
        words = row["explanation"] or row["error"] or (None if understood else row["text"])
        difference = "" if condition == CLEAN or image is None else self._difference(image, row)
        return PanelImage(
            condition=self.findings.label(condition),
            sent="" if image is None else picture(image),
            difference=difference,
            heat="" if image is None else _heat(image, row),
            verdict=(VERDICTS.get(row["verdict"]) if understood else None) or str(row["status"]),
            right=understood and row["verdict"] == label,
            score=row["score"],
            words=words,
            note=note,
        )

    def _sent(self, condition: str, row: Row) -> tuple[Image | None, str]:
        """Return the image that was sent, and a note about it."""
        if row.get("image") is not None:
            return decode_image(row["image"]), ""
        spec = self.conditions[condition]
        if spec is None:
            return None, "not remade: the condition has changed, or is not installed"
        query = prepare(self.sample, spec, self.seed, self.prompt).query
        same = hashlib.sha256(query.image).hexdigest() == row.get("sent_sha256")
        beside = [text for text in (query.context,) if text]
        if query.prompt != self.prompt:
            beside.append(f"asked: {query.prompt}")
        if not same:
            beside.append("remade, and not byte for byte what was sent")
        return decode_image(query.image), "; ".join(beside)

    def _difference(self, image: Image, row: Row) -> str:
        """Return ten times the difference from the clean image, seen through the same window."""
        clean = _through(self.clean, row.get("true_window"), image.shape[:2])
        change = np.abs(image.astype(np.int16) - clean.astype(np.int16)) * GAIN
        return picture(np.clip(change, 0, 255).astype(np.uint8))


def _through(image: Image, window: Sequence[float] | None, shape: tuple[int, ...]) -> Image:
    """Return an image as it looks through a window, resampled to (rows, columns)."""
    rows, columns = shape
    if window is None:
        if image.shape[:2] == (rows, columns):
            return image
        size, area = (columns, rows), cv2.INTER_AREA
        return np.asarray(cv2.resize(image, size, interpolation=area), np.uint8)
    x0, y0, x1, y1 = window
    across, down = (x1 - x0) / columns, (y1 - y0) / rows
    move = np.array([[across, 0, x0 + (across - 1) / 2], [0, down, y0 + (down - 1) / 2]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(image, move, (columns, rows), flags=flags), np.uint8)


def _heat(image: Image, row: Row) -> str:
    """Lay heat map or mask over the image in grey, and outline the true region in white."""
    height, width = image.shape[:2]
    if row["heat_map"] is not None:
        shape = (row["heat_map_height"], row["heat_map_width"])
        answered = np.frombuffer(row["heat_map"], np.uint8).reshape(shape)
        size = (width, height)
        heat = np.asarray(cv2.resize(answered, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    elif row["mask"] is not None:
        heat = through(rle.decode(row["mask"]), (height, width), None, (1, 1)).astype(np.uint8)
        heat *= 255
    else:
        return ""
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    colours = cv2.cvtColor(cv2.applyColorMap(heat, cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB)
    weight = (0.25 + 0.6 * heat[..., None].astype(np.float32) / 255).astype(np.float32)
    laid = (grey * (1 - weight) + colours * weight).astype(np.uint8)
    true = row.get("true_mask")
    if isinstance(true, str):
        _outline(laid, rle.decode(true))
    return picture(laid)


def _outline(image: Image, mask: Mask) -> None:
    if mask.shape != image.shape[:2]:
        return
    lines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    thick = max(round(max(image.shape[:2]) / SIDE * 2), 1)
    cv2.drawContours(image, lines, -1, (0, 0, 0), thick * 2, cv2.LINE_AA)
    cv2.drawContours(image, lines, -1, (255, 255, 255), thick, cv2.LINE_AA)


def picture(image: Image) -> str:
    """Encode an image, at most `SIDE` pixels long, as a data URL."""
    height, width = image.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    if scale < 1:
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    data = cv2.imencode(".webp", bgr, [cv2.IMWRITE_WEBP_QUALITY, 80])[1].tobytes()
    return "data:image/webp;base64," + base64.b64encode(data).decode()
