import cv2
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage.measure import regionprops
from sklearn import metrics as sk

from fakevlm_bench import rle
from fakevlm_bench.errors import DataError
from fakevlm_bench.metrics import Settings, calibration, localization
from fakevlm_bench.metrics.hub.hub import _region_row
from fakevlm_bench.metrics.regions import box_iou, from_boxes, overlap, parse
from fakevlm_bench.metrics.stats import Resamples

MASK = hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12))


@given(MASK)
def test_a_region_is_its_mask(mask):
    region = parse(rle.encode(mask))
    assert region.area == mask.sum()
    assert (region.pixels() == mask).all()
    if mask.any():
        (found,) = regionprops(mask.astype(int))
        y0, x0, y1, x1 = found.bbox
        assert region.box() == (x0, y0, x1, y1)
    else:
        assert region.box() is None


@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_overlap_counts_the_pixels_in_both(width, height, data):
    a, b = (data.draw(hnp.arrays(np.bool_, (height, width))) for _ in range(2))
    assert overlap(parse(rle.encode(a)), parse(rle.encode(b))) == (a & b).sum()


def test_regions_of_different_frames_are_refused():
    with pytest.raises(DataError, match="4x2 and 2x4"):
        overlap(parse("4x2:0,8"), parse("2x4:0,8"))


@pytest.mark.parametrize("code", ["", "4x2", "4x2:9", "4x2:-1,9", "4x2:a", "x:1", "4x2:8,-8,8"])
def test_malformed_codes_are_refused(code):
    with pytest.raises(DataError):
        parse(code)


def test_boxes_become_regions_clipped_to_the_image():
    region = from_boxes([(-2, 1, 3, 9), (2, 0, 4, 2)], 4, 3)
    expected = np.array([[0, 0, 1, 1], [1, 1, 1, 1], [1, 1, 1, 0]], dtype=bool)
    assert (region.pixels() == expected).all()
    assert box_iou((0, 0, 2, 2), (1, 1, 3, 3)) == pytest.approx(1 / 7)
    assert box_iou((0, 0, 1, 1), (1, 0, 2, 1)) == 0


def measured(pairs):
    return localization.measure(pd.DataFrame([_region_row(*pair) for pair in pairs]), 100)


def found(pairs, **options):
    result = measured(pairs)
    part = Resamples([0] * len(pairs), [str(k) for k in range(len(pairs))], 20)
    return localization.figures(result, part, Settings(minimum=1, **options))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_mask_figures_agree_with_sklearn(data):
    pairs = []
    for _ in range(3):
        truth = data.draw(hnp.arrays(np.bool_, (6, 7)).filter(np.any))
        pairs.append((data.draw(hnp.arrays(np.bool_, (6, 7))), truth))
    result = found([(rle.encode(a), rle.encode(b)) for a, b in pairs])
    iou = np.mean([sk.jaccard_score(b.ravel(), a.ravel(), zero_division=0) for a, b in pairs])
    f1 = np.mean([sk.f1_score(b.ravel(), a.ravel(), zero_division=0) for a, b in pairs])
    pooled = sum((a & b).sum() for a, b in pairs) / sum((a | b).sum() for a, b in pairs)
    assert result["foreground_iou"]["value"] == pytest.approx(iou, abs=1e-9)
    assert result["pixel_f1"]["value"] == pytest.approx(f1, abs=1e-9)
    assert result["ciou"]["value"] == pytest.approx(pooled, abs=1e-9)


def box_of(mask, truth):
    """IoU of two masks' boxes, drawn as filled boxes."""
    boxes = []
    for one in (mask, truth):
        drawn = np.zeros_like(truth)
        if one.any():
            (part,) = regionprops(one.astype(int))
            y0, x0, y1, x1 = part.bbox
            drawn[y0:y1, x0:x1] = True
        boxes.append(drawn)
    return (boxes[0] & boxes[1]).sum() / (boxes[0] | boxes[1]).sum()


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_heat_map_figures_agree_with_sklearn_on_the_stretched_map(data):
    truth = data.draw(hnp.arrays(np.bool_, (9, 8)).filter(lambda m: m.any() and not m.all()))
    heat = data.draw(hnp.arrays(np.uint8, (3, 4)))
    result = found([(heat, rle.encode(truth))], heat_threshold=100)
    marked = data.draw(hnp.arrays(np.uint8, (3, 4)))
    real = localization.measure(pd.DataFrame([_region_row(marked, "")]), 100).mask[0]
    assert real[2] == (marked >= 100).sum()
    assert real[4] == 12
    wide = cv2.resize(heat, (8, 9), interpolation=cv2.INTER_LINEAR)
    flat, labels = wide.ravel(), truth.ravel()
    best = max(sk.f1_score(labels, flat >= t) for t in np.unique(flat))
    expected = {
        "pixel_auc": sk.roc_auc_score(labels, flat),
        "pixel_ap": sk.average_precision_score(labels, flat),
        "pixel_f1": sk.f1_score(labels, flat >= 128, zero_division=0),
        "oracle_pixel_f1": best,
        "pointing_game": labels[flat == flat.max()].mean(),
        "foreground_iou": sk.jaccard_score(labels, flat >= 100, zero_division=0),
        "ciou": sk.jaccard_score(labels, flat >= 100, zero_division=0),
        "foreground_iou_at_half": sk.jaccard_score(labels, flat >= 128, zero_division=0),
        "box_iou": box_of(wide >= 100, truth),
    }
    for name, value in expected.items():
        assert result[name]["value"] == pytest.approx(value, abs=1e-9), name
    assert result["foreground_iou"]["heat_threshold"] == 100


def test_no_mask_finds_nothing_and_real_images_stay_out_of_overlaps():
    truth, other = "4x2:0,4,4", "4x2:0,2,6"
    result = found([("", truth), (truth, truth), (other, ""), ("", "")])
    assert (result["foreground_iou"].value, result["foreground_iou"].n) == (0.5, 2)
    assert result["false_localization_rate"]["value"] == 0.5
    assert result["predicted_area_real"]["value"] == pytest.approx(2 / 8 / 2)


def test_marking_everything_earns_only_the_true_share():
    assert found([("4x2:0,8", "4x2:0,2,6")])["foreground_iou"]["value"] == 0.25


def test_a_detector_without_masks_gets_no_figure():
    result = found([("", "4x2:0,4,4")])
    assert result["foreground_iou"] == {
        "absent": "the detector gives neither mask nor heat map",
        "n": 0,
    }


def test_the_heat_threshold_is_the_one_with_the_best_mean_iou(make_run):
    frame = make_run(40, ("clean",)).drop(columns="mask")
    fitted = calibration.calibrate(frame)["heat_threshold"]
    curve = []
    for level in range(256):
        scores = []
        for row in frame[frame["label"] == 1].itertuples():
            heat = np.frombuffer(row.heat_map, dtype=np.uint8).reshape(4, 6)
            wide = cv2.resize(heat, (48, 32), interpolation=cv2.INTER_LINEAR) >= level
            truth = rle.decode(row.true_mask)
            scores.append((wide & truth).sum() / (wide | truth).sum())
        curve.append(np.mean(scores))
    assert curve[fitted] == pytest.approx(max(curve), abs=1e-12)
