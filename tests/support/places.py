"""What the documents' commands find in the folder they are run in."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

import fakevlm_bench as fb
from fakevlm_bench.engine.run import Options
from fakevlm_bench.leaderboard.submit import submit
from support.blocks import ROOT


@dataclass
class Place:
    """The empty folder of one block, its environment, and the places that fixtures made."""

    folder: Path
    shared: Shared
    names: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        return {**environment(self.shared.root, self.shared.programs),
                "PYTHONPATH": str(self.folder)}  # fmt: skip

    def put(self, need: str) -> None:
        """Lay a fixture's files into the folder, or name where they are."""
        self.names |= {"data": str(self.folder / "data"), "checkout": str(ROOT)}
        getattr(self, f"_{need}")()

    def _nothing(self) -> None:
        """Leave the folder empty."""

    def _checkout(self) -> None:
        self.folder = ROOT

    def _venv(self) -> None:
        """An environment that is active already."""
        (self.folder / ".venv/bin").mkdir(parents=True)
        (self.folder / ".venv/bin/activate").write_text(":\n")

    def _folders(self) -> None:
        for name in ("mine", "big"):
            (self.folder / "data").mkdir(exist_ok=True)
            (self.folder / "data" / name).symlink_to(self.shared.pictures)

    def _fakeclue(self) -> None:
        root = self.folder / "data" / "FakeClue"
        said = {0: "This is a fake image. Blurred.", 1: "This is a real image. Sharp."}
        records = []
        for i in range(6):
            name = f"doc/{'real' if i % 2 else 'fake'}/{i}.png"
            (root / "test" / name).parent.mkdir(parents=True, exist_ok=True)
            noise(i).save(root / "test" / name)
            asked = {"from": "human", "value": "<image>Does the image looks real/fake?"}
            answered = {"from": "gpt", "value": said[i % 2]}
            records.append({"image": name, "label": i % 2, "cate": "doc", "width": 32,
                            "height": 32, "conversations": [asked, answered]})  # fmt: skip
        (root / "data_json").mkdir()
        (root / "data_json/test.json").write_text(json.dumps(records))

    def _table(self) -> None:
        (self.folder / "data/mine").mkdir(parents=True)
        rows = [
            {"file": path.name, "kind": ("camera", "ai")[i % 2],
             "image": {"bytes": path.read_bytes(), "path": None}}
            for i, path in enumerate(sorted(self.shared.pictures.rglob("*.png")))
        ]  # fmt: skip
        for number, row in enumerate(rows):
            row["file"] = f"{number}-{row['file']}"
        pd.DataFrame(rows).to_parquet(self.folder / "data/mine/test-00000.parquet")

    def _server(self) -> None:
        self.names["server"] = self.shared.server

    def _runs(self) -> None:
        self.names |= {
            "run": str(self.shared.run("spectrum")),
            "other": str(self.shared.run("coin")),
        }

    def _answers(self) -> None:
        ids = fb.load_task("starter:quick").dataset.ids()
        rows = [{"id": name, "score": k % 10 / 10} for k, name in enumerate(ids)]
        (self.folder / "answers.json").write_text(json.dumps(rows))

    def _texts(self) -> None:
        """Answers in words: many in a file, one in another."""
        words = ["This is a fake image. Blurred.", "This is a real image."]
        lines = [json.dumps({"id": f"{k}", "text": text}) for k, text in enumerate(words)]
        (self.folder / "answers.jsonl").write_text("\n".join(lines))
        (self.folder / "answer.txt").write_text("Yes, it is.")

    def _photos(self) -> None:
        """A folder of images, and answers to it and to the starter set."""
        (self.folder / "photos").symlink_to(self.shared.pictures)
        ids = fb.load_task("folders", path=str(self.shared.pictures)).dataset.ids()
        rows = [{"id": name, "score": k % 10 / 10} for k, name in enumerate(ids)]
        pd.DataFrame(rows).to_csv(self.folder / "answers.csv", index=False)
        texts = [{"id": name, "text": "This is a fake image.", "boxes": [[10, 10, 500, 900]]}
                 for name in fb.load_task("starter:quick").dataset.ids()]  # fmt: skip
        (self.folder / "answers.jsonl").write_text("\n".join(map(json.dumps, texts)))

    def _card(self) -> None:
        (self.folder / "card.json").write_text('{"track": "open_weights"}')

    def _submission(self) -> None:
        """A run of a whole task, and the name that its submission gets."""
        self.names |= {"whole": str(self.shared.whole()), "submission": "starter-quick@*/coin-1"}

    def _published(self) -> None:
        submit(self.shared.whole(), self.folder / "leaderboard/submissions")


def environment(root: Path, *programs: Path) -> dict[str, str]:
    """This process's environment with programs first on the path and a cache of its own."""
    path = os.pathsep.join([*map(str, programs), str(Path(sys.executable).parent),
                            os.environ["PATH"]])  # fmt: skip
    return {**os.environ, "PATH": path, "XDG_CACHE_HOME": str(root / "cache"),
            "OMP_NUM_THREADS": "1"}  # fmt: skip


def noise(seed: int) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@dataclass
class Shared:
    """What is made once for all blocks."""

    root: Path
    pictures: Path
    server: str
    programs: Path
    _known: dict[str, Path] = field(default_factory=dict)

    def _once(self, name: str, make: Callable[[], Path]) -> Path:
        if name not in self._known:
            self._known[name] = make()
        return self._known[name]

    def run(self, detector: str) -> Path:
        """A finished run of a few images under a few conditions."""
        ids = ["clean", *(f"jpeg:{level}" for level in range(1, 6))]
        return self._once(detector, lambda: self._measure(detector, "starter", ids, limit=24))

    def whole(self) -> Path:
        """A finished run of a whole task."""
        return self._once("whole", lambda: self._measure("coin", "starter:quick", ["clean"]))

    def _measure(self, detector: str, task: str, ids: list[str], limit: int | None = None) -> Path:
        options = Options(cache=None, workers=0, limit=limit)
        loaded = fb.load_task(task), fb.load_detector(detector)
        return fb.evaluate(*loaded, ids, self.root / "runs", options=options).path
