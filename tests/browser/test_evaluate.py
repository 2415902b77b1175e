"""How good weights are: held-out rows by default, each figure as the API has it, and thresholds to try."""

import re

import pytest
from playwright.sync_api import expect

from tests.acceptance.client import Client
from tests.browser.conftest import PHONE, Held

#: Says "like" where fat exceeds salt, and is sure of it.
LAYERS = [{"type": "dense", "units": 1, "activation": "sigmoid", "weights": [[8.0], [-8.0]], "biases": [0.0]}]
SPEC = {"inputs": ["fat", "salt"], "labels": ["dislike", "like"], "layers": LAYERS, "loss": "binary_cross_entropy"}
DATA = {"inputs": [[1, 0], [0, 1], [0.9, 0.2], [0.1, 0.3]], "targets": ["like", "dislike", "dislike", "dislike"]}
ROWS = {
    "inputs": [[n / 20, (n * 7 % 20) / 20] for n in range(20)],
    "targets": ["like" if n % 3 else "dislike" for n in range(20)],
}
#: Keeps the weights as they are.
STILL = {"epochs": 1, "optimizer": {"type": "sgd", "learning_rate": 1e-12}}


@pytest.fixture(scope="module")
def jobs(service):
    """A network that was trained on everything, and one that held rows out for validation and for a test."""
    client = Client(service.url)
    for name in ("all", "held"):
        client.post("/networks", SPEC | {"name": name, "dtype": "float64"})
    everything = client.train("all", DATA, **STILL)
    held = client.train("held", ROWS, validation={"fraction": 0.3}, test={"fraction": 0.4}, **STILL)
    return {"all": everything["id"], "held": held["id"]}


@pytest.fixture(scope="module")
def prices(service):
    client = Client(service.url)
    client.post("/networks", {"name": "prices", "inputs": 1, "layers": [{"type": "dense", "units": 1}]})
    data = {"inputs": [[n / 40] for n in range(40)], "targets": [n * n for n in range(40)]}
    return client.train("prices", data, epochs=20, validation={"fraction": 0.5})["id"]


def test_the_validation_rows_say_how_far_probabilities_and_numbers_can_be_believed(visit, client, jobs, prices, page):
    found = client.get("/networks/held/calibration")
    visit("#/networks/held/evaluate")
    diagrams = page.locator("section", has=page.get_by_role("heading", name="Can its probabilities")).locator("figure")
    expect(diagrams).to_have_count(2)
    expect(diagrams.first.locator(".plot-point")).to_have_count(len(found["before"]["bins"]))
    expect(page.get_by_text(f"The temperature {found['fitted_temperature']:.3g} would suit them")).to_be_visible()
    levels = client.get("/networks/prices/calibration")["levels"]
    visit("#/networks/prices/evaluate")
    rows = page.get_by_role("region", name="Intervals").locator("tbody tr")
    expect(rows).to_have_count(len(levels))
    expect(rows.first.locator(".num[title]")).to_have_attribute("title", str(levels[0]["half_widths"]["0"]))
    visit("#/networks/all/evaluate")
    expect(page.get_by_text("Not known: these weights were trained without validation rows.")).to_be_visible()


def figures(page):
    """By name: the network's and the naive answer's, in full."""
    table = page.locator("table", has_text="Naive answer")
    expect(table).to_be_visible()
    return {
        row.locator("th").inner_text(): [cell.get_attribute("title") for cell in row.locator(".num").all()]
        for row in table.locator("tbody tr").all()
    }


def as_shown(evaluation):
    own = {"loss": evaluation["loss"], **evaluation["metrics"]}
    naive = {"loss": evaluation["naive"]["loss"], **evaluation["naive"]["metrics"]}
    return {name: [own[name], naive[name]] for name in own}


def numbers(shown):
    return {name: [float(cell) for cell in cells] for name, cells in shown.items()}


def test_the_rows_that_no_training_saw_are_evaluated_first_and_as_the_api_does(visit, client, jobs, is_accessible):
    expected = client.post("/evaluate", {"job": jobs["held"], "metrics": ["accuracy", "f1"]})
    page = visit("#/networks/held/evaluate")
    expect(page.get_by_label("Test rows (8)")).to_be_checked()
    expect(page.get_by_text("On 8 test rows, which no training saw.")).to_be_visible()
    assert expected["evaluated_on"]["rows"] == "test"
    assert numbers(figures(page)) == as_shown(expected)
    cells = page.locator(".confusion tbody tr").all()
    counts = [[int(cell.replace("·", "0")) for cell in row.locator("td").all_inner_texts()] for row in cells]
    assert counts == expected["confusion"]["counts"]
    expect(page.get_by_role("img", name=re.compile("^ROC curve, area"))).to_be_visible()
    expect(page.get_by_role("heading", name="Are its probabilities right?")).to_be_visible()
    is_accessible()


def test_rows_it_was_trained_on_take_a_choice_and_a_warning(visit, client, jobs, is_accessible):
    expected = client.post("/evaluate", {"job": jobs["held"], "rows": "training", "metrics": ["accuracy", "f1"]})
    page = visit("#/networks/held/evaluate")
    warning = page.get_by_text("The weights have learnt from these rows")
    expect(page.get_by_text("On 8 test rows")).to_be_visible()
    expect(warning).to_have_count(0)
    page.get_by_text(f"Rows it was trained on ({expected['rows']})").click()
    expect(warning).to_be_visible()
    assert numbers(figures(page)) == as_shown(expected)
    page.get_by_text(re.compile(r"^Validation rows \(\d\)$")).click()
    expect(page.get_by_text("held out from this training")).to_be_visible()
    expect(warning).to_have_count(0)
    is_accessible()


def test_a_training_that_held_nothing_out_says_so(visit, client, jobs, is_accessible):
    page = visit(f"#/networks/all/evaluate?weights={jobs['all']}")
    expect(page.get_by_text("This training held no rows out.")).to_be_visible()
    expect(page.get_by_role("status", name="Results")).to_have_count(0)
    is_accessible()
    page.get_by_text("Rows it was trained on (4)").click()
    matrix = page.locator(".confusion")
    expect(matrix.locator("tbody tr").nth(0).locator("td")).to_have_text(["2", "1"])
    expect(matrix.locator("tbody tr").nth(1).locator("td")).to_have_text(["·", "1"])


def test_a_threshold_is_moved_by_keys_and_its_figures_follow(visit, client, jobs):
    found = client.post("/evaluate", {"job": jobs["held"]})
    curve, support = found["curves"][0], {each["label"]: each["support"] for each in found["classes"]}
    page = visit("#/networks/held/evaluate")
    slider = page.get_by_role("slider", name=re.compile("^Threshold for like"))
    slider.press("Home")
    lowest = curve["roc"][-1]
    expect(slider).to_have_attribute("max", str(len(curve["roc"]) - 1))
    hits = page.locator("dt", has_text="like, found").locator("..").locator("dd")
    alarms = page.locator("dt", has_text="others, taken for like").locator("..").locator("dd")
    expect(hits).to_have_text(str(round(lowest["true_positive_rate"] * support["like"])))
    slider.press("End")
    expect(hits).to_have_text("0")
    expect(alarms).to_have_text("0")
    for _ in range(3):
        slider.press("ArrowLeft")
    third = curve["roc"][3]
    expect(hits).to_have_text(str(round(third["true_positive_rate"] * support["like"])))
    expect(alarms).to_have_text(str(round(third["false_positive_rate"] * support["dislike"])))


def test_numbers_are_shown_beside_the_actual_ones(visit, client, prices, is_accessible):
    expected = client.post("/evaluate", {"job": prices, "metrics": ["mae", "rmse", "r2"]})
    page = visit(f"#/networks/prices/evaluate?weights={prices}")
    assert numbers(figures(page)) == as_shown(expected)
    target = expected["targets"][0]
    table = page.get_by_role("region", name=re.compile("^Residuals of"))
    shown = [float(cell.get_attribute("title")) for cell in table.locator("td .num").all()]
    assert shown == [each["value"] for each in target["residual_quantiles"]] + [target["residual_mean"]]
    expect(page.locator(".plot-point")).to_have_count(len(target["points"]))
    is_accessible()


def test_a_version_is_evaluated_by_its_number(visit, client, jobs):
    client.post("/networks/held/versions", {"snapshot": "initial", "note": "as written"})
    page = visit("#/networks/held/evaluate")
    page.get_by_label("Weights").select_option("1")
    expect(page).to_have_url(re.compile("weights=1$"))
    expect(page.get_by_text("Rows of this network (20)")).to_be_visible()
    expect(page.get_by_text("Rows it was trained on")).to_have_count(0)
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_text("On 20 rows given here.")).to_be_visible()


def test_a_row_that_is_rejected_is_named_by_its_line(visit, jobs, watched):
    watched.forgives_rejections = True
    page = visit("#/networks/all/evaluate")
    page.get_by_text("Paste or open a table").click()
    page.get_by_label("Rows as text").fill("fat,salt,taste\n1,0,like\n0,1,dislike\n1,1,sour\n")
    page.get_by_role("button", name="Evaluate").click()
    alert = page.get_by_role("alert")
    expect(alert.locator("p").first).to_have_text(re.compile(r"^Line 4: must be .* got \"sour\"\.$"))
    expect(alert.get_by_text("sour")).to_have_count(1)


def test_figures_of_weights_that_are_no_longer_chosen_are_dropped(visit, jobs, page):
    held = Held(page, "**/evaluate")
    visit("#/networks/held/evaluate")
    held.wait()
    page.get_by_text(re.compile(r"^Rows it was trained on")).click()
    held.let_go()
    expect(page.get_by_text("that it was trained on.")).to_be_visible()
    expect(page.get_by_text("which no training saw")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_on_a_phone_the_page_keeps_its_width(visit, jobs, page, language, is_accessible):
    page.set_viewport_size(PHONE)
    page.add_init_script(f"localStorage.setItem('feedforward.language', '{language}')")
    visit("#/networks/held/evaluate")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator(".plot").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    is_accessible()
