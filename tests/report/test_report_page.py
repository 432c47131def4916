"""The page: complete, closed in itself, and safe from what detectors say."""

from __future__ import annotations

import base64
import io
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

import fakevlm_bench as fb
from fakevlm_bench.cli.main import main
from fakevlm_bench.engine.prepare import prepare
from fakevlm_bench.engine.run import Options
from fakevlm_bench.errors import ConfigError, RunError
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.registry import load_condition
from fakevlm_bench.report.gather import Findings
from fakevlm_bench.report.images import SIDE, panels
from fakevlm_bench.report.page import render
from fakevlm_bench.report.write import task_of, write_report
from fakevlm_bench.types import Task
from support.reporting import HOSTILE, IDS, Speaker

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CONDITIONS = ["clean", *IDS, "paint:8/255"]


@pytest.fixture(scope="module")
def page(run: fb.Run, task: Task, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("report") / "page.html"
    assert write_report(run.folder, ["html"], target, task=task, images=3) == [target]
    return target


@pytest.fixture(scope="module")
def markup(page: Path) -> str:
    return without_plotly(page.read_text())


def without_plotly(page: str) -> str:
    """Take plotly's own script out of a page."""
    return re.sub(r"<script>.*?plotly\.js.*?</script>", "", page, flags=re.S)


def test_every_part_is_there(markup: str) -> None:
    for anchor in ("curves", "attacks", "conditions", "worst", "consistency", "images"):
        assert f'<section id="{anchor}">' in markup
    for title in ("How far answers move", "What fell", "AUROC and localisation", "Both recalls"):
        assert title in markup
    for condition in CONDITIONS:
        assert condition in markup
    assert markup.count('class="plot"') >= 10
    assert "s01" in markup


def test_the_figures_are_those_of_the_result(run: fb.Run, markup: str) -> None:
    tile = re.search(r"balanced accuracy, clean</span>\s*<b>([\d.]+)</b>", markup)
    value = run.result["detection"]["balanced_accuracy"]["value"]
    assert tile is not None
    assert float(tile[1]) == pytest.approx(value, abs=5e-4)
    cells = re.search(r"<th>crop:3</th>(.*?)</tr>", markup, re.S)
    assert cells is not None
    drift = run.result["robustness"]["conditions"]["crop:3"]["mask_drift"]["value"]
    assert f'data-name="mask drift">{drift:.3f}' in cells[1]
    assert "the least, under ⚑ paint:8/255" in markup
    assert "failed on 14 images where the gradient is zero" in markup


def test_nothing_is_asked_of_anybody(markup: str) -> None:
    assert "default-src 'none'" in markup
    for attribute in re.findall(r'(?:src|href)="([^"]*)"', markup):
        assert attribute.startswith(("#", "data:image/")), attribute[:60]


def test_what_a_detector_says_stays_words(run: fb.Run, task: Task) -> None:
    findings = Findings(run.folder, run.folder.result(), run.folder.manifest())
    (panel,) = panels(findings, task, ["s01"], [])
    spoken = replace(panel, images=[replace(one, words=HOSTILE) for one in panel.images])
    markup = without_plotly(render(findings, [spoken]))
    assert "<script>document." not in markup
    assert "&lt;/script&gt;&lt;script&gt;document." in markup
    assert "onerror=alert" in markup
    assert "<img src=x" not in markup


def decoded(url: str) -> np.ndarray:
    data = base64.b64decode(url.partition(",")[2])
    return np.asarray(PillowImage.open(io.BytesIO(data)).convert("RGB")).astype(int)


def test_pictures_show_what_was_sent_and_ten_times_what_changed(run: fb.Run, task: Task) -> None:
    findings = Findings(run.folder, run.folder.result(), run.folder.manifest())
    (panel,) = panels(findings, task, ["s01"], CONDITIONS[1:])
    assert [one.condition.removeprefix("⚑ ") for one in panel.images] == CONDITIONS
    shown = {one.condition.removeprefix("⚑ "): one for one in panel.images}
    assert not any("not byte for byte" in one.note for one in panel.images)
    sample = next(one for one in task.dataset if one.id == "s01")
    clean = decode_image(sample.image).astype(int)
    assert np.abs(decoded(shown["clean"].sent) - clean).mean() < 6
    noisy = prepare(sample, load_condition("gaussian_noise:3"), 5, task.prompt).query.image
    change = np.clip(np.abs(decode_image(noisy).astype(int) - clean) * 10, 0, 255)
    difference = decoded(shown["gaussian_noise:3"].difference)
    assert np.abs(difference.mean() - change.mean()) < 8
    assert max(difference.shape) <= SIDE
    assert decoded(shown["crop:3"].difference).mean() < 4, "a crop changes no pixel that it keeps"
    painted = decoded(shown["paint:8/255"].sent)
    assert np.abs(painted[30:50, 40:70] - 100).mean() < 6, "the stored image, not another one"
    assert shown["clean"].verdict == "fake"
    assert shown["paint:8/255"].verdict == "real"
    assert not shown["paint:8/255"].right
    assert "asked: Is it fake or real?" in shown["prompt_order:swapped"].note
    heat = decoded(shown["clean"].heat)
    assert heat[35:45, 45:60, 0].mean() > heat[70:85, 90:115, 0].mean() + 50


def test_a_condition_that_is_another_one_now_is_not_shown_as_what_was_sent(
    run: fb.Run, task: Task
) -> None:
    manifest = run.folder.manifest()
    manifest.identity.conditions["jpeg:1"]["qualities"] = [1, 1, 1, 1, 1]
    findings = Findings(run.folder, run.folder.result(), manifest)
    (panel,) = panels(findings, task, ["s01"], ["jpeg:1"])
    assert panel.images[1].sent == ""
    assert "not remade" in panel.images[1].note


def test_a_record_never_says_what_is_instantiated(
    run: fb.Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    manifest = run.folder.manifest()
    victim = tmp_path / "victim"
    victim.touch()
    recorded = {"task": {"_target_": "os.remove", "path": str(victim)}}
    manifest = replace(manifest, config=recorded)
    assert "unknown task 'listed'" in str(task_of(manifest))
    assert victim.exists()


def test_without_its_task_a_run_has_a_page_without_images(run: fb.Run, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    write_report(run.folder, ["html"], target)
    text = target.read_text()
    assert "No images: unknown task" in text
    assert '<details class="panel"' not in text


def test_a_run_of_clean_images_alone_has_a_page(task: Task, tmp_path: Path) -> None:
    options = Options(cache=None, workers=0)
    run = fb.evaluate(task, Speaker(said=""), ["clean"], tmp_path, options=options)
    (target,) = write_report(run.folder, task=task, images=1)
    assert target == run.path / "report.html"
    assert "balanced accuracy, clean" in target.read_text()


def test_the_command_writes_the_page(run: fb.Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(run.path), "--images", "0"]) == 0
    assert capsys.readouterr().out.strip() == str(run.path / "report.html")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"forms": ["pdf"]}, "unknown format 'pdf': use html, csv, parquet, json, latex"),
        ({"samples": ["s99"]}, "the run has no image 's99'"),
        ({"conditions": ["fog:1"]}, "the run has no condition 'fog:1': it has clean"),
        ({"forms": ["csv", "json"], "out": Path("a.csv")}, "one file for 2 formats"),
    ],
)
def test_what_is_not_there_is_one_clear_line(run: fb.Run, options: dict, told: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(told)):
        write_report(run.folder, **options)


def test_a_folder_that_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is not a finished run"):
        write_report(fb.Run(tmp_path).folder)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (Debian: apt-get install chromium)")
@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_in_a_browser_it_draws_fits_and_asks_nobody(page: Path, width: int, theme: str) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, bypass_csp=False
        )
        tab = context.new_page()
        tab.set_default_timeout(120_000)
        asked: list[str] = []
        wrong: list[str] = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        tab.goto(page.as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        tab.evaluate("dispatchEvent(new Event('beforeprint'))")
        tab.wait_for_function(
            "[...document.querySelectorAll('.plot')].every((one) => one.querySelector('.main-svg'))"
        )
        assert wrong == []
        assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [page.as_uri()]
        assert tab.title().startswith("speaker on listed@1")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        before = tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        ink = "document.querySelector('.plot .xtick text').style.fill"
        drawn = tab.evaluate(ink)
        tab.click("#theme")
        assert tab.evaluate("getComputedStyle(document.documentElement).backgroundColor") != before
        tab.wait_for_function(f"{ink} != {drawn!r}")
        browser.close()
