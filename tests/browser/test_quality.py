"""What makes a network good on a table: folds, members, and a threshold for a rare class, from proposal to answer."""

import random
import re
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE

ROWS = 600


def rare_class() -> str:
    """Fraud is one row of twenty-five, and likelier with large amounts at night."""
    draw = random.Random(1)
    rows = [(draw.expovariate(0.02), draw.randrange(24), draw.random()) for _ in range(ROWS)]
    risk = sorted(range(ROWS), key=lambda at: rows[at][0] / 50 - rows[at][1] / 12 + rows[at][2], reverse=True)
    fraud = set(risk[: ROWS // 25])
    lines = [f"{amount:.2f},{hour},{'fraud' if at in fraud else 'ok'}" for at, (amount, hour, _) in enumerate(rows)]
    return "\n".join(["amount,hour,verdict", *lines])


@pytest.fixture(scope="module")
def payments(service):
    upload = urllib.request.Request(
        f"{service.url}/datasets?name=payments", rare_class().encode(), {"Content-Type": "text/csv"}
    )
    urllib.request.urlopen(upload, timeout=60).close()


def trained(page, name):
    """As it is proposed, under this name; the id of the job."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Create and train").click()
    page.wait_for_url(re.compile(r"#/jobs/job_\w+$"))
    expect(page.locator(".status-succeeded").first).to_be_visible(timeout=90_000)
    return page.url.rsplit("/", 1)[1]


def test_a_threshold_for_a_rare_class_is_offered_chosen_and_said_with_its_answers(
    visit, client, payments, is_accessible
):
    page = visit("#/datasets/payments?target=verdict")
    offers = client.get("/datasets/payments/proposal?target=verdict")["offers"]
    group = page.get_by_role("group", name=re.compile("^A class is rare"))
    expect(group.get_by_role("radio")).to_have_count(1 + len(offers))
    expect(group.get_by_role("radio", name=re.compile("^Nothing"))).to_be_checked()
    expect(group).to_contain_text(offers[0]["cost"][1:])
    group.get_by_role("radio", name="Choose a threshold").check()
    is_accessible()
    job = trained(page, "frauds")
    assert client.get(f"/jobs/{job}")["options"]["threshold"]["positive"] == "fraud"
    threshold = client.get("/networks/frauds/calibration")["threshold"]
    assert threshold["value"] is not None
    visit("#/networks/frauds/evaluate")
    expect(page.get_by_text("This network predicts fraud where its probability is above")).to_be_visible()
    expected = client.post("/evaluate", {"network": "frauds", "snapshot": "live"})
    found = page.locator("dt", has_text="fraud, found").locator("..").locator("dd")
    expect(found).to_have_text(str(expected["confusion"]["counts"][1][1]))
    changed = page.get_by_role("region", name="What did the chosen threshold change?")
    expect(changed.get_by_role("row", name="recall").locator("td").last).to_have_text(
        f"{threshold['after']['recall'] * 100:.1f} %"
    )
    is_accessible()
    visit("#/networks/frauds/predict")
    expect(page.get_by_role("status", name="Prediction")).to_contain_text("fraud is predicted where its probability")
    page.get_by_label("hour", exact=True).fill("99")
    expect(page.get_by_text("Outside the data, which go from 0 to 23")).to_be_visible()


def test_a_cross_validation_begins_with_the_training_and_gives_its_predictions(visit, client, payments, is_accessible):
    page = visit("#/datasets/payments?target=verdict")
    trained(page, "folded")
    visit("#/networks/folded/train")
    expect(page.get_by_text("Starts with the options of the last training.")).to_be_visible()
    share = page.get_by_label("Validation share")
    expect(share).to_have_value("0.1")
    page.get_by_label("Epochs", exact=True).fill("6")
    page.get_by_label("Cross-validation folds").fill("2")
    expect(share).to_have_count(0)
    page.get_by_label("Repeats").fill("2")
    page.get_by_label("Keep out-of-fold predictions").check()
    is_accessible()
    page.get_by_role("button", name="Start training").click()
    page.wait_for_url(re.compile(r"#/jobs/job_\w+$"))
    expect(page.get_by_text("All rows were divided into 2 folds 2 times")).to_be_visible(timeout=90_000)
    job = client.get(f"/jobs/{page.url.rsplit('/', 1)[1]}")
    loss = job["folds"]["numbers"]["val_loss"]
    means = page.get_by_role("region", name="How good is it on rows that it has not seen?")
    expect(means.get_by_role("row", name="val_loss").locator("td").first).to_have_attribute(
        "title", f"{loss['mean']} ± {loss['std']}"
    )
    expect(page.get_by_text("the mean of each fold's best epoch")).to_be_visible()
    expect(page.get_by_text("Faint lines: the 4 folds")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").first.click()
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == 1 + 2 * ROWS and "predicted_verdict" in lines[0]
    is_accessible()
    visit("#/networks/folded/train")
    expect(share).to_have_value("0.1")
    expect(page.get_by_label("Cross-validation folds")).to_have_value("")


def test_an_ensemble_is_proposed_with_reasons_and_its_members_weights_are_shown(
    visit, client, payments, page, is_accessible
):
    visit("#/datasets/payments?target=verdict")
    page.get_by_label("Ensemble members").fill("2")
    expect(page.get_by_text("1 member: read each number as it is")).to_be_visible()
    proposal = client.get("/datasets/payments/proposal?target=verdict&members=2")
    reason = next(each["reason"] for each in proposal["reasons"] if each["option"] == "members")
    expect(page.get_by_text(reason)).to_be_visible()
    is_accessible()
    job = client.get(f"/jobs/{trained(page, 'flock')}")
    table = page.get_by_role("region", name="How much does each member count?")
    weights = [float(cell.get_attribute("title")) for cell in table.locator("td[title]").all()]
    assert weights == job["average"]["weights"]
    expect(page.get_by_text("the mean of each member's best epoch")).to_be_visible()
    expect(page.get_by_text("Faint lines: the 2 members")).to_be_visible()
    is_accessible()
    page.set_viewport_size(PHONE)
    visit("#/networks/flock")
    expect(page.get_by_text("1 member: also read each number in bins")).to_be_visible()
    expect(table).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    is_accessible()
