"""Asking a network: the answer while typing, and a picture to draw on."""

import re

import pytest
from playwright.sync_api import expect

from tests.acceptance.client import Client
from tests.browser.conftest import PHONE, Held

#: Says "like" where fat exceeds salt, and is sure of it.
LAYERS = [{"type": "dense", "units": 1, "activation": "sigmoid", "weights": [[8.0], [-8.0]], "biases": [0.0]}]
DATA = {"inputs": [[1, 0], [0, 1], [0.9, 0.2], [0.1, 0.3]], "targets": ["like", "dislike", "dislike", "dislike"]}


@pytest.fixture(scope="module")
def taste(service):
    client = Client(service.url)
    spec = {"name": "taste", "inputs": ["fat", "salt"], "labels": ["dislike", "like"], "layers": LAYERS}
    client.post("/networks", spec | {"loss": "binary_cross_entropy", "dtype": "float64"})
    client.train("taste", DATA, epochs=1, optimizer={"type": "sgd", "learning_rate": 1e-12})


def test_the_answer_comes_while_typing(visit, client, taste, is_accessible):
    page = visit("#/networks/taste/predict")
    answer = page.get_by_role("status", name="Prediction")
    page.get_by_label("fat", exact=True).fill("1")
    page.get_by_label("salt", exact=True).fill("0.5")
    expect(answer.locator(".answer-label")).to_have_text("like")
    expect(answer.get_by_role("row", name="like").last).to_contain_text("98.2 %")
    page.get_by_label("salt", exact=True).fill("1.5")
    expect(answer.locator(".answer-label")).to_have_text("dislike")
    is_accessible()


def test_a_number_comes_with_a_range_and_a_class_with_those_it_may_be(visit, client, taste, is_accessible):
    client.post("/networks", {"name": "prices", "inputs": 1, "layers": [{"type": "dense", "units": 1}]})
    line = {"inputs": [[n / 40] for n in range(40)], "targets": [[n / 20] for n in range(40)]}
    client.train("prices", line, epochs=5, validation={"fraction": 0.5})
    page = visit("#/networks/prices/predict")
    page.get_by_label("x1", exact=True).fill("0.5")
    page.get_by_label("How sure is it?").select_option("90 % of the rows")
    answer = client.post("/predict", {"network": "prices", "inputs": [[0.5]], "interval": 0.9})
    low = answer["intervals"][0]["0"]["low"]
    expect(page.get_by_role("status", name="Prediction")).to_contain_text(re.compile(r"90 %: \S+ to \S+"))
    shown = page.locator(".answer-interval").inner_text().replace("−", "-").removeprefix("90 %: ").split(" to ")
    assert float(shown[0]) == pytest.approx(low, rel=1e-3)
    is_accessible()
    spec = {"name": "sets", "inputs": ["fat", "salt"], "labels": ["dislike", "like"], "layers": LAYERS}
    client.post("/networks", spec | {"loss": "binary_cross_entropy"})
    rows = {
        "inputs": [[n / 30, 0.5] for n in range(30)],
        "targets": ["like" if n % 2 else "dislike" for n in range(30)],
    }
    client.train("sets", rows, epochs=1, validation={"fraction": 0.5})
    page = visit("#/networks/sets/predict")
    page.get_by_label("How sure is it?").select_option("80 % of the rows")
    expect(page.locator(".answer-set")).to_have_text(re.compile("^80 %: .*like"))
    page = visit("#/networks/taste/predict")
    expect(page.get_by_text("No ranges: these weights were trained without validation rows.")).to_be_visible()


def test_a_picture_is_drawn_by_keyboard_and_by_pointer(visit, client, page):
    layers = [{"type": "dense", "units": 64, "weights": [[float(a == b) for b in range(64)] for a in range(64)]}]
    client.post("/networks", {"name": "pixels", "inputs": 64, "layers": layers})
    visit("#/networks/pixels/predict")
    picture = page.get_by_role("application")
    picture.press("ArrowRight")
    picture.press(" ")
    output = page.get_by_role("status", name="Prediction").locator("dd")
    expect(output.nth(1)).to_have_text("1")
    box = picture.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.97, box["y"] + box["height"] * 0.97)
    expect(output.nth(63)).to_have_text("1")


def test_a_cell_that_is_no_number_says_so_and_no_answer_stands_beside_it(visit, client, taste, is_accessible):
    page = visit("#/networks/taste/predict")
    answer = page.get_by_role("status", name="Prediction")
    shell = page.get_by_role("heading", name="The same request with curl")
    expect(answer).to_be_visible()
    fat = page.get_by_label("fat", exact=True)
    fat.fill("abc")
    expect(fat).to_have_attribute("aria-invalid", "true")
    expect(fat).to_have_accessible_description(re.compile(r"0 to 1 in the data\..*must be a number, got abc"))
    expect(page.get_by_text("Correct the marked fields to get a prediction.")).to_be_visible()
    expect(answer).to_have_count(0)
    expect(shell).to_have_count(0)
    is_accessible()
    fat.fill("0.7")
    expect(answer).to_be_visible()
    expect(shell).to_be_visible()
    expect(fat).to_have_accessible_description("0 to 1 in the data.")


def test_what_the_service_rejects_of_a_row_is_said_at_its_field(visit, client, taste, watched):
    watched.forgives_rejections = True
    page = visit("#/networks/taste/predict")
    expect(page.get_by_role("status", name="Prediction")).to_be_visible()
    salt = page.get_by_label("salt", exact=True)
    salt.fill("")
    expect(salt).to_have_accessible_description(re.compile("must be a number, got null"))
    expect(page.get_by_role("status", name="Prediction")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_network_that_was_never_trained_says_so(visit, client, taste, is_accessible):
    spec = {"name": "untaught", "inputs": ["fat", "salt"], "loss": "binary_cross_entropy", "layers": LAYERS}
    client.post("/networks", spec)
    page = visit("#/networks/untaught/predict")
    expect(page.get_by_text("Not trained yet")).to_be_visible()
    is_accessible()
    page = visit("#/networks/taste/predict")
    expect(page.get_by_role("status", name="Prediction")).to_be_visible()
    expect(page.get_by_text("Not trained yet")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_on_a_phone_classes_keep_to_their_line_and_the_tab_is_in_view(visit, client, taste, page, language):
    page.set_viewport_size(PHONE)
    page.add_init_script(f"localStorage.setItem('feedforward.language', '{language}')")
    visit("#/networks/taste/predict")
    expect(page.locator("html")).to_have_attribute("lang", language)
    name = page.locator(".shares th").filter(has_text="dislike")
    expect(name).to_be_visible()
    assert name.bounding_box()["height"] < 40
    tab = page.locator(".tabs [aria-current]")
    for last in ("predict", "step"):
        visit(f"#/networks/taste/{last}")
        expect(tab).to_have_attribute("href", f"#/networks/taste/{last}")
        box, row = tab.bounding_box(), page.locator(".tabs").bounding_box()
        assert row["x"] - 1 <= box["x"] and box["x"] + box["width"] <= row["x"] + row["width"] + 1
    # None of the places to go is cut off.
    for link in page.locator(".nav a, .tabs a").all():
        box = link.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]


def test_on_a_phone_a_long_class_name_leaves_room_for_its_bar(visit, client, page):
    name = "an_extraordinarily_long_name_of_some_class_that_is_one_word"
    spec = {"name": "wordy", "inputs": ["fat", "salt"], "labels": [name, "b"], "layers": LAYERS}
    client.post("/networks", spec | {"loss": "binary_cross_entropy"})
    page.set_viewport_size(PHONE)
    visit("#/networks/wordy/predict")
    bar = page.locator(".share").first
    expect(bar).to_be_visible()
    assert bar.bounding_box()["width"] > 60
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_an_answer_that_breaks_off_is_asked_for_again(visit, client, taste, page):
    page.route(
        "**/networks/taste", lambda route: route.fulfill(body='{"name": "ta', content_type="application/json"), times=1
    )
    visit("#/networks/taste/predict")
    expect(page.get_by_text("The service does not answer.").first).to_be_visible()
    expect(page.get_by_role("status", name="Prediction")).to_be_visible()


def test_an_answer_that_is_being_waited_for_is_marked_as_busy(visit, client, taste, page):
    visit("#/networks/taste/predict")
    aside = page.locator(".aside[aria-busy]")
    expect(aside).to_have_attribute("aria-busy", "false")
    held = Held(page, "**/predict")
    page.get_by_label("fat", exact=True).fill("0.6")
    expect(aside).to_have_attribute("aria-busy", "true")
    held.wait()
    held.let_go()
    expect(aside).to_have_attribute("aria-busy", "false")
