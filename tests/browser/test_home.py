"""The first page: from nothing to a network that trains, and what there is once something is there."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Held

STARTERS = ["Spiral", "Penguins", "Digits", "XOR", "Cheese"]


def test_a_newcomer_is_one_click_away_from_a_network_that_trains(visit, client, is_accessible):
    page = visit()
    expect(page.get_by_role("heading", level=1)).to_have_text("Watch a network learn")
    for name in STARTERS:
        expect(page.get_by_role("button", name=f"{name}: Train it")).to_be_visible()
    is_accessible()
    page.get_by_role("button", name="Spiral: Train it").click()
    page.wait_for_url(re.compile(r"#/jobs/job_\w+$"))
    job = client.get("/jobs")["data"][0]
    assert (job["network"], job["rows"], job["epochs_per_second"]) == ("spiral", 220, 100)
    client.post(f"/jobs/{job['id']}/cancel", None)


def test_a_running_job_is_seen_to_move_and_its_end_is_seen_too(visit, client, is_accessible):
    page = visit()
    page.get_by_role("button", name="XOR: Train it").click()
    page.wait_for_url(re.compile("#/jobs/"))
    with page.expect_response(lambda response: response.request.method != "GET"):
        page.get_by_label("Speed", exact=True).select_option("full speed")
    visit()
    row = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="xor", exact=True))
    expect(row.get_by_role("img", name=re.compile("Loss of xor by epoch"))).to_be_visible()
    expect(row.get_by_text("done")).to_be_visible()
    is_accessible()


def test_a_second_of_the_same_kind_gets_a_name_of_its_own(visit, client):
    page = visit()
    page.get_by_role("button", name="XOR: Train it").click()
    page.wait_for_url(re.compile("#/jobs/"))
    page.get_by_label("Speed", exact=True).select_option("full speed")
    assert {"xor", "xor-2"} <= {network["name"] for network in client.get("/networks")["data"]}


def test_a_hundred_networks_are_there_within_a_second(visit, client):
    layers = [{"type": "dense", "units": 2}]
    for number in range(100):
        client.post("/networks", {"name": f"many-{number}", "inputs": 2, "layers": layers})
    page = visit()
    page.get_by_role("link", name="many-99", exact=True).wait_for()
    page.reload()
    page.get_by_role("link", name="many-99", exact=True).wait_for()
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert painted < 1000


def test_an_address_that_leads_nowhere_says_so(visit, is_accessible):
    page = visit("#/nowhere")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
    is_accessible()


def test_while_no_key_was_made_nobody_is_asked_to_sign_in(visit, is_accessible):
    page = visit()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Signed in"))).to_have_count(0)
    visit("#/access")
    expect(page.get_by_text("./run keys create")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    is_accessible()


def test_language_and_theme_are_chosen_once_and_stay(visit, page):
    visit()
    page.get_by_label("Language").select_option("ko")
    page.get_by_label("테마").select_option("dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("heading", level=1)).to_have_text("내 신경망")


def test_what_trains_is_seen_to_move_without_a_reload(visit, client, is_accessible):
    name = "long"
    client.post("/networks", {"name": name, "inputs": 2, "layers": [{"type": "dense", "units": 1}]})
    data = {"inputs": [[0.1, 0.2], [0.3, 0.4]], "targets": [0.3, 0.7]}
    body = {"network": name, "data": data, "epochs": 1_000_000, "batch_size": 1, "snapshots": {"best": False}}
    job = client.post("/train", body)
    page = visit()
    card = page.get_by_role("link", name=re.compile(f"{name} training"))
    expect(card.get_by_role("img", name=re.compile(f"Loss of {name} by epoch"))).to_be_visible()
    before = card.get_by_text(re.compile("epoch .* of 1,000,000")).inner_text()
    expect(card.get_by_text(re.compile("epoch .* of 1,000,000"))).not_to_have_text(before)
    is_accessible()
    client.post(f"/jobs/{job['id']}/cancel", None)
    expect(card).to_have_count(0)


def test_a_slow_service_is_waited_for(visit, page):
    page.clock.install()
    held = Held(page, re.compile(r"/networks\?"))
    visit()
    held.wait()
    page.clock.run_for(20_000)
    assert len(held.routes) == 1
    held.let_go()
    expect(page.get_by_role("link", name="many-99", exact=True)).to_be_visible()


def test_a_long_queue_hides_neither_what_trains_nor_that_a_network_was_trained(visit, client):
    for name in ("first", "queued", "older"):
        client.post("/networks", {"name": name, "inputs": 2, "layers": [{"type": "dense", "units": 1}]})
    data = {"inputs": [[0.1, 0.2], [0.3, 0.4]], "targets": [0.3, 0.7]}
    client.train("older", data, epochs=1)
    endless = {"data": data, "epochs": 1_000_000, "batch_size": 1, "snapshots": {"best": False}}
    for name in ("first", *["queued"] * 104):
        client.post("/train", endless | {"network": name})
    page = visit()
    row = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="older", exact=True))
    expect(page.locator(".running").first).to_contain_text(re.compile("first|queued"))
    expect(page.locator(".running", has_text="first")).to_contain_text("training")
    expect(row).not_to_contain_text("never trained")


def test_an_example_that_finds_no_place_in_the_queue_leaves_no_network(visit, page, client, watched):
    watched.forgives_rejections = True
    before = {network["name"] for network in client.get("/networks?limit=100&tag=starter:cheese")["data"]}
    full = {"status": 429, "body": '{"title": "Too many jobs"}', "content_type": "application/problem+json"}
    page.route(re.compile("/networks$"), lambda route: route.fulfill(**full))
    visit()
    page.get_by_role("button", name="Cheese: Train it").click()
    expect(page.get_by_role("alert")).to_contain_text("Too many jobs")
    assert {network["name"] for network in client.get("/networks?limit=100&tag=starter:cheese")["data"]} == before
