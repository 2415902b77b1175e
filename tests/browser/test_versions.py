"""Which weights answer, and who decided it: publish, make live, roll back."""

import pytest
from playwright.sync_api import expect

from tests.acceptance.client import Client
from tests.browser.conftest import Held

XOR = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]}
LAYERS = [{"type": "dense", "units": 3, "activation": "tanh"}, {"type": "dense", "units": 1, "activation": "sigmoid"}]
PREDICT = "/predict?network=live&x=0,1"


@pytest.fixture
def live(service):
    """A network that was trained twice, and published never."""
    client = Client(service.url)
    made = client.post(
        "/networks", {"name": "live", "inputs": 2, "loss": "binary_cross_entropy", "layers": LAYERS, "seed": 1}
    )
    for epochs in (5, 50):
        client.train("live", XOR, epochs=epochs)
    yield client
    client.ask("DELETE", f"/networks/{made['id']}")


def card(page):
    return page.locator(".card").filter(has=page.locator(".tag-best"))


def publish(page, note):
    page.get_by_label("Note").fill(note)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("table", name="Versions").or_(page.locator("table")).first).to_be_visible()
    expect(page.locator("tbody tr", has_text=note)).to_be_visible()


def answer_with(page, button):
    """Confirm, and wait until the question is gone."""
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("button", name=button)).to_have_count(0)


def test_a_version_is_published_made_live_and_rolled_back(visit, live, is_accessible):
    page = visit("#/networks/live/versions")
    expect(card(page)).to_contain_text("not published")
    expect(card(page)).to_contain_text("newest training that succeeded")
    assert live.get(PREDICT)["chosen_by"] == "job"
    publish(page, "the longer one")
    options = page.get_by_label("Weights").locator("option")
    page.get_by_label("Weights").select_option(index=options.count() - 1)  # the oldest: the initial weights
    publish(page, "as drawn")
    is_accessible()
    page.get_by_role("button", name="Keep version 1 live").click()
    answer_with(page, "Answer with version 1 from now on")
    expect(card(page)).to_contain_text("Version 1")
    page.get_by_role("button", name="Make version 2 live").click()
    page.get_by_role("button", name="Cancel").click()
    assert live.get(PREDICT)["version"] == 1
    page.get_by_role("button", name="Make version 2 live").click()
    answer_with(page, "Answer with version 2 from now on")
    expect(card(page)).to_contain_text("Version 2")
    assert live.get(PREDICT)["version"] == 2
    page.get_by_role("button", name="Roll back").click()
    answer_with(page, "Answer with version 1 again")
    expect(card(page)).to_contain_text("Version 1")
    assert live.get(PREDICT)["version"] == 1
    expect(page.get_by_role("button", name="Roll back")).to_have_count(0)
    expect(page.locator("section", has_text="What was live when").locator("tbody tr")).to_have_count(3)
    is_accessible()


def test_what_somebody_else_has_moved_meanwhile_is_not_overwritten(visit, live, watched):
    newest, *_, oldest = live.get("/networks/live/snapshots")["data"]
    for snapshot in (oldest, newest):
        live.post("/networks/live/versions", {"snapshot": snapshot["id"]})
    live.ask("PUT", "/networks/live/aliases/production", {"version": 1})
    page = visit("#/networks/live/versions")
    expect(card(page)).to_contain_text("Version 1")
    held = Held(page, "**/networks/live/live")  # so that the page goes on showing this
    for version in (2, 1):
        live.ask("PUT", "/networks/live/aliases/production", {"version": version})
    watched.forgives_rejections = True
    page.get_by_role("button", name="Make version 2 live").click()
    page.get_by_role("button", name="Answer with version 2 from now on").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert live.get("/networks/live/live")["version"] == 1
    held.let_go()


def test_weights_that_were_never_trained_are_called_so(visit, client):
    client.post("/networks", {"name": "fresh", "inputs": 2, "layers": LAYERS})
    page = visit("#/networks/fresh")
    expect(page.get_by_text("its predictions are random")).to_be_visible()
    client.ask("DELETE", "/networks/fresh")
