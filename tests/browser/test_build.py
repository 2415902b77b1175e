"""Building a network: the form, the JSON and the dry run are three views of one thing."""

import json

import pytest
from playwright.sync_api import expect


@pytest.fixture
def building(visit):
    page = visit("#/build")
    page.get_by_role("button", name="Start over").click()
    expect(parameters(page)).to_have_text("33")
    return page


def spec(page):
    return json.loads(page.get_by_label("As JSON").input_value())


def parameters(page):
    return page.locator("dl.figures dd").first


def test_form_json_and_dry_run_follow_each_other(building, is_accessible):
    page = building
    page.get_by_label("Inputs", exact=True).fill("fat, salt, milk")
    assert spec(page)["inputs"] == ["fat", "salt", "milk"]
    expect(parameters(page)).to_have_text("41")
    changed = spec(page) | {"inputs": 5}
    page.get_by_label("As JSON").fill(json.dumps(changed))
    expect(page.get_by_label("Inputs", exact=True)).to_have_value("5")
    expect(parameters(page)).to_have_text("57")
    page.get_by_label("As JSON").fill("{")
    expect(page.get_by_text("Not valid JSON yet")).to_be_visible()
    is_accessible()


def test_what_is_wrong_stands_at_its_field(building, watched):
    page = building
    watched.forgives_rejections = True  # the browser writes of every 422
    page.get_by_label("Units").first.fill("0")
    expect(page.get_by_text("must be at least 1, got 0").first).to_be_visible()
    expect(page.get_by_label("Units").first).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="Create the network")).to_be_disabled()


def test_layers_are_added_moved_and_removed_by_keyboard_alone(building):
    page = building
    page.get_by_role("button", name="+ dropout").press("Enter")
    assert kinds(page) == ["dense", "dense", "dropout"]
    page.get_by_label("Drop rate").press("Alt+ArrowUp")
    assert kinds(page) == ["dense", "dropout", "dense"]
    expect(page.get_by_label("Drop rate")).to_be_focused()
    page.get_by_role("button", name="Remove layer 2").press("Enter")
    assert kinds(page) == ["dense", "dense"]


def kinds(page):
    return [layer["type"] for layer in spec(page)["layers"]]


def test_every_activation_shows_its_curve_and_is_chosen_by_arrows(building):
    page = building
    page.locator(".picker summary").first.press("Enter")
    assert page.get_by_role("radio").count() >= 14
    page.get_by_role("radio", name="tanh").first.press("ArrowRight")
    assert spec(page)["layers"][0]["activation"] == "relu"


def test_start_weights_are_written_by_hand_and_the_network_is_created(building, client, page, is_accessible):
    page.get_by_label("Name").fill("by-hand")
    page.get_by_label("Units").first.fill("2")
    page.get_by_text("Initial weights, regularisation, bias").first.click()
    page.get_by_role("button", name="Enter them by hand").first.click()
    page.get_by_label("Weight from input 2 to unit 1").fill("-0.75")
    is_accessible()
    page.get_by_role("button", name="Create the network").click()
    page.wait_for_url("**/#/networks/by-hand/train")
    weights = client.get("/networks/by-hand/weights")["layers"][0]["weights"]
    assert weights[1][0] == -0.75


def test_a_reload_loses_nothing_of_a_draft(building):
    page = building
    page.get_by_label("Name").fill("not-finished")
    page.reload()
    expect(page.get_by_label("Name")).to_have_value("not-finished")


def test_the_curl_line_is_the_request(building):
    line = building.get_by_label("The same request with curl").inner_text()
    assert "/networks -H 'Content-Type: application/json'" in line
    assert json.loads(line.partition("-d '")[2].rstrip("'\n")) == spec(building)


def test_a_layer_that_is_none_is_said_to_be_wrong_and_the_page_stands(building, watched):
    watched.forgives_rejections = True
    page = building
    page.get_by_label("As JSON").fill(json.dumps(spec(page) | {"layers": [None, 3, ["dense"]]}))
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Build a network")
    expect(page.locator(".layer")).to_have_count(3)
    expect(page.locator(".layer").first.locator(".fault")).to_be_visible()
    expect(page.get_by_role("button", name="Create the network")).to_be_disabled()
    page.get_by_role("button", name="Start over").click()
    expect(parameters(page)).to_have_text("33")
