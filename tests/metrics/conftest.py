"""Made-up runs and independent data that several tests use."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fakevlm_bench import rle
from fakevlm_bench.metrics.join import join

TEXT = (
    "the edges of this window are unnatural, while shadows fall in upper left corner and look "
    "consistent with light from bottom right; texture 3.5 times smoother (than usual) skin"
)
WORDS = np.array(TEXT.split(), dtype=object)


@pytest.fixture(scope="session")
def make_run():
    def make(n=120, conditions=("clean", "jpeg:1", "jpeg:3"), seed=0, skill=0.3):
        rng = np.random.default_rng(seed)
        predictions, truth = [], []
        for condition in conditions:
            for i in range(n):
                fake = i % 2
                key = {"sample_id": f"s{i:04d}", "condition_id": condition}
                mask = np.zeros((32, 48), dtype=np.bool_)
                y, x = rng.integers(0, 16, 2)
                mask[y : y + 12, x : x + 20] = True
                said = np.roll(mask, rng.integers(0, 8), axis=(0, 1))
                score = float(np.clip(rng.normal(0.35 + skill * fake, 0.2), 0, 1))
                status = ("ok", "ok", "ok", "ok", "ok", "unparsed", "failed")[rng.integers(0, 7)]
                answer = " ".join(rng.choice(WORDS, 12))
                kept = np.where(rng.random(12) < 0.6, answer.split()[:12], rng.choice(WORDS, 12))
                kind = i // 2 % 3
                predictions.append(
                    {
                        **key,
                        "status": status,
                        "verdict": int(score > 0.5) if status == "ok" else None,
                        "score": score if status != "failed" else None,
                        "mask": rle.encode(said) if status != "failed" else None,
                        "heat_map": rng.integers(0, 256, 24, dtype=np.uint8).tobytes(),
                        "heat_map_width": 6,
                        "heat_map_height": 4,
                        "explanation": answer if status == "ok" else None,
                        "dropped_boxes": 0,
                        "error": "timeout" if status == "failed" else None,
                    }
                )
                truth.append(
                    {
                        **key,
                        "label": fake,
                        "category": ("animal", "food", "street")[kind],
                        "generator": ("sd", "gan", "lama")[kind] if fake else "real",
                        "family": ("splice", "inpaint")[i // 2 % 2] if fake else "real",
                        "group": f"g{i // 2}",
                        "pair": f"s{i - 1:04d}" if fake else "",
                        "paired": True,
                        "unseen": bool(fake and i // 2 % 2),
                        "whole": False,
                        "mask": rle.encode(mask) if fake else None,
                        "boxes": None,
                        "references": [" ".join(kept)],
                        "width": 48,
                        "height": 32,
                    }
                )
        return join(pd.DataFrame(predictions), pd.DataFrame(truth))

    return make


@pytest.fixture(scope="session")
def wordnet(tmp_path_factory):
    """Nltk's reader over the WordNet 3.0 files of Debian's package wordnet-base."""
    import nltk

    files = Path("/usr/share/wordnet")
    if not (files / "data.noun").exists():
        pytest.skip("WordNet's files are not there: apt-get install wordnet-base")
    folder = tmp_path_factory.mktemp("nltk") / "corpora" / "wordnet"
    folder.mkdir(parents=True)
    for file in files.iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    # lexnames(5WN): the numbers of the lexicographer files; METEOR does not use their names.
    lines = [f"{k:02d}\tname{k}\t1\n" for k in range(45)]
    (folder / "lexnames").write_text("".join(lines))
    (folder / "index.sense").touch()  # opened, but of no use to synonyms
    nltk.data.path.insert(0, str(folder.parents[1]))
    from nltk.corpus import wordnet as reader

    from fakevlm_bench.metrics.meteor import load_wordnet

    load_wordnet.cache_clear()
    yield reader
    nltk.data.path.remove(str(folder.parents[1]))
    load_wordnet.cache_clear()
