"""Take the README's pictures of a built leaderboard: table, samples, charts.

    python docs/take_pictures.py leaderboard/dist

Needs the extra ``dev`` and Debian's ``chromium``; writes docs/images/*.png.
"""

from __future__ import annotations

import argparse
import io
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Page

IMAGES = Path(__file__).parent / "images"
WIDTH, HEIGHT = 1280, 800
TALL = 880  # holds a sample with its explanations
MOST_BYTES = 300_000
PATIENCE_MS = 180_000


def main() -> None:
    """Open the pages of one task and take a picture of each."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("site", type=Path, nargs="?", default=Path("leaderboard/dist"))
    parser.add_argument("--task", help="folder of the task; the home page's by default")
    parser.add_argument("--pair", help="slugs of the two detectors beside each other: A,B")
    arguments = parser.parse_args()
    site = arguments.site.resolve()
    with sync_playwright() as engine:
        browser = engine.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{site.as_uri()}/index.html")
        page.wait_for_selector("#board tbody tr")
        keep(page, "leaderboard")
        folder = arguments.task or page.evaluate("document.body.dataset.base").strip("/")
        page.goto(f"{site.as_uri()}/{folder}/samples.html{state(arguments.pair)}")
        page.set_viewport_size({"width": WIDTH, "height": TALL})
        open_sample(page)
        keep(page, "samples")
        page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        page.goto(f"{site.as_uri()}/{folder}/charts.html")
        page.wait_for_selector("#plot[data-drawn] .main-svg")
        keep(page, "charts")
        browser.close()


def state(pair: str | None) -> str:
    """Give the samples page's state: the chosen two, edited regions, where they disagree."""
    first, _, second = (pair or "").partition(",")
    chosen = f"&a={first}&b={second}" if pair else ""
    return f"#label=1&filter=differ{chosen}"


def open_sample(page: Page) -> None:
    """Open the first sample that has a picture and, where one has, a true region."""
    page.wait_for_selector("#list li")
    region = page.locator("#list button:has(img)")
    wanted = page.locator('#list button[aria-label*="region"]:has(img)')
    (wanted if wanted.count() else region).first.click()
    page.wait_for_selector("#open .sides img")
    page.wait_for_load_state("networkidle")
    page.evaluate("document.getElementById('open').scrollIntoView()")


def keep(page: Page, name: str) -> None:
    """Write the view as a PNG of at most `MOST_BYTES`, with fewer colours if need be."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = IMAGES / f"{name}.png"
    path.parent.mkdir(exist_ok=True)
    picture.save(path, optimize=True)
    for colours in (256, 128, 64):
        if path.stat().st_size <= MOST_BYTES:
            break
        picture.quantize(colours).save(path, optimize=True)
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
