"""Predict all rows of a data set: from the network or the data set, the job as it goes on, and what it has written."""

import csv
import json
import re
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.acceptance.client import Client
from tests.browser.conftest import PHONE

LAYERS = [{"type": "dense", "units": 1, "activation": "sigmoid", "weights": [[8.0], [-8.0]], "biases": [0.0]}]
SPEC = {"inputs": ["fat", "salt"], "labels": ["dislike", "like"], "layers": LAYERS, "loss": "binary_cross_entropy"}
TABLE = "customer,fat,salt\nA1,1,0\nB2,0,1\nC3,0.9,0.2\n"


def upload(service, name, text):
    url = f"{service.url}/datasets?name={name}"
    request = urllib.request.Request(url, data=text.encode(), headers={"Content-Type": "text/csv"}, method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


@pytest.fixture(scope="module")
def taste(service):
    client = Client(service.url)
    client.post("/networks", SPEC | {"name": "taste"})
    upload(service, "cheeses", TABLE)
    upload(service, "other", "a,b\n1,0\n0,1\n")
    return client


def test_a_data_set_is_predicted_from_the_pages_of_the_network_and_of_the_data(visit, taste, service, is_accessible):
    page = visit("#/networks/taste")
    page.get_by_role("link", name="Predict a data set").click()
    expect(page.get_by_label("Network")).to_have_value("taste")
    page = visit("#/datasets/cheeses")
    page.get_by_role("link", name="Predict its rows").click()
    expect(page.get_by_label("Data set", exact=True)).to_have_value("cheeses")
    page.get_by_label("Name of the new data set").fill("judged")
    page.get_by_label("Those that say which row is which").uncheck()
    expect(page.get_by_role("checkbox", name="fat")).to_have_count(0)
    page.get_by_role("checkbox", name="customer").check()
    is_accessible()
    page.get_by_role("button", name="Predict 3 rows").click()
    expect(page.get_by_role("heading", name="taste predicts cheeses")).to_be_visible()
    expect(page.get_by_text("3 of 3 rows")).to_be_visible()
    expect(page.get_by_text("done")).to_be_visible()
    expect(page.get_by_text("3 rows, 4 columns")).to_be_visible()
    is_accessible()
    with page.expect_download() as begun:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.reader(begun.value.path().read_text().splitlines()))
    assert begun.value.suggested_filename == "judged.csv"
    assert [row[:2] for row in rows[1:]] == [["A1", "like"], ["B2", "dislike"], ["C3", "like"]]
    with page.expect_download() as begun:
        page.get_by_role("link", name="Parquet").click()
    assert begun.value.path().read_bytes()[:4] == b"PAR1"
    page.get_by_role("link", name="judged").click()
    expect(page.get_by_text("Predictions of a network")).to_be_visible()
    page.get_by_role("link", name="Show the job").click()
    expect(page.get_by_role("heading", name="taste predicts cheeses")).to_be_visible()
    visit("#/networks/taste")
    row = page.get_by_role("region", name="Predicted data sets").get_by_role("row").nth(1)
    expect(row.get_by_role("link", name="judged")).to_be_visible()


def test_inputs_of_other_names_are_chosen(visit, taste, page):
    visit("#/score?network=taste&dataset=other")
    expect(page.get_by_label("fat")).to_have_value("a")
    page.get_by_label("fat").select_option("b")
    page.get_by_label("salt").select_option("a")
    page.get_by_role("button", name="Predict 2 rows").click()
    expect(page.get_by_text("2 of 2 rows")).to_be_visible()
    expect(page.get_by_text("done")).to_be_visible()
    job = taste.get(f"/jobs/{page.url.rsplit('/', 1)[1]}")
    assert job["options"]["inputs"] == ["b", "a"]
    written = taste.get(f"/datasets/{job['output']}/rows")["data"]
    assert [row["predicted_label"] for row in written] == ["dislike", "like"]


def test_a_name_that_is_taken_is_said_at_its_field(visit, taste, watched, page):
    watched.forgives_rejections = True
    visit("#/score?network=taste&dataset=cheeses")
    page.get_by_label("Name of the new data set").fill("cheeses")
    page.get_by_role("button", name="Predict 3 rows").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("button", name="Predict 3 rows")).to_be_enabled()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_on_a_phone_the_form_keeps_to_the_page(visit, taste, page, language, is_accessible):
    page.set_viewport_size(PHONE)
    page.add_init_script(f"localStorage.setItem('feedforward.language', '{language}')")
    visit("#/score?network=taste&dataset=other")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_text(re.compile("/predictions"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    is_accessible()
