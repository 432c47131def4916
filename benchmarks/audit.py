"""The shortcut audit of many images: seconds of reading, of probing, and memory.

    python benchmarks/audit.py --images 10000

Photographs of the starter set are repeated under new ids, each enlarged to 512 pixels or
left as it is in turn, and written as JPEG or PNG; time to make them is not counted. The aim
is 10,000 images in under five minutes on two cores.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice

from fakevlm_bench.types import Label, Sample, Task


@dataclass
class Repeated:
    """Samples made from a few, one after the other, never held together."""

    base: list[Sample]
    count: int

    def fingerprint(self) -> str:
        """Name the dataset."""
        return f"repeated-{self.count}"

    def ids(self) -> list[str]:
        """Give the ids."""
        return [f"{i:06d}" for i in range(self.count)]

    def __iter__(self) -> Iterator[Sample]:
        """Give the samples; bytes after the end make each file another one."""
        for i, one in enumerate(islice(cycle(self.base), self.count)):
            yield Sample(f"{i:06d}", one.image + b"\0" * (i % 97), Label(i % 2), group=f"g{i // 2}")


def main() -> None:
    """Print seconds and peak memory."""
    from fakevlm_bench.audit import AuditSettings, audit
    from fakevlm_bench.registry import load_task

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    base = list(islice(load_task("starter").dataset, 120))
    base = [enlarged(one, png=i % 4 == 1) if i % 2 else one for i, one in enumerate(base)]
    marks: list[float] = []
    start = time.perf_counter()
    task = Task("repeated", "1", Repeated(base, arguments.images), "", "none", "")
    audit(
        task, AuditSettings(workers=arguments.workers), lambda _: marks.append(time.perf_counter())
    )
    end, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime + children.ru_utime + children.ru_stime
    print(f"{arguments.images} images, {arguments.workers} workers: {end - start:.1f} s")
    print(
        f"read in {marks[-1] - start:.1f} s, probed in {end - marks[-1]:.1f} s, {cpu:.0f} s of cpu"
    )
    print(
        f"{used.ru_maxrss / 2**20:.2f} GiB at most here, {children.ru_maxrss / 2**20:.2f} a worker"
    )


def enlarged(sample: Sample, *, png: bool) -> Sample:
    """Give a sample's picture at 512 pixels."""
    import io
    from dataclasses import replace

    from PIL import Image

    buffer = io.BytesIO()
    with Image.open(io.BytesIO(sample.image)) as picture:
        large = picture.resize((512, 512), Image.Resampling.BICUBIC)
        large.save(buffer, "PNG" if png else "JPEG", **({} if png else {"quality": 90}))
    return replace(sample, image=buffer.getvalue())


if __name__ == "__main__":
    main()
