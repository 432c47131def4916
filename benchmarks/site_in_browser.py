"""The site in Chromium: first paint, sorting and filtering, what browsing samples loads.

    python benchmarks/site_in_browser.py --site leaderboard/dist
    python benchmarks/site_in_browser.py --detectors 200 --samples 10000

Without a site one is made: a few really scored entries, repeated under other names, so that
the table has 200 rows of 50 figures.
"""

from __future__ import annotations

import argparse
import copy
import functools
import gzip
import http.server
import shutil
import statistics
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "leaderboard"))

if TYPE_CHECKING:
    from playwright.sync_api import Page

REPEATS = 7
PAGES = 20
TIMED = """
async ([selector, event, values]) => {
  const one = document.querySelector(selector), times = [];
  for (const value of values) {
    const start = performance.now();
    if (event === "click") document.querySelector(selector).click();
    else { one.value = value; one.dispatchEvent(new Event(event, { bubbles: true })); }
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    times.push(performance.now() - start);
  }
  return times;
}
"""


class Compressing(http.server.SimpleHTTPRequestHandler):
    """Serves files compressed, as static hosts do, and counts the bytes."""

    sent = 0

    def do_GET(self) -> None:
        """Send one file."""
        data = gzip.compress(Path(self.translate_path(self.path)).read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(self.path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        Compressing.sent += len(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def make_site(work: Path, detectors: int, samples: int) -> Path:
    """Score four entries and repeat them under other names."""
    from leaderboard_making import make_submissions, make_truth, truth_source

    from leaderboard.build import build, load
    from leaderboard.entries import Entry, TruthCache

    truth = make_truth(samples)
    truths = TruthCache(truth_source(truth), work / "truth")
    verdicts = load(make_submissions(work / "submissions", truth, 6), truths, work / "kept")
    scored = [verdict.entry for verdict in verdicts if verdict.entry][:4]
    entries = []
    for number in range(detectors):
        like = scored[number % len(scored)]
        document = copy.deepcopy(like.document)
        document["slug"] = f"made-{number:03d}"
        document["detector"]["name"] = f"Made {number}"
        entries.append(Entry(like.folder, document, like.computed))
    return build(entries, truths, work / "dist", detailed=200).parent


def first_paint(page: Page, address: str) -> tuple[float, int, int]:
    """Open the table anew: milliseconds to the first paint, compressed bytes, nodes."""
    Compressing.sent = 0
    page.goto(f"{address}/index.html", wait_until="networkidle")
    page.wait_for_selector("#board tbody tr")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    nodes = page.evaluate("document.querySelectorAll('*').length")
    return float(paint), Compressing.sent, int(nodes)


def browse(page: Page, address: str, folder: str) -> int:
    """Turn pages of samples and open one on each: compressed bytes that were loaded."""
    Compressing.sent = 0
    page.goto(f"{address}/{folder}/samples.html", wait_until="networkidle")
    for _ in range(PAGES):
        page.click("#list li:first-child button")
        page.wait_for_selector("#open .sides")
        if page.is_disabled("#next"):
            break
        page.click("#next")
    page.wait_for_load_state("networkidle")
    return Compressing.sent


def main() -> None:
    """Print medians, and the worst of sorting and filtering."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--site", type=Path)
    parser.add_argument("--detectors", type=int, default=200)
    parser.add_argument("--samples", type=int, default=1000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work, sync_playwright() as engine:
        site = arguments.site or make_site(Path(work), arguments.detectors, arguments.samples)
        handler = functools.partial(Compressing, directory=str(site.resolve()))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        browser = engine.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        opened = []
        for _ in range(REPEATS):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(180_000)
            opened.append(first_paint(page, address))
        paints, sent, nodes = zip(*opened, strict=True)
        print(f"first paint: {statistics.median(paints):.0f} ms, best {min(paints):.0f} ms")
        print(f"first view: {max(sent):,} bytes over the wire, {max(nodes)} nodes")
        figure = "#board thead th:nth-child(3) button"
        sorting = page.evaluate(TIMED, [figure, "click", [""] * 2 * REPEATS])
        filtering = page.evaluate(TIMED, ["#q", "input", ["1", "", "12", "made", "x", "", "3"]])
        for what, times in (("sorting", sorting), ("filtering", filtering)):
            print(f"{what}: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms")
        folder = page.evaluate("document.body.dataset.base").strip("/")
        print(
            f"samples: {browse(page, address, folder):,} bytes for {PAGES} pages, one open on each"
        )
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
