"""The site in a real browser: from ``file://``, without a request to anywhere, for everybody."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest

from fakevlm_bench.leaderboard.build import build
from support.leaderboard_large import many, score_some
from support.leaderboard_making import CONDITIONS
from support.leaderboard_serving import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update",
         "--disable-sync")  # fmt: skip
FOLDER = "toy@1"
PAGES = ("index.html", "reported.html", f"{FOLDER}/charts.html", f"{FOLDER}/samples.html",
         f"{FOLDER}/task.html", f"{FOLDER}/detectors/detector-000.html")  # fmt: skip
CHARTS = {"severity", "cost", "turned", "generators", "beats", "reliability", "roc"}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (Debian: apt-get install chromium)"),
]
playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """A site of six really scored entries, and one of 200 shaped after them."""
    work = tmp_path_factory.mktemp("browser")
    entries, truths = score_some(work, 120, CONDITIONS)
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


def until(page, expression: str) -> None:
    """Wait in steps: the policy forbids the evaluation that waiting in the page needs."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {expression}")


def rows(page) -> list[str]:
    return page.locator("#board tbody.ranked th a").all_inner_texts()


def test_every_page_opens_from_a_file_without_complaint(sites, page):
    for name in PAGES:
        page.goto(f"file://{sites[0]}/{name}")
        page.wait_for_load_state("load")
    assert set(charts_of(page, sites[0])) == CHARTS
    assert page.complaints == []


def test_plotly_comes_only_with_a_chart(sites, page):
    urls = []
    page.on("request", lambda request: urls.append(request.url))
    page.goto(f"file://{sites[0]}/index.html")
    page.wait_for_selector("#board tbody tr")
    assert not any("plotly" in url for url in urls)


@pytest.mark.slow
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
            page.click("#chooser summary")
        if "samples" in name:
            page.click("#list li:first-child button")
            page.wait_for_selector("#open .sides")
        if name == "index.html":
            page.click("#chooser summary")
            page.click("#meanings summary")
        hold(page, axe, width, name)
    for chart in charts_of(page, sites[0]):
        hold(page, axe, width, chart)
    context.close()


def hold(page, axe, width, name):
    """No wider than the screen, and nothing that axe complains about."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    found = axe.run(page).response["violations"]
    assert found == [], (name, [(v["id"], v["nodes"][0]["html"][:200]) for v in found])


def charts_of(page, site):
    """Draw every chart, one after the other."""
    page.goto(f"file://{site}/{FOLDER}/charts.html")
    for chart in page.locator("#chart option").evaluate_all("all => all.map((o) => o.value)"):
        page.select_option("#chart", chart)
        page.wait_for_selector(f'#plot[data-drawn="{chart}"] .main-svg')
        yield chart


def test_sort_filter_and_columns_live_in_the_url(sites, page):
    page.goto(f"file://{sites[1]}/index.html")
    first = rows(page)
    page.click('#board th button[data-sort="clean/detection/recall_real"]')
    by_recall = rows(page)
    assert by_recall != first
    page.fill("#q", "large")
    until(page, "document.querySelectorAll('#board tbody.ranked tr').length < 200")
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


def test_threshold_slider_recomputes_recalls_and_cost(sites, page):
    page.goto(f"file://{sites[0]}/{FOLDER}/charts.html#chart=roc&d=detector-002")
    page.wait_for_selector('#plot[data-drawn="roc"]')
    assert "computed in this page, from the build's histograms" in page.inner_text("#chart-note")
    with np.load(next_computed(sites, "detector-002")) as kept:
        scores, label = kept["scores"][0], np.arange(120) % 2 == 1
    known = np.isfinite(scores)
    edges = page.evaluate("DATA.get('charts').edges")
    page.fill("#ratio", "20")
    page.fill("#prevalence", "0.01")
    for place in (0, 5, 30, 58, 80, 112, len(edges) - 1):
        page.locator("#threshold").evaluate(
            "(one, v) => { one.value = v; one.dispatchEvent(new Event('input')); }", str(place)
        )
        until(
            page, f"document.getElementById('threshold-value').textContent === '{edges[place]:g}'"
        )
        called = known & (scores >= edges[place])
        caught, cleared = called[label].mean(), (known & ~called)[~label].mean()
        if place == len(edges) - 1:
            caught, cleared = 0.0, known[~label].mean()
        cells = [float(t.replace("–", "nan")) for t in
                 page.locator("#operating-table tbody td").all_inner_texts()]  # fmt: skip
        assert cells[:2] == pytest.approx([caught, cleared], abs=6e-4)
        cost = 20 * 0.01 * (1 - caught) + 0.99 * (1 - cleared)
        assert cells[4] == pytest.approx(cost, abs=6e-4)
    again = page.context.new_page()
    again.goto(page.url)
    again.wait_for_selector('#plot[data-drawn="roc"]')
    assert again.inner_text("#operating-table") == page.inner_text("#operating-table")


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
    until(page, "!document.getElementById('count').textContent.startsWith('120 of')")
    for text in page.locator("#list li").all_inner_texts():
        verdicts = [word for word in text.split() if word in ("real", "fake", "unparsed", "failed")]
        assert verdicts[1] != verdicts[2]
    assert "filter=differ" in page.url
    page.select_option("#filter", "falls|jpeg:5")
    until(page, "document.getElementById('condition').value === 'jpeg:5'")
    assert "quality 30" in page.locator('#condition option[value="jpeg:5"]').inner_text()
    assert page.locator("#list li").count() > 0
    assert all("✗" in text for text in page.locator("#list li").all_inner_texts())
    page.click("#list li:first-child button")
    page.wait_for_selector("#open .sides")
    strip = page.locator("#open .strip li").all_inner_texts()
    assert len(strip) == len(CONDITIONS)
    first = {text.split()[0]: text.split()[2] for text in strip}
    assert (first["clean"], first["jpeg:5"]) == ("✓", "✗")
    assert page.locator("#open .sides section").count() == 3
    assert page.complaints == []


def test_unparsed_answers_can_be_found(sites, page):
    folder = sites[0] / FOLDER / "samples/answers/detector-000.js"
    verdicts = json.loads(folder.read_text().partition(",")[2][:-3])["jpeg:1"][0]
    assert verdicts.count("2") > 0
    address = f"file://{sites[0]}/{FOLDER}/samples.html"
    page.goto(f"{address}#a=detector-000&condition=jpeg:1&filter=unparsed")
    page.wait_for_selector("#list li")
    shown = page.locator("#list li").all_inner_texts()
    assert len(shown) == verdicts.count("2") + verdicts.count("3")
    assert all("unparsed" in text for text in shown)
    page.fill("#q", "no such sample")
    page.wait_for_selector("#none:not([hidden])")


def test_texts_side_by_side_mark_what_differs(sites, page):
    """Marked words are those outside of a longest common subsequence; difflib's is one."""
    page.goto(f"file://{sites[0]}/{FOLDER}/samples.html#a=detector-000&b=detector-000")
    page.wait_for_selector("#list li")
    got = page.evaluate("""() => {
      const shown = (a, b) => marked(a, b).map((n) => [n.nodeName === "MARK", n.textContent]);
      return [shown("the wall is too smooth", "the wall is smooth and flat"),
              shown("same words here", "same words here")];
    }""")
    assert [text for mark, text in got[0] if mark] == ["too"]
    assert "".join(text for _, text in got[0]) == "the wall is too smooth"
    assert not any(mark for mark, _ in got[1])
    page.click("#list li:first-child button")
    page.wait_for_selector("#open .sides .words")
    assert page.locator("#open .words mark").count() == 0


def test_regions_are_laid_over_the_picture(sites, page):
    page.goto(f"file://{sites[0]}/{FOLDER}/samples.html#label=1&filter=&a=detector-000&layer=mask")
    page.wait_for_selector("#list li")
    page.click("#list li:has(img) button")
    page.wait_for_selector("#open .stack canvas")
    drawn = page.evaluate("""() => { const c = document.querySelector("#open .stack canvas");
      return [...c.getContext("2d").getImageData(0, 0, c.width, c.height).data]
        .filter((v, i) => i % 4 === 3 && v > 0).length / (c.width * c.height); }""")
    assert drawn == pytest.approx((16 / 48) ** 2, abs=1e-3)
    page.locator("#opacity").fill("20")
    opacity = "getComputedStyle(document.querySelector('#open .stack canvas')).opacity"
    assert float(page.evaluate(opacity)) == pytest.approx(0.2)
    assert "opacity=20" in page.url
    page.select_option("#layer", "none")
    until(page, "!document.querySelector('#open .stack canvas')")


def test_samples_by_keyboard(sites, page):
    page.goto(f"file://{sites[0]}/{FOLDER}/samples.html")
    page.wait_for_selector("#list li")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#list') !== null"):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#open .sides")
    until(page, "document.activeElement.id === 'open'")


def test_a_phone_sees_the_table_without_sideways_scrolling(sites, browser):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    for site in sites:
        page.goto(f"file://{site}/index.html")
        page.wait_for_selector("#board tbody tr")
        assert page.locator("#board thead th button").count() == 5
        region = "document.querySelector('.scroll:has(#board)')"
        assert page.evaluate(f"{region}.scrollWidth <= {region}.clientWidth"), site
    context.close()


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """A site on which one detector has two versions."""
    work = tmp_path_factory.mktemp("grown")
    entries, truths = score_some(work, 40, CONDITIONS[:2])
    first, second = entries[:2]
    detector = replace(first.submission.detector, version="0.9")
    older = replace(second.submission, detector=detector)
    return build([first, replace(second, submission=older), *entries[2:]], truths, work / "dist")


@pytest.mark.parametrize("width", [1280, 390])
def test_earlier_versions_open_below_the_newest(grown, browser, width):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(f"file://{grown}")
    page.wait_for_selector("#board tbody tr")
    assert "detector-001" not in page.locator("#board").inner_html()
    button = page.locator("#board button.history")
    assert (button.inner_text(), button.get_attribute("aria-expanded")) == (
        "1 earlier version", "false",
    )  # fmt: skip
    button.press("Enter")
    earlier = page.locator("#board tr.earlier")
    assert "version 0.9" in earlier.inner_text()
    assert earlier.locator("a").get_attribute("href").endswith("detectors/detector-001.html")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    region = "document.querySelector('.scroll:has(#board)')"
    assert page.evaluate(f"{region}.scrollWidth <= {region}.clientWidth")
    assert "history=detector-000" in page.url
    page.reload()
    page.wait_for_selector("#board tr.earlier")
    button.press("Enter")
    assert earlier.count() == 0
    context.close()


def test_columns_say_what_they_are(sites, page):
    page.goto(f"file://{sites[0]}/index.html")
    page.click("#meanings summary")
    page.wait_for_selector("#meanings dt")
    said = page.inner_text("#meanings dl")
    assert "an answer that was not understood counts as wrong" in said
    assert (
        len(page.locator("#meanings dt").all()) == page.locator("#board thead button").count() - 2
    )


def test_first_view_of_200_detectors_is_small(sites, page):
    with serving(sites[1]) as server:
        page.goto(f"{server.address}/index.html")
        page.wait_for_selector("#board tbody tr")
        page.wait_for_load_state("networkidle")
    shown = page.evaluate("[DATA.get('table').entries.length, DATA.get('table').values.length]")
    assert shown == [200, 50]
    assert server.sent <= 150_000
    assert page.evaluate("document.querySelectorAll('*').length") < 2_500
    assert page.complaints == []


@pytest.mark.slow
def test_10_000_samples_can_be_browsed(tmp_path, page):
    """All of them are found and filtered; what is held and loaded stays at a few megabytes."""
    entries, truths = score_some(tmp_path, 10_000, ("clean", "jpeg:5"), count=3)
    site = build(entries, truths, tmp_path / "dist", detailed=200).parent
    with serving(site) as server:
        page.goto(f"{server.address}/{FOLDER}/samples.html#filter=falls&condition=jpeg:5")
        page.wait_for_selector("#list li")
        verdicts, falls = DECODED.format("detector-000"), page.inner_text("#count")
        expected = page.evaluate(verdicts)
        assert falls.startswith(f"{expected:,} of 10,000 samples")
        page.select_option("#filter", "")
        until(page, "document.getElementById('count').textContent.startsWith('10,000')")
        for turn in range(209):
            if turn % 20 == 0:
                page.click("#list li:first-child button")
                page.wait_for_selector("#open .sides")
            if page.is_disabled("#next"):
                break
            page.click("#next")
        assert page.inner_text("#page") == "page 209 of 209"
        assert page.locator("#list li").count() == 10_000 - 208 * 48
        page.wait_for_load_state("networkidle")
        held = page.evaluate("JSON.stringify([...DATA]).length")
        assert held < 1_000_000
        assert server.sent < 3_000_000
    assert page.complaints == []


DECODED = """(() => {{ const s = DATA.get("samples"), a = DATA.get("answers/{}");
  return s.ids.filter((_, i) => a.clean[0][i] === s.label[i] && a["jpeg:5"][0][i] !== s.label[i])
    .length; }})()"""


def test_printing_shows_every_detector(sites, page):
    page.goto(f"file://{sites[1]}/index.html")
    assert len(rows(page)) < 150
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#board tbody tr:not(.section)").count() == 200


@pytest.mark.parametrize("name", ["index.html", f"{FOLDER}/charts.html#chart=roc"])
def test_print_is_light_whatever_the_theme(sites, browser, name):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"file://{sites[0]}/{name}")
    if "charts" in name:
        page.wait_for_selector("#plot[data-drawn] .main-svg")
    ink = "getComputedStyle(document.body).color"
    dark = page.evaluate(ink)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert max(map(int, re.findall(r"\d+", page.evaluate(ink)))) < 80
    if "charts" in name:
        until(
            page,
            "getComputedStyle(document.querySelector('.xtick text')).fill === 'rgb(28, 31, 33)'",
        )
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(ink) == dark
    context.close()


def test_a_chart_keeps_its_height_when_the_window_changes(sites, page):
    page.goto(f"file://{sites[0]}/{FOLDER}/charts.html")
    page.wait_for_selector("#plot[data-drawn] .main-svg")
    page.set_viewport_size({"width": 800, "height": 900})
    until(page, "document.querySelector('#plot .main-svg').clientWidth < 800")
    height = "document.querySelector('#plot .main-svg').clientHeight"
    assert page.evaluate(height) == page.evaluate("document.getElementById('plot').clientHeight")
    assert page.evaluate(height) >= 400


def test_a_phones_table_fits_and_every_cell_has_a_header(sites, browser):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"file://{sites[0]}/index.html")
    page.wait_for_selector("#board tbody tr")
    headers = page.locator("#board thead th:visible").count()
    cells = page.locator("#board tbody.ranked tr").evaluate_all(
        "rows => rows.map((r) => r.cells.length)"
    )
    assert set(cells) == {headers}
    region = page.locator(".scroll:has(#board)")
    assert region.evaluate("e => e.scrollWidth <= e.clientWidth")
    context.close()
