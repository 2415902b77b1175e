"""What a page costs: each loads its own code, and none the service's whole description."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Held

#: Compressed, with the style sheet and the page itself.
MOST_BYTES = 60_000
SIZES = """() => performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
  .filter(entry => /\\.(js|css)$|\\/(#.*)?$/.test(entry.name)).map(entry => [entry.name, entry.encodedBodySize])"""


def test_the_first_page_is_small(visit, page):
    visit()
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_load_state("networkidle")
    sizes = dict(page.evaluate(SIZES))
    assert any(name.endswith("/static/HomePage.js") for name in sizes)
    assert not any(name.endswith(("/WatchPage.js", "/schemas.js")) for name in sizes)
    assert 20_000 < sum(sizes.values()) <= MOST_BYTES, sizes


def test_the_header_is_seen_before_the_code_is_there_and_taken_over_by_it(page, service):
    held = Held(page, "**/static/page.js")
    page.goto(service.url, wait_until="commit")
    held.wait()
    expect(page.get_by_role("banner")).to_have_text("Feedforward")
    held.let_go()
    page.get_by_role("heading", level=1).wait_for()
    expect(page.get_by_role("banner")).to_have_count(1)
    expect(page.get_by_role("link", name="Feedforward")).to_have_count(1)


@pytest.mark.parametrize("page_of", ["build", "networks/small/train", "networks/small/predict"])
def test_no_page_reads_the_whole_description_of_the_service(visit, page, client, page_of):
    spec = {"name": "small", "inputs": 2, "layers": [{"type": "dense", "units": 1}]}
    if not client.get("/networks?limit=1")["data"]:
        client.post("/networks", spec)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    visit(f"#/{page_of}")
    page.get_by_role("button").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert not any("openapi.json" in address for address in asked)
