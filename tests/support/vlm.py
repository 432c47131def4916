"""Vision-language models behind a server of these tests, and what they are asked."""

import base64
from dataclasses import dataclass

from fakevlm_bench.api import evaluate
from fakevlm_bench.detectors.server import Endpoint
from fakevlm_bench.detectors.vlm import VisionLanguageModel
from fakevlm_bench.engine.run import Options
from fakevlm_bench.imaging import encode_png
from fakevlm_bench.types import Label, Query, Sample, Task
from support.fake_server import serving

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)


def model(url, **settings):
    client = {"limit": 4, "timeout": 10.0, "retries": 3, "backoff": 0.02}
    client |= settings.pop("client", {})
    return VisionLanguageModel("tested", "some/model", Endpoint(url), client=client, **settings)


def queries(count):
    return [
        Query(f"s{i}", "clean", PNG + bytes([i]), "image/png", "real or fake?")
        for i in range(count)
    ]


def ask(act, count=1, **settings):
    """Answers of a model behind a server that acts so, and the server."""
    with serving(act) as server:
        detector = model(server.url, **settings)
        try:
            return detector.predict(queries(count)), server, detector
        finally:
            detector.close()


def in_turn(*acts):
    """Act so on the first, second, … request, and as the last says from then on."""
    return lambda number, _: acts[min(number, len(acts) - 1)]


@dataclass
class Pictures:
    count: int

    def fingerprint(self):
        return f"pictures:{self.count}"

    def ids(self):
        return [f"p{i:03d}" for i in range(self.count)]

    def __iter__(self):
        import numpy as np

        for i, name in enumerate(self.ids()):
            image = encode_png(np.full((8, 8, 3), i, np.uint8))
            yield Sample(name, image, Label(i % 2), "image/png", group=name)


def picture_task(count):
    return Task("pictures", "1", Pictures(count), "real or fake?", "none", "")


def run(detector, count, folder):
    return evaluate(
        picture_task(count), detector, run_dir=folder, options=Options(cache=None, workers=0)
    )
