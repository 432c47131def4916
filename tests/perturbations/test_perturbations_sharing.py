import io

import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage

from fakevlm_bench.errors import ConfigError
from fakevlm_bench.perturbations.sharing import Chain, ColourProfile, Recompress
from fakevlm_bench.registry import load_condition


def perturb(condition_id, image, mask=None, seed=0):
    return load_condition(condition_id).operation(image, mask, np.random.default_rng(seed))


@pytest.mark.parametrize("quality", [7, 30, 75, 95, 100])
def test_jpeg_is_byte_for_byte_what_pillow_writes(image, quality):
    buffer = io.BytesIO()
    PillowImage.fromarray(image).save(buffer, "jpeg", quality=quality)
    assert perturb(f"jpeg_quality:{quality}", image).encoded == buffer.getvalue()


@pytest.mark.parametrize("codec", ["jpeg", "webp", "avif"])
def test_the_file_itself_is_sent_without_metadata_and_shrinks_with_severity(image, codec):
    done = [perturb(f"{codec}:{severity}", image) for severity in range(1, 6)]
    sizes = [len(one.encoded) for one in done]
    errors = [np.abs(one.image.astype(float) - image).mean() for one in done]
    assert sizes == sorted(sizes, reverse=True)
    assert errors == sorted(errors)
    assert done[0].media_type == f"image/{codec}"
    opened = PillowImage.open(io.BytesIO(done[0].encoded))
    assert opened.format.lower() == codec
    assert not opened.getexif()
    assert "icc_profile" not in opened.info


def test_an_unknown_codec_is_refused():
    with pytest.raises(ConfigError, match="use one of jpeg, webp, avif"):
        Recompress("50", "bmp")


@pytest.mark.parametrize(
    ("profile", "red", "green"),
    [
        ("display_p3", (234, 51, 35), (117, 251, 76)),
        ("adobe_rgb", (219, 0, 0), (144, 255, 60)),
        ("prophoto", (179, 70, 26), (138, 237, 78)),
    ],
)
def test_colours_arrive_at_their_published_codes(profile, red, green):
    pixels = np.array([[[255, 0, 0], [0, 255, 0], [255, 255, 255], [0, 0, 0]]], np.uint8)
    given = ColourProfile(profile)(pixels, None, np.random.default_rng()).image[0]
    expected = [red, green, (255, 255, 255), (0, 0, 0)]
    assert np.abs(given.astype(int) - np.array(expected)).max() <= 2


def test_a_chain_takes_its_hops_in_turn(image):
    large = cv2.resize(image, (1500, 1100))
    mask = np.zeros((1100, 1500), bool)
    mask[300:700, 400:900] = True
    sizes = [perturb(f"social_a:{hops}", large, mask) for hops in (1, 2, 3, 4)]
    assert [one.image.shape[:2] for one in sizes] == [
        (1100, 1500),
        (704, 960),
        (499, 680),
        (499, 680),
    ]
    for one in sizes:
        assert one.mask.shape == one.image.shape[:2]
        assert abs(one.mask.mean() - mask.mean()) < 0.005
        assert one.media_type == "image/jpeg"


def test_a_hop_recompresses_at_its_quality(image):
    once = Chain("1", [{"quality": 60}])(image, None, np.random.default_rng())
    assert once.encoded == perturb("jpeg_quality:60", image).encoded
    drawn = Chain("1", [{"quality": [60, 61]}])
    files = {drawn(image, None, np.random.default_rng(seed)).encoded for seed in range(20)}
    assert files == {perturb(f"jpeg_quality:{quality}", image).encoded for quality in (60, 61)}


def test_the_square_hop_crops_before_it_resizes(image):
    done = perturb("social_c:1", image, np.ones(image.shape[:2], bool))
    assert done.image.shape == (200, 200, 3)
    assert done.mask.all()


@pytest.mark.parametrize("hop", [{"limit": 900}, {"quality": 80, "resize": 2}])
def test_a_hop_of_unknown_parts_is_refused(hop):
    with pytest.raises(ConfigError, match="'quality' is required"):
        Chain("1", [hop])


def test_a_screenshot_is_sharper_than_the_same_scaling(image):
    blurred = cv2.GaussianBlur(image, (0, 0), 1.5)
    shot = perturb("screenshot:3", blurred).image
    plain = cv2.resize(blurred, shot.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert cv2.Laplacian(shot, cv2.CV_64F).std() > 1.2 * cv2.Laplacian(plain, cv2.CV_64F).std()
    assert shot.shape[:2] == (round(image.shape[0] * 0.75), round(image.shape[1] * 0.75))
