"""From a file on the user's disk to a network that speaks its names."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.acceptance.processes import until
from tests.browser.conftest import Held

PENGUINS = Path(__file__).parents[2] / "service" / "demo" / "penguins.csv"


def test_a_table_is_uploaded_looked_into_and_learned(visit, client, is_accessible):
    page = visit("#/datasets")
    expect(page.get_by_text("No data sets yet.")).to_be_visible()
    is_accessible()
    page.locator("input[type=file]").set_input_files(PENGUINS)
    page.wait_for_url("**/#/datasets/penguins")
    expect(page.get_by_text("344 rows, 8 columns")).to_be_visible()
    expect(page.get_by_text("Adelie (152), Gentoo (124), Chinstrap (68)")).to_be_visible()
    page.get_by_label("Target").select_option("species")
    expect(page.get_by_label("Proposed training")).to_contain_text('"dataset": "penguins"')
    proposal = client.get("/datasets/penguins/proposal?target=species")
    (clip,) = (each for each in proposal["reasons"] if each["option"] == "clip")
    mass = page.get_by_role("table", name="What does it do with each column?").get_by_role("row", name="body_mass_g")
    expect(mass).to_contain_text("scale standard; clip quantile 0.01; impute mean")
    expect(mass).to_contain_text(clip["reason"])
    is_accessible()
    page.get_by_role("button", name="Create and train").click()
    page.wait_for_url(re.compile(r"#/jobs/job_\w+$"))
    assert client.get("/jobs?limit=1")["data"][0]["network"] == "penguins-species"


def test_its_network_is_trained_again_on_the_same_data_set(visit, client):
    page = visit("#/networks/penguins-species/train")
    expect(page.get_by_label("A data set").last).to_have_value("penguins")
    page.get_by_label("Epochs", exact=True).fill("3")
    page.get_by_role("button", name="Start training").click()
    page.wait_for_url(re.compile(r"#/jobs/job_\w+$"))
    job = client.get("/jobs?limit=1")["data"][0]
    assert (job["epochs"], job["options"]["dataset"]["name"]) == (3, "penguins")


def test_a_column_is_taken_for_what_the_user_says(visit, client, tmp_path, watched, is_accessible):
    watched.forgives_rejections = True
    nests = tmp_path / "nests.csv"
    nests.write_text("year,island,eggs\n2007,Biscoe,2\n2008,Dream,1\n2009,Dream,2\n")
    page = visit("#/datasets")
    page.locator("input[type=file]").set_input_files(nests)
    page.wait_for_url("**/#/datasets/nests")
    again = page.get_by_role("button", name="Read again")
    expect(again).to_be_disabled()
    page.get_by_label("Type of island").select_option("number")
    again.click()
    expect(page.get_by_role("alert")).to_contain_text('Line 2, column "island"')
    expect(page.get_by_role("alert")).to_contain_text("Biscoe")
    is_accessible()
    page.get_by_label("Type of island").select_option("category")
    page.get_by_label("Type of year").select_option("category")
    page.get_by_label("Type of eggs").select_option("category")
    again.click()
    expect(again).to_be_disabled()
    expect(page.get_by_role("row", name="year category")).to_contain_text("2007 (1), 2008 (1), 2009 (1)")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.wait_for_url("**/#/datasets/nests")
    assert [column["type"] for column in client.get("/datasets/nests")["columns"]] == ["category"] * 3
    assert [each["name"] for each in client.get("/datasets")["data"] if each["filename"] == "nests.csv"] == ["nests"]


def test_a_data_set_that_was_learned_from_stays_beside_its_new_reading(visit, client):
    page = visit("#/datasets")
    page.locator("input[type=file]").set_input_files(PENGUINS)
    page.wait_for_url("**/#/datasets/penguins")
    page.get_by_label("Type of year").select_option("category")
    page.get_by_role("button", name="Read again").click()
    page.wait_for_url("**/#/datasets/penguins-2")
    expect(page.get_by_text("penguins is unchanged.")).to_be_visible()
    types = [
        {column["name"]: column["type"] for column in client.get(f"/datasets/{name}")["columns"]}["year"]
        for name in ("penguins", "penguins-2")
    ]
    assert types == ["number", "category"]
    page.reload()
    expect(page.get_by_role("row", name="year category")).to_be_visible()
    expect(page.get_by_label("Type of year")).to_have_count(0)
    client.ask("DELETE", "/datasets/penguins-2")


def test_a_file_that_is_no_table_is_rejected_with_its_place(visit, page, tmp_path, watched, is_accessible):
    watched.forgives_rejections = True
    ragged = tmp_path / "ragged.csv"
    ragged.write_text("a,b\n1,2\n3\n")
    visit("#/datasets")
    page.locator("input[type=file]").set_input_files(ragged)
    alert = page.get_by_role("alert")
    expect(alert).to_have_text(
        'Line 3: must have 2 cells as the header has, has 1, got "3".Correct the file, then choose it again.'
    )
    expect(page.get_by_role("button", name="Choose a file")).to_be_enabled()
    ragged.write_text("a,b\n1,2\n3\n4,5,6\n")
    page.locator("input[type=file]").set_input_files(ragged)
    expect(alert.get_by_role("listitem")).to_have_text(
        [re.compile("^Line 3: must have 2 cells"), re.compile("^Line 4: must have 2 cells")]
    )
    expect(alert).not_to_contain_text("#")
    expect(alert).not_to_contain_text("body")
    is_accessible()
    ragged.write_text("")
    page.locator("input[type=file]").set_input_files(ragged)
    expect(alert).to_contain_text("The file is empty.")


def test_it_answers_in_its_own_words_and_says_what_counted(visit, client, is_accessible):
    until(
        lambda: not client.get("/jobs?status=queued&status=running")["data"],
        "its trainings have ended",
        within_seconds=120,
    )
    page = visit("#/networks/penguins-species/predict")
    for name, value in {
        "bill_length_mm": 39,
        "bill_depth_mm": 18.7,
        "flipper_length_mm": 181,
        "body_mass_g": 3750,
    }.items():
        page.get_by_label(name, exact=True).fill(str(value))
    page.get_by_label("island", exact=True).select_option("Torgersen")
    answer = page.get_by_role("status", name="Prediction")
    expect(answer.locator(".answer-label")).to_have_text("Adelie")
    page.get_by_label("Why this prediction?").check()
    expect(answer.get_by_role("row", name="bill_length_mm")).to_be_visible()
    is_accessible()
    visit("#/networks/penguins-species/evaluate")
    expect(page.get_by_text("Data set: penguins.")).to_be_visible()
    expect(page.locator(".confusion tbody tr")).to_have_count(3)
    is_accessible()


def test_a_data_set_that_does_not_fit_is_rejected_in_words(visit, client, watched, is_accessible):
    watched.forgives_rejections = True
    page = visit("#/networks/penguins-species/evaluate")
    page.get_by_text("A data set", exact=True).click()
    page.get_by_label("A data set").last.select_option("nests")
    page.get_by_role("button", name="Evaluate").click()
    alert = page.get_by_role("alert")
    expect(alert.get_by_role("listitem").filter(has_text='"species"')).to_have_text(
        re.compile('^Data set: lacks the column "species", which the network needs')
    )
    expect(alert).not_to_contain_text("Look at the fields listed under errors")
    is_accessible()
    page.get_by_label("A data set").last.select_option("penguins")
    expect(alert).to_have_count(0)


def test_an_evaluation_goes_on_when_more_is_known_of_its_data_set(visit, client, page):
    held = Held(page, "**/datasets/penguins")
    visit("#/networks/penguins-species/evaluate")
    page.get_by_text("A data set", exact=True).click()
    page.get_by_label("A data set").last.select_option("penguins")
    held.wait()
    page.get_by_role("button", name="Evaluate").click()
    expect(page.locator(".confusion tbody tr")).to_have_count(3)
    with page.expect_response("**/datasets/penguins"):
        held.let_go()
    page.wait_for_timeout(200)
    expect(page.locator(".confusion tbody tr")).to_have_count(3)


def test_rows_that_come_late_do_not_take_the_place_of_those_chosen_since(visit, page):
    visit("#/networks/penguins-species/train")
    expect(page.get_by_label("A data set").last).to_have_value("penguins")
    held = Held(page, "**/datasets/nests")
    page.get_by_label("A data set").last.select_option("nests")
    held.wait()
    page.get_by_text("Paste or open a table").click()
    with page.expect_response("**/datasets/nests"):
        held.let_go()
    page.get_by_label("Epochs", exact=True).fill("4")
    expect(page.get_by_label("Request body")).to_contain_text('"epochs": 4')
    expect(page.get_by_label("Request body")).not_to_contain_text("nests")
    expect(page.get_by_role("button", name="Start training")).to_be_disabled()


def test_of_two_data_sets_the_one_chosen_last_stays_whichever_answers_last(visit, page):
    visit("#/networks/penguins-species/train")
    expect(page.get_by_label("A data set").last).to_have_value("penguins")
    held = Held(page, "**/datasets/nests")
    page.get_by_label("A data set").last.select_option("nests")
    held.wait()
    page.get_by_label("A data set").last.select_option("penguins")
    with page.expect_response("**/datasets/nests"):
        held.let_go()
    page.get_by_label("Epochs", exact=True).fill("4")
    expect(page.get_by_label("Request body")).to_contain_text('"epochs": 4')
    expect(page.get_by_label("Request body")).to_contain_text('"dataset": "penguins"')


def test_columns_of_a_data_set_are_sent_only_with_it(visit, page):
    visit("#/networks/penguins-species/train")
    sent = page.get_by_label("Request body")
    page.get_by_label("Validation share").fill("0.2")
    page.get_by_label("Keep groups together by").select_option("island")
    page.get_by_text("More options").click()
    page.get_by_label("Row weights").select_option("body_mass_g")
    expect(sent).to_contain_text('"group": "island"')
    expect(sent).to_contain_text('"sample_weight": "body_mass_g"')
    page.get_by_text("Paste or open a table").click()
    expect(sent).to_contain_text('"fraction": 0.2')
    expect(sent).not_to_contain_text("island")
    expect(sent).not_to_contain_text("sample_weight")


def test_a_proposal_whose_training_was_rejected_is_trained_by_the_next_click(visit, client, page, watched):
    watched.forgives_rejections = True
    visit("#/datasets/penguins?target=sex")
    page.route("**/train", lambda route: route.abort(), times=1)
    take = page.get_by_role("button", name="Create and train")
    take.click()
    expect(page.get_by_role("alert")).to_contain_text("The service does not answer.")
    take.click()
    page.wait_for_url(re.compile(r"#/jobs/job_\w+$"))
    assert client.get("/jobs?limit=1")["data"][0]["network"] == "penguins-sex"


def test_a_column_that_is_no_data_says_what_it_is(visit, client, tmp_path):
    table = tmp_path / "visits.csv"
    rows = [f"{1000 + n},{n * 7 % 11},{n % 2}" for n in range(60)]
    table.write_text("\n".join(["customer_id,calls,bought", *rows]))
    page = visit("#/datasets")
    page.locator("input[type=file]").set_input_files(table)
    page.wait_for_url("**/#/datasets/visits")
    role = client.get("/datasets/visits")["columns"][0]["role"]
    tag = page.get_by_role("rowheader", name="customer_id").locator(".tag")
    expect(tag).to_have_text("id")
    expect(tag).to_have_attribute("title", role["reason"])
    expect(page.locator(".tag[title]")).to_have_count(1)  # one column has a role
