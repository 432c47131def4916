"""The site in Chromium: first paint, sorting and filtering, what browsing samples loads.

    python benchmarks/site_in_browser.py --site leaderboard/dist
    python benchmarks/site_in_browser.py --detectors 200 --samples 10000

Without a site one is made: a few really scored entries, and others shaped after them, so that
the table has 200 rows of 50 figures. Wanted: first paint under 1 s, sorting and filtering
under 100 ms from the event to the frame that shows it.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from support.leaderboard_serving import Server

CONDITIONS = ("clean", "jpeg:3")
REPEATS = 7
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
ROWS = """
new MutationObserver((_, watch) => {
  if (!document.querySelector("#board tbody tr")) return;
  watch.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.rowsAt = performance.now(); }));
}).observe(document, { childList: true, subtree: true });
"""


def first_view(page: Page, server: Server) -> tuple[float, float, int, int]:
    """Open the table anew: ms to the first paint and to the painted rows, bytes, nodes."""
    server.sent = 0
    page.add_init_script(ROWS)
    page.goto(f"{server.address}/index.html", wait_until="networkidle")
    page.wait_for_selector("#board tbody tr")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    nodes = page.evaluate("document.querySelectorAll('*').length")
    return float(paint), float(page.evaluate("window.rowsAt")), server.sent, int(nodes)


def browse(page: Page, server: Server, folder: str) -> tuple[int, int, int]:
    """Turn all pages of samples and open one on each: bytes of the first, of all; pages."""
    server.sent = 0
    page.goto(f"{server.address}/{folder}/samples.html", wait_until="networkidle")
    first, pages = server.sent, 1
    while True:
        page.click("#list li:first-child button")
        page.wait_for_selector("#open .sides")
        if page.is_disabled("#next"):
            break
        page.click("#next")
        pages += 1
    page.wait_for_load_state("networkidle")
    return first, server.sent, pages


def report(page: Page, server: Server, opened: list[tuple[float, float, int, int]]) -> None:
    """Print medians, and the worst of sorting and filtering."""
    paints, rows, sent, nodes = zip(*opened, strict=True)
    print(f"first paint: median {statistics.median(paints):.0f} ms, worst {max(paints):.0f} ms")
    print(f"rows painted: median {statistics.median(rows):.0f} ms, worst {max(rows):.0f} ms")
    print(f"first view: {max(sent):,} bytes over the wire, {max(nodes)} nodes")
    figure = "#board thead th:nth-child(3) button"
    sorting = page.evaluate(TIMED, [figure, "click", [""] * 2 * REPEATS])
    filtering = page.evaluate(TIMED, ["#q", "input", ["1", "", "12", "made", "x", "", "3"]])
    for what, times in (("sorting", sorting), ("filtering", filtering)):
        print(f"{what}: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms")
    folder = page.evaluate("document.body.dataset.base").strip("/")
    first, sent_all, pages = browse(page, server, folder)
    held = page.evaluate("JSON.stringify([...DATA]).length")
    print(f"samples: {first:,} bytes for the first page; {sent_all:,} for all {pages}, one opened")
    print(f"samples: {held:,} characters of data held at the end")


def main() -> None:
    """Make a site, where none is given, and measure it."""
    from playwright.sync_api import sync_playwright

    from support.leaderboard_large import make_large
    from support.leaderboard_serving import serving

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--site", type=Path)
    parser.add_argument("--detectors", type=int, default=200)
    parser.add_argument("--samples", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work, sync_playwright() as engine:
        site = arguments.site or make_large(
            Path(work), arguments.detectors, arguments.samples, CONDITIONS
        )
        browser = engine.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        with serving(site.resolve()) as server:
            opened = []
            for _ in range(REPEATS):
                page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
                page.set_default_timeout(180_000)
                opened.append(first_view(page, server))
            report(page, server, opened)
        browser.close()


if __name__ == "__main__":
    main()
