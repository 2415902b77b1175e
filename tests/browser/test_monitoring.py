"""A network in use: its answers are kept on request, judged by feedback, and compared with the training rows."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.acceptance.client import Client
from tests.browser.conftest import PATIENCE_MS, PHONE

LAYERS = [{"type": "dense", "units": 1, "activation": "sigmoid", "weights": [[8.0], [-8.0]], "biases": [0.0]}]
SPEC = {"inputs": ["fat", "salt"], "labels": ["dislike", "like"], "layers": LAYERS, "loss": "binary_cross_entropy"}
ROWS = [[n / 100, (n * 37 % 100) / 100] for n in range(100)]
#: The same salt, but more fat than any training row has.
FATTER = [[fat + 1, salt] for fat, salt in ROWS[:60]]


@pytest.fixture
def taste(service):
    client = Client(service.url)
    made = client.post("/networks", SPEC | {"name": "taste"})
    targets = [float(fat > salt) for fat, salt in ROWS]
    still = {"epochs": 1, "optimizer": {"type": "sgd", "learning_rate": 1e-12}}
    client.train("taste", {"inputs": ROWS, "targets": targets}, **still)
    yield client
    client.ask("DELETE", f"/networks/{made['id']}")


def answered(client, rows, log):
    """Keeps the answers to these rows; their id."""
    client.ask("PATCH", "/networks/taste", {"answer_log": log})
    answer = client.post("/predict", {"network": "taste", "inputs": rows})
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while client.get("/networks/taste/monitoring")["stored"]["rows"] < len(rows):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return answer["id"]


def test_answers_are_kept_once_somebody_says_so_and_deleted(visit, taste, is_accessible):
    page = visit("#/networks/taste/monitoring")
    expect(page.get_by_text("None. Without them there are no live figures")).to_be_visible()
    is_accessible()
    page.get_by_role("button", name="Keep answers").click()
    page.get_by_label("Share of requests, in percent").fill("50")
    page.get_by_label("Least rows").fill("20")
    page.get_by_label("Warn of drift").check()
    page.get_by_label("Minutes between checks").fill("5")
    page.get_by_label("Newest rows").fill("400")
    page.get_by_label("Age of rows, in hours").fill("36")
    page.get_by_label("Callback", exact=True).fill("https://example.com/drift")
    page.get_by_label("Secret of the callback").fill(f"whsec_{'A' * 32}")
    is_accessible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("50 % of the requests, at most 100,000 rows")).to_be_visible()
    log = taste.get("/networks/taste/monitoring")["answer_log"]
    watch = {"every": 300, "rows": 400, "window": 129_600, "callback": "https://example.com/drift"}
    assert (log["share"], log["min_rows"], log["watch"]) == (0.5, 20, watch)
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_label("Age of rows, in hours")).to_have_value("36")
    page.get_by_label("Callback", exact=True).fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Change")).to_be_visible()
    assert taste.get("/networks/taste/monitoring")["answer_log"]["watch"]["callback"] is None
    answered(taste, ROWS[:5], {"share": 1})
    visit("#/networks/taste/monitoring")
    expect(page.get_by_text("5 rows kept, the truth of 0 is known")).to_be_visible()
    page.get_by_role("button", name="Delete all").click()
    page.get_by_role("button", name="Delete 5 rows permanently").click()
    expect(page.get_by_text("rows kept")).to_have_count(0)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Keep no further answers").click()
    expect(page.get_by_text("None. Without them")).to_be_visible()
    assert taste.get("/networks/taste/monitoring")["answer_log"] is None


def test_a_setting_that_is_none_is_said_at_its_field(visit, taste, watched, page):
    watched.forgives_rejections = True
    visit("#/networks/taste/monitoring")
    page.get_by_role("button", name="Keep answers").click()
    page.get_by_label("Share of requests, in percent").fill("101")
    expect(page.get_by_text("must be at most 100, got 101")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    page.get_by_label("Share of requests, in percent").fill("100")
    page.get_by_label("Most rows").fill("999999999")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Most rows")).to_have_attribute("aria-invalid", "true")


def test_feedback_makes_live_figures_and_drifted_columns_stand_out(visit, taste, is_accessible):
    answer = answered(taste, FATTER, {"share": 1, "min_rows": 20})
    page = visit("#/networks/taste/monitoring")
    expect(page.get_by_text("There is no feedback on these rows yet.")).to_be_visible()
    items = [{"id": answer, "row": row, "actual": "like" if row % 4 else "dislike"} for row in range(40)]
    assert taste.post("/feedback", {"items": items})["stored"] == 40
    page = visit("#/networks/taste/monitoring")
    found = taste.get("/networks/taste/monitoring")["snapshots"][0]
    figures = page.get_by_role("region", name="By weights").locator("tbody tr").first
    expect(figures.locator("td").nth(0)).to_have_text("60")
    expect(figures.locator("td").nth(1)).to_have_text("40")
    shown = [float(cell.get_attribute("title")) for cell in figures.locator(".num[title]").all()]
    assert shown == [value for value in found["metrics"].values() if value is not None]
    drift = taste.get("/networks/taste/drift")
    expect(page.get_by_text("Yes: 60 new rows are distributed differently from 100 training rows.")).to_be_visible()
    columns = page.get_by_role("region", name="Drift of each column")
    for column in drift["columns"]:
        row = columns.get_by_role("row", name=re.compile(f"^{column['name']}"))
        expect(row.locator(".num").first).to_have_attribute("title", str(column["psi"]))
        expect(row.get_by_text("drifted")).to_have_count(1 if column["drifted"] else 0)
    assert {column["name"]: column["drifted"] for column in drift["columns"]} == {"fat": True, "salt": False}
    page.get_by_role("button", name="Show the shares of fat").click()
    bins = page.get_by_role("region", name="Shares of fat").locator("tbody tr")
    (fat,) = (column for column in drift["columns"] if column["name"] == "fat")
    expect(bins).to_have_count(len(fat["bins"]))
    expect(bins.last.locator("td.n")).to_have_text(
        [f"{fat['bins'][-1]['expected'] * 100:.1f} %", f"{fat['bins'][-1]['actual'] * 100:.1f} %"]
    )
    is_accessible()


def test_a_warning_of_the_drift_watch_is_shown(visit, taste, is_accessible):
    answered(taste, FATTER, {"share": 1, "min_rows": 20, "watch": {"every": 60, "rows": 60}})
    deadline = time.monotonic() + 3 * PATIENCE_MS / 1000
    while not taste.get("/networks/taste/events")["data"]:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    page = visit("#/networks/taste/monitoring")
    expect(page.get_by_role("heading", name="Warnings")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="fat (PSI")).to_contain_text("rose above the threshold")
    expect(page.get_by_text(re.compile("^Last check .*: drift"))).to_be_visible()
    is_accessible()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_on_a_phone_the_page_keeps_its_width(visit, taste, page, language, is_accessible):
    answered(taste, FATTER, {"share": 1, "min_rows": 20})
    page.set_viewport_size(PHONE)
    page.add_init_script(f"localStorage.setItem('feedforward.language', '{language}')")
    visit("#/networks/taste/monitoring")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator(".drift-pair").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    is_accessible()
