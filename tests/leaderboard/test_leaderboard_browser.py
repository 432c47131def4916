"""The site in a real browser: from ``file://``, without a request to anywhere, for everybody."""

from __future__ import annotations

import gzip
import http.server
import json
import shutil
import threading
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from leaderboard_making import CONDITIONS, make_submissions, make_truth, truth_source

from leaderboard.build import build, load
from leaderboard.entries import Entry, TruthCache

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update",
         "--disable-sync")  # fmt: skip
FOLDER = "toy@1"
PAGES = ("index.html", "reported.html", f"{FOLDER}/charts.html", f"{FOLDER}/samples.html",
         f"{FOLDER}/task.html", f"{FOLDER}/detectors/detector-000.html")  # fmt: skip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (Debian: apt-get install chromium)"),
]
playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")


def many(entries: list[Entry], count: int, work) -> list[Entry]:
    """Entries with figures of their own, shaped after really scored ones."""
    made = []
    for number in range(count):
        rng = np.random.default_rng(number)
        like = entries[number % len(entries)]
        computed = work / f"made-{number}"
        computed.mkdir()
        for name in ("samples.npz", "predictions.parquet"):
            (computed / name).symlink_to(like.computed / name)

        def jitter(node, rng=rng):
            if isinstance(node, list):
                return [jitter(item) for item in node]
            if not isinstance(node, dict):
                return node
            if isinstance(node.get("value"), float):
                value, low = float(np.clip(node["value"] + rng.normal(0, 0.1), 0, 1)), node["low"]
                ends = (
                    {}
                    if low is None
                    else {
                        "low": max(0.0, value - rng.uniform(0, 0.1)),
                        "high": min(1.0, value + rng.uniform(0, 0.1)),
                    }
                )
                return {**node, "value": value, **ends}
            return {name: jitter(item) for name, item in node.items()}

        kept = {"efficiency": like.result["efficiency"]}
        (computed / "result.json").write_text(
            json.dumps({**jitter(like.result | {"efficiency": {}}), **kept})
        )
        document = json.loads(json.dumps(like.document))
        document["slug"] = f"made-{number:03d}"
        document["detector"]["name"] = f"Made {number} {rng.choice(['small', 'large'])}"
        made.append(Entry(like.folder, document, computed))
    return made


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """A site of six really scored entries, and one of 200 shaped after them."""
    work = tmp_path_factory.mktemp("browser")
    truth = make_truth(120, conditions=CONDITIONS)
    folders = make_submissions(work / "submissions", truth, 6)
    truths = TruthCache(truth_source(truth), work / "truth")
    verdicts = load(folders, truths, work / "kept")
    entries = [verdict.entry for verdict in verdicts if verdict.entry]
    assert len(entries) == 6, [v.line for v in verdicts]
    build(many(entries, 200, work), truths, work / "large", detailed=0)
    return build(entries, truths, work / "small", detailed=30).parent, work / "large"


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as engine:
        found = engine.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    made = context.new_page()
    made.complaints = []
    made.on("console", lambda m: made.complaints.append(m.text) if m.type != "info" else None)
    made.on("pageerror", lambda error: made.complaints.append(str(error)))
    made.on("request", lambda r: made.complaints.append(r.url) if outside(r.url) else None)
    yield made
    context.close()


def outside(url: str) -> bool:
    return not url.startswith(("file://", "data:", "http://127.0.0.1"))


def rows(page) -> list[str]:
    return page.locator("#board tbody.ranked th a").all_inner_texts()


def test_every_page_opens_from_a_file_without_complaint(sites, page):
    for name in PAGES:
        page.goto(f"file://{sites[0]}/{name}")
        page.wait_for_load_state("load")
    page.goto(f"file://{sites[0]}/{FOLDER}/charts.html")
    for chart in page.locator("#chart option").evaluate_all("all => all.map((o) => o.value)"):
        page.select_option("#chart", chart)
        page.wait_for_selector(f'#plot[data-drawn="{chart}"] .main-svg')
    assert page.complaints == []


def test_plotly_comes_only_with_a_chart(sites, page):
    urls = []
    page.on("request", lambda request: urls.append(request.url))
    page.goto(f"file://{sites[0]}/index.html")
    page.wait_for_selector("#board tbody tr")
    assert not any("plotly" in url for url in urls)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_accessible_and_never_wider_than_the_screen(sites, browser, theme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=theme, bypass_csp=True
    )
    page = context.new_page()
    for name in PAGES:
        page.goto(f"file://{sites[0]}/{name}")
        if "charts" in name:
            page.wait_for_selector("#plot[data-drawn]")
        if "samples" in name:
            page.click("#list li:first-child button")
            page.wait_for_selector("#open .sides")
        if name == "index.html":
            page.click("#chooser summary")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        found = axe.run(page).response["violations"]
        assert found == [], (name, [(v["id"], v["nodes"][0]["html"][:200]) for v in found])
    context.close()


def test_sort_filter_and_columns_live_in_the_url(sites, page):
    page.goto(f"file://{sites[1]}/index.html")
    first = rows(page)
    page.click('#board th button[data-sort="clean/detection/recall_real"]')
    by_recall = rows(page)
    assert by_recall != first
    page.fill("#q", "large")
    page.wait_for_function("document.querySelectorAll('#board tbody.ranked tr').length < 200")
    assert all("large" in name for name in rows(page))
    page.click("#chooser summary")
    page.check('#columns label[title="jpeg:5/detection/recall_fake"] input')
    header = '#board th button[data-sort="jpeg:5/detection/recall_fake"]'
    page.wait_for_selector(header)
    shown, url = rows(page), page.url
    again = page.context.new_page()
    again.goto(url)
    again.wait_for_selector(header)
    assert rows(again) == shown
    assert again.input_value("#q") == "large"
    page.click("#controls button[type=reset]")
    assert rows(page) == first
    assert "#" not in page.url


def test_sorting_by_a_figure_puts_it_in_order(sites, page):
    page.goto(f"file://{sites[1]}/index.html")
    button = page.locator('#board th button[data-sort="clean/detection/auroc"]')
    for direction, reverse in (("descending", True), ("ascending", False)):
        button.click()
        assert page.locator(f'#board th[aria-sort="{direction}"]').inner_text().startswith("AUROC")
        place = page.locator("#board thead th").all_inner_texts()
        column = next(i for i, text in enumerate(place) if text.startswith("AUROC"))
        cells = page.locator(f"#board tbody.ranked tr > :nth-child({column + 1})").all_inner_texts()
        numbers = [float(text) for text in cells if text != "–"]
        assert numbers == sorted(numbers, reverse=reverse)
        assert len(numbers) > 20


def test_keyboard_sorts_and_keeps_its_place(sites, page):
    page.goto(f"file://{sites[0]}/index.html")
    page.locator('#board th button[data-sort="name"]').focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.sort") == "name"
    assert rows(page) == sorted(rows(page))


def test_threshold_slider_recomputes_recalls(sites, page):
    page.goto(f"file://{sites[0]}/{FOLDER}/charts.html#chart=roc&d=detector-002")
    page.wait_for_selector('#plot[data-drawn="roc"]')
    with np.load(next_computed(sites, "detector-002")) as kept:
        scores, label = kept["scores"][0], np.arange(120) % 2 == 1
    known = np.isfinite(scores)
    for threshold in (50, 80):
        page.locator("#threshold").fill(str(threshold))
        page.wait_for_function(
            f"document.getElementById('threshold-value').textContent === '{threshold / 100:.2f}'"
        )
        fake, real = page.locator("#operating-table tbody td").all_inner_texts()[:2]
        called = scores >= threshold / 100
        assert float(fake) == pytest.approx(called[label].mean(), abs=6e-4)
        assert float(real) == pytest.approx((known & ~called)[~label].mean(), abs=6e-4)


def next_computed(sites, slug):
    """The arrays that were kept of one entry."""
    kept = sites[0].parent / "kept"
    text = (sites[0] / FOLDER / "downloads/results.json").read_text()
    wanted = next(e["result"] for e in json.loads(text) if e["submission"]["slug"] == slug)
    for folder in kept.iterdir():
        if json.loads((folder / "result.json").read_text()) == wanted:
            return folder / "samples.npz"
    raise AssertionError(slug)


def test_samples_filters_and_details(sites, page):
    address = f"file://{sites[0]}/{FOLDER}/samples.html"
    page.goto(f"{address}#a=detector-000&b=detector-003")
    page.wait_for_selector("#list li")
    assert page.inner_text("#count").startswith("120 of 120")
    page.select_option("#filter", "differ")
    page.wait_for_function("!document.getElementById('count').textContent.startsWith('120 of')")
    for text in page.locator("#list li").all_inner_texts():
        verdicts = [word for word in text.split() if word in ("real", "fake", "unparsed", "failed")]
        assert verdicts[1] != verdicts[2]
    page.select_option("#filter", "falls|jpeg:5")
    page.wait_for_function("document.getElementById('condition').value === 'jpeg:5'")
    assert "quality 30" in page.locator('#condition option[value="jpeg:5"]').inner_text()
    assert page.locator("#list li").count() > 0
    assert all("✗" in text for text in page.locator("#list li").all_inner_texts())
    page.click("#list li:first-child button")
    page.wait_for_selector("#open .sides")
    strip = page.locator("#open .strip li").all_inner_texts()
    assert len(strip) == len(CONDITIONS)
    first = {text.split()[0]: text.split()[1] for text in strip}
    assert (first["clean"], first["jpeg:5"]) == ("✓", "✗")
    assert page.locator("#open .sides section").count() == 3
    assert page.complaints == []


@pytest.fixture
def served(sites):
    """The large site behind a server that compresses, as static hosts do."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        sent = 0

        def do_GET(self):
            path = self.translate_path(self.path.split("#")[0].split("?")[0])
            data = gzip.compress(Path(path).read_bytes(), 6)
            self.send_response(200)
            self.send_header("Content-Type", self.guess_type(path))
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            Handler.sent += len(data)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Handler, directory=str(sites[1]))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", Handler
    server.shutdown()


def test_first_view_of_200_detectors_is_small(served, page):
    address, handler = served
    page.goto(f"{address}/index.html")
    page.wait_for_selector("#board tbody tr")
    page.wait_for_load_state("networkidle")
    shown = page.evaluate("[DATA.get('table').entries.length, DATA.get('table').values.length]")
    assert shown == [200, 50]
    assert handler.sent <= 150_000
    assert page.evaluate("document.querySelectorAll('*').length") < 2_500
    assert page.complaints == []


def test_printing_shows_every_detector(sites, page):
    page.goto(f"file://{sites[1]}/index.html")
    assert len(rows(page)) < 150
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#board tbody tr:not(.section)").count() == 200
