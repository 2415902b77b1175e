"""Training: options, the start, pause and resume, a fork from a snapshot, and a reload in the middle."""

import re

import pytest
from playwright.sync_api import expect

from tests.acceptance.client import Client

CHEESE = {
    "name": "cheese",
    "inputs": ["fat", "salt"],
    "labels": ["dislike", "like"],
    "loss": "binary_cross_entropy",
    "layers": [
        {"type": "dense", "units": 3, "activation": "tanh"},
        {"type": "dense", "units": 1, "activation": "sigmoid"},
    ],
}
ROWS = "fat,salt,taste\n0.2,0.9,like\n0.1,0.1,dislike\n0.2,0.4,dislike\n0.2,0.5,dislike\n0.4,0.5,like\n0.3,0.8,like\n"


@pytest.fixture(scope="module")
def cheese(service):
    return Client(service.url).post("/networks", CHEESE)


def newest(client):
    return client.get("/jobs?limit=1")["data"][0]


def test_pasted_rows_train_a_network_with_the_options_chosen(visit, client, cheese, is_accessible):
    page = visit("#/networks/cheese/train")
    expect(page.get_by_role("button", name="Start training")).to_be_disabled()
    page.get_by_label("Rows as text").fill(ROWS.replace("0.4,0.5", "o.4,0.5"))
    expect(page.get_by_text("Line 6, column 1: “o.4” is not a number.")).to_be_visible()
    page.get_by_label("Rows as text").fill(ROWS)
    expect(page.get_by_text("6 rows read.")).to_be_visible()
    page.get_by_label("Epochs", exact=True).fill("30")
    page.get_by_label("Optimizer").select_option("momentum")
    page.get_by_label("Learning rate η").fill("0.3")
    page.get_by_label("accuracy", exact=True).check()
    page.get_by_label("Every n epochs").fill("10")
    is_accessible()
    page.get_by_role("button", name="Start training").click()
    page.wait_for_url(re.compile(r"#/jobs/job_\w+$"))
    training = newest(client)["options"]["training"]
    assert training["epochs"] == 30
    assert training["optimizer"]["type"] == "momentum" and training["optimizer"]["learning_rate"] == 0.3


def test_what_the_service_rejects_is_said_with_what_to_do(visit, client, cheese, watched):
    watched.forgives_rejections = True
    page = visit("#/networks/cheese/train")
    page.get_by_label("Rows as text").or_(page.get_by_text("Rows of this network")).first.wait_for()
    page.get_by_text("Paste or open a table").click()
    page.get_by_label("Rows as text").fill(ROWS)
    page.get_by_label("Ends the training when it no longer improves.").check()
    page.get_by_label("Monitor", exact=True).fill("nonsense")
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_role("alert")).to_contain_text("Correct the errors")
    expect(page.get_by_label("Monitor", exact=True)).to_have_attribute("aria-invalid", "true")


def test_a_number_that_will_not_do_is_marked_before_it_is_sent(visit, client, cheese, is_accessible):
    page = visit("#/networks/cheese/train")
    page.get_by_label("Rows as text").or_(page.get_by_text("Rows of this network")).first.wait_for()
    page.get_by_text("Paste or open a table").click()
    page.get_by_label("Rows as text").fill(ROWS)
    start = page.get_by_role("button", name="Start training")
    expect(start).to_be_enabled()
    for label, wrong, said, right in (
        ("Epochs", "0", "must be at least 1, got 0", "3"),
        ("Epochs", "2.5", "must be a whole number, got 2.5", "3"),
        ("Batch size", "0", "must be at least 1, got 0", ""),
        ("Learning rate η", "-1", "must be above 0, got -1", "0.1"),
        ("Learning rate η", "fast", "must be a number, got fast", "0.1"),
        ("Validation share", "1", "must be below 1, got 1", "0.2"),
    ):
        field = page.get_by_label(label, exact=True)
        field.fill(wrong)
        expect(field).to_have_accessible_description(re.compile(re.escape(said)))
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(start).to_be_disabled()
        expect(page.get_by_text("Correct the marked fields first.")).to_be_visible()
        if wrong == "fast":
            is_accessible()
        field.fill(right)
        expect(start).to_be_enabled()


def test_a_fork_begins_with_the_options_and_the_rows_of_its_job(visit, client, cheese):
    page = visit("#/networks/cheese")
    page.get_by_role("link", name="Train again with these options").first.click()
    expect(page.get_by_label("Learning rate η")).to_have_value("0.3")
    snapshot = next(each for each in client.get("/networks/cheese/snapshots")["data"] if each["epoch"] == 10)
    page.get_by_label("Start from").select_option(snapshot["id"])
    page.get_by_label("Learning rate η").fill("0.05")
    expect(page.get_by_text("Rows of this network (6)")).to_be_visible()
    page.get_by_role("button", name="Start training").click()
    page.wait_for_url(re.compile("#/jobs/"))
    options = newest(client)["options"]
    assert options["start_from"] == snapshot["id"]
    assert options["training"]["optimizer"] | {"learning_rate": 0.05} == options["training"]["optimizer"]
    assert options["training"]["optimizer"]["type"] == "momentum"


def test_a_job_is_paused_resumed_and_cancelled_and_a_reload_loses_nothing(visit, client, cheese, is_accessible):
    data = {"inputs": [[0.2, 0.9], [0.1, 0.1]], "targets": ["like", "dislike"]}
    job = client.post("/train", {"network": "cheese", "data": data, "epochs": 1_000_000, "batch_size": 1})
    page = visit("#/networks/cheese")
    row = page.locator("tbody tr").first
    expect(row.get_by_text("training")).to_be_visible()
    row.get_by_role("button", name="Pause").click()
    expect(row.get_by_text("paused")).to_be_visible()
    page.reload()
    row.get_by_role("button", name="Resume").click()
    expect(row.get_by_text("training")).to_be_visible()
    is_accessible()
    row.get_by_role("button", name="Cancel").click()
    expect(row.get_by_text("cancelled")).to_be_visible()
    assert client.get(f"/jobs/{job['id']}")["status"] == "cancelled"


def test_one_of_a_kind_is_counted_as_one_and_kinds_are_named_in_the_readers_language(visit, client, cheese, page):
    visit("#/networks/cheese/train")
    page.get_by_label("Rows as text").or_(page.get_by_text("Rows of this network")).first.wait_for()
    page.get_by_text("Paste or open a table").click()
    page.get_by_label("Rows as text").fill("fat,salt,taste\n0.2,0.9,like\n")
    expect(page.get_by_text("1 row read.")).to_be_visible()
    page.get_by_label("Language").select_option("ko")
    expect(page.get_by_text("행 1개를 읽었습니다.")).to_be_visible()
    chosen = page.locator("option", has_text="에포크 10(")
    expect(chosen.first).to_contain_text("정기")


def test_a_training_begins_with_the_options_of_the_last_one(visit, client):
    client.post("/networks", CHEESE | {"name": "again"})
    data = {"inputs": [[0.2, 0.9], [0.1, 0.1]], "targets": ["like", "dislike"]}
    client.train("again", data, epochs=7, optimizer={"type": "rmsprop", "learning_rate": 0.03})
    page = visit("#/networks/again/train")
    expect(page.get_by_text("Starts with the options of the last training.")).to_be_visible()
    expect(page.get_by_label("Optimizer")).to_have_value("rmsprop")
    expect(page.get_by_label("Learning rate η")).to_have_value("0.03")
    expect(page.get_by_label("Epochs", exact=True)).to_have_value("7")


def test_it_is_cross_validated_from_the_form_and_slow_motion_is_for_long_trainings(visit, client, is_accessible):
    client.post("/networks", CHEESE | {"name": "folded"})
    page = visit("#/networks/folded/train")
    page.get_by_label("Rows as text").fill(ROWS)
    page.get_by_label("Epochs", exact=True).fill("600")
    speed = page.get_by_label("Speed", exact=True)
    expect(speed).to_have_value("10")
    page.get_by_label("Epochs", exact=True).fill("3")
    expect(speed).to_have_value("null")
    page.get_by_label("Cross-validation folds").fill("3")
    is_accessible()
    page.get_by_role("button", name="Start training").click()
    page.wait_for_url(re.compile(r"#/jobs/job_\w+$"))
    table = page.get_by_role("table").filter(has_text="Fold 3")
    row = table.get_by_role("row", name=re.compile("^val_loss"))
    expect(row).to_be_visible()
    found = client.get(f"/jobs/{newest(client)['id']}")["folds"]["numbers"]["val_loss"]
    said = row.locator("td").evaluate_all("cells => cells.map(cell => cell.title)")
    assert [float(each) for each in said[2:]] == found["folds"]
    assert said[0] == f"{found['mean']} ± {found['std']}"
    # There are no weights to evaluate.
    expect(page.locator(".job-head").get_by_role("link")).to_have_text(["Train again with these options"])
    is_accessible()
