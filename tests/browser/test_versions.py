"""Which weights answer, and who decided it: publish, make live, roll back."""

import re

import pytest
from playwright.sync_api import expect

from tests.acceptance.client import Client
from tests.browser.conftest import PHONE, Held

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
    options = page.get_by_label("Weights", exact=True).locator("option")
    page.get_by_label("Weights", exact=True).select_option(index=options.count() - 1)  # the oldest: the initial weights
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


def test_two_versions_are_compared_and_the_address_says_which(visit, live, is_accessible):
    newest, *_, oldest = live.get("/networks/live/snapshots")["data"]
    for snapshot in (oldest, newest):
        live.post("/networks/live/versions", {"snapshot": snapshot["id"], "note": snapshot["kind"]})
    page = visit("#/networks/live/versions")
    expect(page.get_by_label("From")).to_have_value("1")
    expect(page.get_by_label("To", exact=True)).to_have_value("2")
    page.get_by_role("button", name="Compare").click()
    result = page.get_by_role("status", name="Differences")
    expect(page).to_have_url(re.compile(r"from=1&to=2$"))
    found = live.get("/networks/live/diff?from=1&to=2")
    options = result.get_by_role("region", name="Training options")
    expect(options.get_by_role("row", name=re.compile("training › epochs"))).to_contain_text("50")
    expect(result.get_by_text(found["metrics_missing"])).to_be_visible()
    for tensor in found["weights"]:
        row = result.get_by_role("row", name=re.compile(f"^{tensor['name']}"))
        norms = [float(cell.get_attribute("title")) for cell in row.locator(".num[title]").all()]
        assert norms == [tensor["from_norm"], tensor["to_norm"]]
    is_accessible()
    page.get_by_label("To", exact=True).select_option("initial")
    page.get_by_role("button", name="Compare").click()
    expect(result.get_by_text("The same.")).to_have_count(4)


def test_two_versions_are_judged_on_the_same_held_out_rows(visit, client):
    client.post("/networks", {"name": "judged", "inputs": 1, "layers": [{"type": "dense", "units": 1}], "seed": 1})
    data = {"inputs": [[n / 40] for n in range(40)], "targets": [n / 20 for n in range(40)]}
    client.train("judged", data, epochs=30, validation={"fraction": 0.5}, metrics=["mae"])
    found = client.get("/networks/judged/diff?from=initial&to=latest")["metrics"]
    page = visit("#/networks/judged/versions?from=initial&to=latest")
    table = page.get_by_role("region", name="Figures on the same rows")
    expect(table).to_be_visible()
    shown = [float(cell.get_attribute("title")) for cell in table.locator(".num").all()]
    sides = [(found["from"]["loss"], found["to"]["loss"])]
    sides += [(found["from"]["metrics"][name], found["to"]["metrics"][name]) for name in found["to"]["metrics"]]
    assert shown == [number for before, after in sides for number in (before, after, after - before)]
    expect(page.get_by_text(f"Both on the {found['rows']} validation rows")).to_be_visible()
    client.ask("DELETE", "/networks/judged")


def test_weights_that_are_gone_are_named(visit, live, watched):
    watched.forgives_rejections = True
    page = visit("#/networks/live/versions?from=initial&to=9")
    expect(page.get_by_role("alert")).to_contain_text("This network has no snapshot 9.")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_on_a_phone_a_comparison_keeps_to_the_page(visit, live, page, language, is_accessible):
    page.set_viewport_size(PHONE)
    page.add_init_script(f"localStorage.setItem('feedforward.language', '{language}')")
    visit("#/networks/live/versions?from=initial&to=latest")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator(".diff").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    is_accessible()
