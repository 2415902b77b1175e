"""A search from a table in two clicks, its trials as they come, and the best one made live."""

import re
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE

CSV = "fat,salt,taste\n" + "".join(
    f"{fat / 10},{salt / 10},{'like' if fat > salt else 'dislike'}\n" for fat in range(8) for salt in range(8)
)
RATE = "/training/optimizer/learning_rate"
#: What is told of ten trials, and of no fewer.
LEAST = 10


@pytest.fixture(scope="module")
def cheeses(service):
    upload = urllib.request.Request(f"{service.url}/datasets?name=cheeses", CSV.encode(), {"Content-Type": "text/csv"})
    urllib.request.urlopen(upload, timeout=60).close()


def test_two_clicks_start_a_search_that_is_paused_resumed_and_stopped(visit, client, cheeses, is_accessible):
    page = visit("#/datasets/cheeses")
    page.get_by_label("Target").select_option("taste")
    page.get_by_role("button", name="Start the search").click()
    page.wait_for_url(re.compile(r"#/searches/cheeses-taste-\w+$"))
    name = page.url.rsplit("/", 1)[1]
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_text("predicts taste")).to_be_visible()
    for button, status in (("Pause", "paused"), ("Resume", "running"), ("Cancel", "cancelled")):
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.locator(".status").first).to_have_class(re.compile(f"status-{status}"), timeout=60_000)
    found = client.get(f"/searches/{name}")
    proposal = client.get("/datasets/cheeses/proposal?target=taste")
    first = client.get(f"/searches/{name}/trials?limit=1")["data"][0]
    assert (found["trials"], found["sampler"]["type"]) == (40, "tpe")
    assert first["parameters"]["/training/batch_size"] == proposal["train"]["batch_size"]
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it with its trials").click()
    expect(page.get_by_text("No searches yet.")).to_be_visible()
    is_accessible()


def test_a_search_by_its_options_tells_what_mattered_and_its_best_trial_is_made_live(
    visit, client, cheeses, is_accessible
):
    page = visit("#/datasets/cheeses?target=taste")
    page.get_by_text("Search options").click()
    page.get_by_label("Search", exact=True).fill("tasty")
    page.get_by_label("Sampler").select_option("random")
    page.get_by_label("Pruner").select_option("hyperband")
    page.get_by_label("Objective").select_option("val_accuracy")
    page.get_by_label("Trials", exact=True).fill("0")
    expect(page.get_by_text("must be at least 1, got 0")).to_be_visible()
    expect(page.get_by_role("button", name="Start the search")).to_be_disabled()
    page.get_by_label("Trials", exact=True).fill(str(LEAST))
    is_accessible()
    page.get_by_role("button", name="Start the search").click()
    page.wait_for_url(re.compile("#/searches/tasty$"))
    expect(page.get_by_text(f"{LEAST} of {LEAST} trials")).to_be_visible(timeout=90_000)
    expect(page.get_by_text(re.compile(r"^Best: trial \d+, val_accuracy"))).to_be_visible()
    search, trials = client.get("/searches/tasty"), client.get("/searches/tasty/trials")["data"]
    assert (search["sampler"], search["pruner"]["type"]) == ({"type": "random", "seed": 0}, "hyperband")
    best = search["best"]
    assert best["value"] == max(trial["value"] for trial in trials if trial["status"] == "succeeded")
    table = page.get_by_role("region", name="Trials", exact=True)
    values = [float(cell.get_attribute("title")) for cell in table.locator("td:nth-child(3) .num").all()]
    assert values == sorted((trial["value"] for trial in trials), reverse=True)
    by_batch = page.get_by_role("region", name="batch_size").locator("tbody tr")
    tried = {trial["parameters"]["/training/batch_size"] for trial in trials}
    assert {int(row) for row in by_batch.locator("th").all_inner_texts()} == tried
    told = client.get("/searches/tasty/importances")["parameters"]
    shares = page.locator(".importance").get_by_role("row")
    expect(shares).to_have_count(len(told))
    assert [float(n) for n in shares.locator(".num").evaluate_all("all => all.map(n => n.title)")] == [
        each["importance"] for each in told
    ]
    expect(page.get_by_role("img", name=re.compile("^val_accuracy of each trial at its rungs"))).to_be_visible()
    is_accessible()
    page.get_by_label("Name of the network of trial").fill("cheese-best")
    page.get_by_role("button", name=f"Make trial {best['trial']} live").click()
    page.wait_for_url(re.compile("#/networks/cheese-best$"))
    assert client.get("/networks/cheese-best/live")["alias"] == "production"


def test_a_search_begins_with_the_trials_of_another_one(visit, client, cheeses, watched, is_accessible):
    watched.forgives_rejections = True
    body = {"dataset": "cheeses", "target": "taste", "sampler": "random", "pruner": "none", "limits": {"trials": 2}}
    for name, objective in (("teacher", {}), ("judged-otherwise", {"objective": {"metric": "val_accuracy"}})):
        client.post("/searches", {**body, "name": name, **objective})
    for name in ("teacher", "judged-otherwise"):
        page = visit(f"#/searches/{name}")
        expect(page.get_by_text("2 of 2 trials")).to_be_visible(timeout=60_000)
    visit("#/datasets/cheeses?target=taste")
    page.get_by_text("Search options").click()
    page.get_by_label("Search", exact=True).fill("warm")
    page.get_by_label("Trials", exact=True).fill("1")
    others = page.get_by_role("group", name="Begin with the trials of")
    others.get_by_label("teacher").check()
    others.get_by_label("judged-otherwise").check()
    page.get_by_label("Sampler").select_option("sobol")
    expect(others).to_have_count(0)
    page.get_by_label("Sampler").select_option("tpe")
    page.get_by_role("button", name="Start the search").click()
    expect(others.get_by_text("judged-otherwise: has another objective: maximize val_accuracy")).to_be_visible()
    is_accessible()
    others.get_by_label("judged-otherwise").uncheck()
    page.get_by_role("button", name="Start the search").click()
    page.wait_for_url(re.compile("#/searches/warm$"))
    expect(page.get_by_text("begun with the trials of 1 other search")).to_be_visible()
    assert client.get("/searches/warm")["warm_start"] == [client.get("/searches/teacher")["id"]]


def test_a_search_that_has_ended_goes_on_with_further_trials(visit, client, cheeses, page, is_accessible):
    space = {RATE: {"type": "float", "low": 1e-4, "high": 1e-1, "scale": "log"}}
    training = {"epochs": 2, "validation": {"fraction": 0.25}}
    network = {"from_dataset": "cheeses", "target": "taste"}
    body = {"name": "grown", "network": network, "training": training, "parameters": space, "limits": {"trials": 1}}
    client.post("/searches", body)
    visit("#/searches/grown")
    expect(page.get_by_text("1 of 1 trial")).to_be_visible(timeout=60_000)
    page.get_by_label("Further trials").fill("1")
    page.get_by_role("button", name="Add them").click()
    expect(page.get_by_text("2 of 2 trials")).to_be_visible(timeout=60_000)
    page.get_by_text("Add a trial with values of your own").click()
    rate = page.get_by_role("textbox", name="optimizer.learning_rate")
    expect(rate).to_have_value(str(client.get("/searches/grown")["best"]["parameters"][RATE]))
    rate.fill("0.5")
    expect(page.get_by_text("must be at most 0.1, got 0.5")).to_be_visible()
    rate.fill("0.05")
    page.get_by_role("button", name="Add this trial").click()
    expect(page.get_by_text("3 of 3 trials")).to_be_visible(timeout=60_000)
    third = client.get("/searches/grown/trials")["data"][2]
    assert (third["source"], third["parameters"][RATE]) == ("point", 0.05)
    page.set_viewport_size(PHONE)
    expect(page.locator(".parallel")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    is_accessible()
    visit("#/searches")
    expect(page.get_by_role("link", name="grown")).to_be_visible()
    is_accessible()
