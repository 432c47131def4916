"""What holds for every condition that is no attack: the files, the levels, the invariants."""

import concurrent.futures
import hashlib
import inspect
import multiprocessing
import pickle
import subprocess
import sys

import numpy as np
import pytest

from fakevlm_bench import registry
from fakevlm_bench.errors import ConfigError
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.protocols import Perturbation, PromptPerturbation
from fakevlm_bench.seeding import generator
from fakevlm_bench.types import Query

QUERY = Query("a", "b", b"", prompt="Does the image looks real/fake?")


def is_ours(name):
    return "fakevlm_bench.perturbations" in registry.config("condition", name)["_target_"]


NAMES = [name for name in registry.names("condition") if is_ours(name)]
IMAGES = [n for n in NAMES if ".Context" not in registry.config("condition", n)["_target_"]]
IMAGES.remove("prompt_order")
LISTS = registry.names("conditions")


@pytest.mark.parametrize("name", NAMES)
def test_every_file_makes_an_operation(name):
    condition = registry.load_condition(name)
    kind = Perturbation if name in IMAGES else PromptPerturbation
    assert isinstance(condition.operation, kind)
    assert isinstance(condition.spec["level"], str)
    assert inspect.getdoc(type(condition.operation))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("level", ["", "0", "6.5x", "-1", "nan", "999999", "²"])
def test_an_unknown_level_is_refused_by_what_would_be_right(name, level):
    with pytest.raises(ConfigError, match=r"^[^\n]*has no level[^\n]*: use [^\n]+$"):
        registry.load_condition(f"{name}:{level}")


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_stays_an_image_and_the_arguments_stay_alone(name, image):
    operation = pickle.loads(pickle.dumps(registry.load_condition(name).operation))
    given, mask = image.copy(), np.zeros(image.shape[:2], bool)
    mask[60:120, 80:160] = True
    region = mask.copy()
    given.flags.writeable = mask.flags.writeable = False
    done = operation(given, mask, np.random.default_rng(1))
    np.testing.assert_array_equal(given, image)
    np.testing.assert_array_equal(mask, region)
    assert done.image.dtype == np.uint8
    assert done.image.ndim == 3
    assert done.image.shape[2] == 3
    assert done.mask.dtype == np.bool_
    assert done.mask.shape == done.image.shape[:2]
    assert operation(given, None, np.random.default_rng(1)).mask is None
    if done.encoded is not None:
        np.testing.assert_array_equal(decode_image(done.encoded), done.image)


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (1, 50), (40, 7)])
@pytest.mark.parametrize("name", IMAGES)
def test_even_the_smallest_image_is_perturbed(name, shape):
    tiny = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    for level in ("1", "5") if ":" not in name else ():
        try:
            operation = registry.load_condition(f"{name}:{level}").operation
        except ConfigError:
            operation = registry.load_condition(name).operation
        done = operation(tiny, np.ones(shape, bool), np.random.default_rng(0))
        assert done.mask.shape == done.image.shape[:2]
        assert done.image.size


@pytest.mark.parametrize("name", LISTS)
def test_every_list_names_conditions_that_exist(name):
    ids = registry.condition_list(name)
    assert len(set(ids)) == len(ids)
    for condition_id in ids:
        registry.load_condition(condition_id)


def test_the_default_suite_has_five_conditions():
    assert len(registry.condition_list("default")) == 5
    assert set(registry.condition_list("default")) <= set(registry.condition_list("full"))


def test_the_full_list_has_every_severity_of_imagenet_c():
    full = set(registry.condition_list("full"))
    assert set(registry.condition_list("imagenet_c")) <= full
    assert set(registry.condition_list("imagenet_c_extra")) <= full
    assert len(registry.condition_list("imagenet_c")) == 1 + 15 * 5


def digests(names, side, threads):
    """Digest of one image under each condition, as a worker process computes it."""
    import cv2

    cv2.setNumThreads(threads)
    image = np.random.default_rng(5).integers(0, 256, (side, side, 3), dtype=np.uint8)
    result = {}
    for name in names:
        rng = generator(3, "sample", name)
        done = registry.load_condition(name).operation(image, None, rng)
        result[name] = hashlib.sha256(done.encoded or done.image.tobytes()).hexdigest()
    return result


def test_every_process_order_and_thread_count_gives_the_same_image():
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(2, context) as pool:
        forward = pool.submit(digests, IMAGES, 240, 1)
        backward = pool.submit(digests, IMAGES[::-1], 240, 2)
        assert forward.result() == backward.result() == digests(IMAGES[::2] + IMAGES[1::2], 240, 2)


def test_another_seed_gives_another_image(image):
    for name in ("gaussian_noise", "glass_blur", "snow", "frost", "fog", "crop", "social_a"):
        operation = registry.load_condition(name).operation
        one, other = (operation(image, None, generator(s, "sample", name)) for s in (1, 2))
        same = one.image.shape == other.image.shape and np.array_equal(one.image, other.image)
        assert not same, name


def test_importing_the_package_loads_no_image_library():
    code = (
        "import sys, fakevlm_bench.perturbations; print('cv2' in sys.modules, 'PIL' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
