"""A network that is built in its picture: layers, units, weights, data; and all of it in the link."""

import json
import re
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WEIGHTS


@pytest.fixture
def building(visit):
    page = visit("#/build")
    page.get_by_role("button", name="Start over").click()
    expect(says(page)).to_contain_text("2 → 8 tanh → 1 linear · 33 parameters")
    return page


def says(page):
    return page.locator(".build-drawing").get_by_role("status")


def spec(page):
    return json.loads(page.get_by_label("As JSON").input_value())


def button(page, name):
    return page.locator(".build-drawing").get_by_role("button", name=name)


def drawn(page):
    return page.evaluate(WEIGHTS)


def flat(layers):
    return [value for layer in layers for row in layer["weights"] for value in row]


def test_layers_and_units_are_added_and_taken_in_the_picture_by_keyboard_alone(building, is_accessible):
    page = building
    button(page, "One more in dense_1, which has 8").press("Enter")
    button(page, "One less in inputs, which has 2").press(" ")
    expect(says(page)).to_contain_text("1 → 9 tanh → 1 linear · 28 parameters")
    button(page, "Add a layer before dense_2").press("Enter")
    expect(says(page)).to_contain_text("1 → 9 tanh → 4 tanh → 1 linear · 63 parameters")
    button(page, "Remove the layer dense_1").press("Enter")
    expect(says(page)).to_contain_text("1 → 4 tanh → 1 linear · 13 parameters")
    assert [layer["units"] for layer in spec(page)["layers"]] == [4, 1]
    assert button(page, "One less in inputs, which has 1").get_attribute("aria-disabled") == "true"
    button(page, "One less in inputs, which has 1").press("Enter")
    assert spec(page)["inputs"] == 1
    is_accessible()


def test_the_drawing_is_there_from_the_first_keystroke(building, watched):
    watched.forgives_rejections = True  # the browser writes of every 422
    page = building
    page.get_by_label("As JSON").fill('{"layers": []}')
    expect(says(page)).to_have_text("0")
    button(page, "Add the first layer").click()
    expect(says(page)).to_have_text("0 → 4 tanh")
    page.get_by_label("Inputs", exact=True).fill("3")
    expect(says(page)).to_have_text("3 → 4 tanh")
    page.get_by_label("Name").fill("drawn-early")
    expect(says(page)).to_have_text("3 → 4 tanh · 16 parameters")


def test_the_lines_are_the_weights_that_the_network_begins_with(building, client, page):
    page.get_by_label("Name").fill("as-drawn")
    expect(page.get_by_text("draws with seed 0")).to_be_visible()
    seen = drawn(page)
    assert all(seen)
    page.get_by_role("button", name="Create the network").click()
    page.wait_for_url("**/#/networks/as-drawn/train")
    assert seen == flat(client.get("/networks/as-drawn/weights")["layers"])


def test_another_name_is_no_reason_to_draw_the_weights_again(building, page):
    expect(page.get_by_text("draws with seed 0")).to_be_visible()
    seen = drawn(page)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_request_finished(lambda request: "another-name" in (request.post_data or "")):
        page.get_by_label("Name").fill("another-name")
    expect(says(page)).to_contain_text("33 parameters")
    assert drawn(page) == seen
    assert not any(address.endswith("/explain") for address in asked)
    page.get_by_label("As JSON").fill(json.dumps(spec(page) | {"seed": 1}))
    expect(page.get_by_text("draws with seed 1")).to_be_visible()
    assert drawn(page) != seen


def test_a_weight_and_a_bias_are_set_in_the_picture_and_the_network_begins_with_them(
    building, client, page, is_accessible
):
    page.get_by_label("Name").fill("set-by-hand")
    button(page, re.compile("dense_1, unit 3")).click()
    panel = page.get_by_role("region", name="dense_1, unit 3")
    expect(panel.get_by_text("all or none")).to_be_visible()
    expect(panel.get_by_label("weight from x2")).to_be_visible()
    before = drawn(page)
    panel.get_by_label("weight from x2").fill("1.5")
    panel.get_by_label("bias", exact=True).fill("-0.25")
    expect(panel.get_by_text("The spec gives numbers of dense_1")).to_be_visible()
    is_accessible()
    # A click on a connection leads to its number.
    page.locator(".build-drawing .edges").nth(1).locator("path").nth(2).click(force=True)
    expect(
        page.get_by_role("region", name="dense_2, unit 1").get_by_label("weight from dense_1, unit 3")
    ).to_be_focused()
    page.get_by_role("button", name="Create the network").click()
    page.wait_for_url("**/#/networks/set-by-hand/train")
    made = client.get("/networks/set-by-hand/weights")["layers"]
    expected = list(before)
    expected[8 + 2] = 1.5
    assert flat(made) == pytest.approx(expected, abs=1e-7)
    assert made[0]["biases"] == [0, 0, -0.25, 0, 0, 0, 0, 0]


def test_weights_are_drawn_again_and_an_activation_is_chosen_at_its_unit(building):
    page = building
    button(page, re.compile("dense_1, unit 1")).press("Enter")
    panel = page.get_by_role("region", name="dense_1, unit 1")
    panel.get_by_label("weight from x1").fill("2")
    assert "weights" in spec(page)["layers"][0]
    panel.get_by_role("button", name="Use the initializer").click()
    assert spec(page)["layers"][0] == {"type": "dense", "units": 8, "activation": "tanh"}
    panel.locator(".picker summary").press("Enter")
    panel.get_by_role("radio", name="relu", exact=True).check(force=True)
    assert spec(page)["layers"][0]["activation"] == "relu"
    panel.press("Escape")
    expect(panel).to_have_count(0)


def test_the_whole_state_is_in_the_link_and_back_and_forward_walk_through_it(building, visit, context, service):
    page = building
    page.get_by_label("Name").fill("linked")
    page.get_by_role("radio", name="Circles").check()
    page.get_by_role("checkbox", name="x²").check()
    button(page, "One more in dense_1, which has 4").click()
    expect(says(page)).to_contain_text("3 → 5 tanh → 2 tanh → 1 sigmoid")
    page.go_back()
    expect(says(page)).to_contain_text("3 → 4 tanh")
    page.go_back()
    expect(page.get_by_role("checkbox", name="x²")).not_to_be_checked()
    page.go_forward()
    page.go_forward()
    expect(says(page)).to_contain_text("3 → 5 tanh")
    page.get_by_label("Learning rate").select_option("0.1")
    asked = parse_qs(page.url.partition("?")[2])
    assert (asked["data"], asked["features"], asked["rate"]) == (["circles"], ["x,y,xx"], ["0.1"])
    other = context.new_page()
    other.goto(page.url)
    expect(says(other)).to_contain_text("3 → 5 tanh")
    expect(other.get_by_role("radio", name="Circles")).to_be_checked()
    expect(other.get_by_label("Learning rate")).to_have_value("0.1")
    assert spec(other)["name"] == "linked"
    other.close()


def test_data_are_chosen_in_the_picture_and_trained_on_with_one_click(visit, client, is_accessible):
    page = visit("#/build?data=circles")
    page.get_by_role("checkbox", name="x²").check()
    page.get_by_role("checkbox", name="y²").check()
    for feature in ("x", "y"):
        page.get_by_role("checkbox", name=feature, exact=True).uncheck()
    page.get_by_label("Rows").fill("60")
    page.get_by_label("Noise").fill("10")
    page.get_by_label("Validation").select_option("30")
    page.get_by_label("Epochs").fill("20")
    expect(page.get_by_text("computes each of these inputs")).to_be_visible()
    expect(page.locator(".surface-points circle")).to_have_count(60)
    sent = page.get_by_label("The same request with curl").inner_text()
    assert '"inputs":["x²","y²"]' in sent
    assert '"fraction":0.3' in sent
    is_accessible()
    page.get_by_role("button", name="Create and train").click()
    page.wait_for_url("**/#/jobs/*")
    job = client.get(f"/jobs/{page.url.rpartition('/')[2]}")
    network = client.get(f"/networks/{job['network']}")
    assert network["features"] == ["x²", "y²"]
    assert network["tags"] == {"playground": "data=circles&noise=10&rows=60&draw=1"}
    rows = client.get(f"/jobs/{job['id']}/rows")["data"]
    assert len(rows) == 60
    assert all(0 <= value < 1 for row in rows for value in row["inputs"])
    # The plane is of x and y, though the network sees neither; every row has its place in it.
    expect(page.get_by_role("heading", name="What does it predict at each point?")).to_be_visible()
    expect(page.locator(".surface-points circle")).to_have_count(60)
    expect(page.locator(".surface figcaption")).to_contain_text("x −0.")
    is_accessible()


def test_a_network_that_was_built_for_data_is_built_again_from_itself(visit, client):
    spec_ = {"name": "again", "inputs": ["x", "xy"], "labels": ["orange", "blue"], "loss": "binary_cross_entropy"}
    layers = [{"type": "dense", "units": 3}, {"type": "dense", "units": 1, "activation": "sigmoid"}]
    client.post("/networks", spec_ | {"layers": layers, "tags": {"playground": "data=xor&noise=5&rows=50&draw=2"}})
    page = visit("#/build?from=again")
    expect(says(page)).to_contain_text("2 → 3 linear → 1 sigmoid")
    expect(page.get_by_role("radio", name="XOR")).to_be_checked()
    expect(page.get_by_text("Noise: 5 %")).to_be_visible()
    expect(page.get_by_role("checkbox", name="xy")).to_be_checked()
    expect(page.get_by_role("checkbox", name="y", exact=True)).not_to_be_checked()


def test_a_weight_of_a_network_that_is_there_is_set_and_imported(visit, client, is_accessible):
    layers = [{"type": "dense", "units": 2, "activation": "tanh"}, {"type": "dense", "units": 1}]
    client.post("/networks", {"name": "stored", "inputs": ["a", "b"], "seed": 5, "layers": layers})
    before = client.get("/networks/stored/weights")["layers"]
    page = visit("#/networks/stored/inside")
    output = page.locator(".drawing .unit").last.locator("title")
    expect(output).to_have_text(re.compile("= "))
    first = output.text_content()
    page.locator(".drawing").get_by_role("button", name=re.compile("dense_2, unit 1")).press("Enter")
    panel = page.get_by_role("region", name="dense_2, unit 1")
    expect(panel.get_by_text("is another network")).to_be_visible()
    panel.get_by_label("bias", exact=True).fill("0.5")
    expect(output).not_to_have_text(first)
    expect(page.get_by_text("You set 1 number")).to_be_visible()
    is_accessible()
    assert client.get("/networks/stored/weights")["layers"] == before
    page.get_by_role("button", name="Import as new weights").click()
    page.wait_for_url("**/inside?snapshot=snap_*")
    expect(page.get_by_text("Predictions come from these weights now.")).to_be_visible()
    snapshot = client.get("/networks/stored/snapshots/latest")
    assert (snapshot["kind"], snapshot["id"]) == ("imported", page.url.rpartition("=")[2])
    after = client.get("/networks/stored/weights")["layers"]
    assert after == [before[0], before[1] | {"biases": [0.5]}]
    assert client.get("/predict?network=stored&x=0,0")["outputs"][0][0] == pytest.approx(0.5)
    is_accessible()
