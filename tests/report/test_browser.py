"""The report in a real browser: Chromium driven by Playwright."""

import re
import shutil
from dataclasses import replace

import pytest
from matplotlib.image import imread

from clusteract.report import render_page, study_page

pytestmark = pytest.mark.browser

HOSTILE = "<script>window.hacked=1</script><img src=http://example.org/x onerror=hacked=1>"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    path = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if path is None:
        pytest.skip(f"no browser found (looked for {', '.join(_BROWSERS)})")
    with playwright.sync_playwright() as driver:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        chromium = driver.chromium.launch(executable_path=path, headless=True, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def hostile_result(result):
    """The measured extremes carry names that would be code."""
    order = result.table.target.argsort()
    names = list(result.table.names)
    names[order[0]] = HOSTILE
    return replace(result, table=replace(result.table, names=tuple(names)))


@pytest.fixture(scope="module")
def report(hostile_result, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    path = folder / "report.html"
    page = render_page(study_page(hostile_result), folder / "figures")
    path.write_text(page, encoding="utf-8")
    return path


@pytest.fixture
def page(browser, report):
    """The open report; at the end, nothing was asked of any network and nothing went wrong."""
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    requests, problems = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(report.as_uri())
    page.wait_for_selector("#plot circle")
    yield page
    assert not page.evaluate("'hacked' in window")
    page.close()
    loaded = [url for url in requests if not url.startswith("data:")]
    assert loaded == [report.as_uri()]
    assert problems == []


def tip(page) -> str:
    return page.inner_text("#tip")


def point(page, which=0):
    """Row, fold, measured and predicted value of the shown recipe's test points."""
    script = "[i, JSON.parse(document.getElementById('points').textContent)]"
    index, data = page.evaluate(f"(() => {{ const i = +recipe.value; return {script}; }})()")
    found = data["recipes"][index]["test"][which]
    return data["names"][found[0]], found


def minus(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def test_table_and_findings_can_be_read(page, result):
    row = page.locator("#recipes tr", has_text=result.recipes["ridge"].title)
    score = f"{result.recipes['ridge'].mean('test', 'rmse'):.3f} ±"
    assert score in row.inner_text().replace("\u00a0", " ")
    assert page.locator("#recipes tr.best").count() == 1
    assert result.best.title in page.inner_text(".headline")
    assert "SYNTHETIC" in page.inner_text("h1")


def test_pointer_names_the_cluster(page):
    page.locator("#plot").scroll_into_view_if_needed()
    circle = page.locator("#plot circle").nth(5)
    box = circle.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    shown = tip(page).splitlines()
    measured = [float(m.replace("−", "-")) for m in re.findall(r"−?\d+\.\d\d", tip(page))]
    data = page.evaluate("JSON.parse(document.getElementById('points').textContent)")
    points = data["recipes"][int(page.input_value("#recipe"))]["test"]
    row, fold, *_ = next(p for p in points if [round(p[2], 2), round(p[3], 2)] == measured)
    assert shown[0] == data["names"][row]
    assert shown[3] == f"test set, outer fold {fold}"


def test_keyboard_walks_through_clusters(page):
    page.locator("#plot circle").first.focus()
    name, (_, fold, measured, predicted) = point(page, 0)
    assert name == HOSTILE
    assert tip(page).splitlines() == [
        HOSTILE,
        f"measured {minus(measured)}",
        f"predicted {minus(predicted)}",
        f"test set, outer fold {fold}",
    ]
    page.keyboard.press("ArrowRight")
    name, (_, fold, measured, predicted) = point(page, 1)
    assert tip(page).splitlines()[0] == name
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label.startswith(f"{name}: measured {minus(measured)}, predicted {minus(predicted)}")
    page.keyboard.press("Escape")
    assert page.locator("#tip").is_hidden()


def test_recipe_and_set_are_switched(page, result):
    before = page.locator("#plot circle").nth(3).get_attribute("cy")
    other = next(i for i, name in enumerate(result.recipes) if name != result.best.name)
    page.select_option("#recipe", str(other))
    assert page.locator("#plot circle").nth(3).get_attribute("cy") != before
    assert page.locator("#plot g circle").count() == 60
    page.check("input[name=set][value=train]")
    assert page.locator("#plot g circle").count() == 180


def test_a_cluster_is_found_by_name(page, result):
    page.fill("#find", result.table.names[7])
    assert page.locator("#plot circle.found").count() >= 1
    page.press("#find", "Enter")
    assert result.table.names[7] in tip(page)


def test_touch_names_the_cluster(browser, report):
    phone = browser.new_context(has_touch=True, viewport={"width": 400, "height": 800})
    page = phone.new_page()
    page.goto(report.as_uri())
    circle = page.locator("#plot g circle").nth(10)
    circle.scroll_into_view_if_needed()
    box = circle.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert "measured" in tip(page)
    phone.close()


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_the_screen_in_both_schemes(page, width, scheme, tmp_path):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture = imread(tmp_path / "page.png")
    assert picture.std() > 0.05
    paper_is_light = picture[-5, 5, :3].mean() > 0.5
    assert paper_is_light == (scheme == "light")
