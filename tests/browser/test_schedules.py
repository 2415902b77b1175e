"""Trainings at set times: made with a cron expression, run, paused and deleted; and the next revision of a data set."""

import json
import re
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.acceptance.client import Client
from tests.browser.conftest import PHONE

TABLE = "size,when,price\n" + "".join(f"{n},{n % 28 + 1}.02.2024,{n * 3}\n" for n in range(1, 41))
MORE = TABLE + "".join(f"{n},{n % 28 + 1}.02.2024,{n * 3}\n" for n in range(41, 61))


@pytest.fixture(scope="module")
def prices(service):
    client = Client(service.url)
    url = f"{service.url}/datasets?name=prices"
    request = urllib.request.Request(url, data=TABLE.encode(), headers={"Content-Type": "text/csv"}, method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert json.loads(answer.read())["rows"] == 40
    client.post("/networks", {"name": "prices", "from_dataset": "prices", "target": "price"})
    return client


def row(page, name):
    return page.get_by_role("region", name="Schedules").get_by_role("row", name=re.compile(name))


def test_a_schedule_is_made_run_paused_and_deleted(visit, prices, is_accessible):
    visit("#/networks/prices").get_by_role("link", name="Schedules").click()
    page = visit("#/schedules?network=prices")
    expect(page.get_by_text("No schedules yet.")).to_be_visible()
    expect(page.get_by_label("Data set")).to_have_value("prices")
    page.get_by_label("How often").select_option("weekdays")
    expect(page.get_by_label("Cron expression")).to_have_value("0 3 * * 1-5")
    page.get_by_label("Time zone").fill("Europe/Zurich")
    page.get_by_label("Name (optional)").fill("nightly")
    is_accessible()
    page.get_by_role("button", name="Create the schedule").click()
    expect(row(page, "nightly")).to_contain_text("0 3 * * 1-5 Europe/Zurich")
    expect(row(page, "nightly")).to_contain_text(re.compile(r"in \d+ "))
    made = prices.get("/schedules")["data"][0]
    assert (made["cron"], made["timezone"], made["if_changed"]) == ("0 3 * * 1-5", "Europe/Zurich", True)
    assert made["train"]["validation"]["fraction"] == 0.2
    is_accessible()
    page.get_by_role("button", name="Run now: nightly").click()
    page.wait_for_url(re.compile(r"#/jobs/job_\w+$"))
    page = visit("#/schedules")
    expect(row(page, "nightly")).to_contain_text("Training:")
    page.get_by_role("button", name="Pause: nightly").click()
    expect(row(page, "nightly")).to_contain_text("paused")
    assert prices.get("/schedules")["data"][0]["state"] == "paused"
    page.get_by_role("button", name="Resume: nightly").click()
    expect(row(page, "nightly")).to_contain_text(re.compile(r"in \d+ "))
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete the schedule").click()
    expect(page.get_by_text("No schedules yet.")).to_be_visible()
    assert prices.get("/schedules")["data"] == []


def test_a_cron_expression_that_is_none_is_said_at_its_field(visit, prices, watched, page):
    watched.forgives_rejections = True
    visit("#/schedules?network=prices")
    page.get_by_label("Cron expression").fill("every night")
    expect(page.get_by_label("How often")).to_have_value("")
    page.get_by_role("button", name="Create the schedule").click()
    expect(page.get_by_label("Cron expression")).to_have_attribute("aria-invalid", "true")
    assert prices.get("/schedules")["data"] == []


def test_the_next_revision_takes_the_name_and_the_older_one_stays(visit, prices, tmp_path, is_accessible):
    file = tmp_path / "prices.csv"
    file.write_text(MORE)
    page = visit("#/datasets/prices")
    expect(page.get_by_text("Read as: day, month, year; dates without a time")).to_be_visible()
    page.locator("section", has_text="Revisions").locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("Revision 2 of 2.")).to_be_visible()
    expect(page.get_by_text("60 rows, 3 columns")).to_be_visible()
    assert prices.get("/datasets/prices")["rows"] == 60
    is_accessible()
    page.locator("section", has_text="Revisions").locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("nothing was added")).to_be_visible()
    table = page.get_by_role("region", name="Revisions")
    expect(table.locator("tbody tr")).to_have_count(2)
    table.get_by_role("link", name="1", exact=True).click()
    expect(page.get_by_text("Revision 1 of 2.")).to_be_visible()
    expect(page.get_by_text("40 rows, 3 columns")).to_be_visible()
    page.get_by_role("link", name="Show the newest").click()
    expect(page.get_by_text("60 rows, 3 columns")).to_be_visible()
    visit("#/datasets")
    expect(page.get_by_role("row", name=re.compile("prices"))).to_contain_text("2 revisions")
    visit("#/datasets/prices")
    page.get_by_role("button", name="Delete revision 2").click()
    page.get_by_role("button", name="Delete permanently").click()
    expect(page.get_by_text("40 rows, 3 columns")).to_be_visible()
    assert prices.get("/datasets/prices")["rows"] == 40


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("address", ["#/schedules", "#/datasets/prices"])
def test_on_a_phone_the_page_keeps_its_width(visit, prices, page, language, address, is_accessible):
    page.set_viewport_size(PHONE)
    page.add_init_script(f"localStorage.setItem('feedforward.language', '{language}')")
    visit(address)
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.locator("h2").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    is_accessible()
