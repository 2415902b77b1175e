"""The table of all trainings: search, sort, options that differ, many at once, and ten thousand of them."""

import re
import sqlite3
import time

import pytest
from playwright.sync_api import expect

from tests.acceptance.client import Client

MANY = 10_000
XOR = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]}
LAYERS = [{"type": "dense", "units": 3, "activation": "tanh"}, {"type": "dense", "units": 1, "activation": "sigmoid"}]
LOSSES = {0.001: "slow", 0.5: "fast", 0.1: "fair"}


@pytest.fixture(scope="module")
def trained(service):
    """Three trainings that differ in their learning rate alone, by rate."""
    client = Client(service.url)
    spec = {"inputs": 2, "loss": "binary_cross_entropy", "layers": LAYERS}
    client.post("/networks", spec | {"name": "gates", "seed": 1, "tags": {"team": "blue"}})
    client.post("/networks", spec | {"name": "other"})
    start = {"start_from": "initial", "epochs": 30}
    jobs = {
        rate: client.train("gates", XOR, optimizer={"type": "sgd", "learning_rate": rate}, **start) for rate in LOSSES
    }
    client.train("other", XOR, epochs=2, batch_size="full")
    return jobs


def names(page):
    return [text.split()[1] for text in page.locator(".runs tbody th a").all_inner_texts()]


def test_runs_are_found_and_sorted_and_the_best_is_marked(visit, client, trained, is_accessible):
    page = visit("#/jobs")
    rows = page.locator(".runs tbody tr")
    expect(rows).to_have_count(4)
    is_accessible()
    page.get_by_label("Search", exact=True).fill("team:blue sgd")
    expect(rows).to_have_count(3)
    expect(page.get_by_role("status").filter(has_text="3 trainings")).to_be_visible()
    # Only what differs among those that are shown has a column.
    heads = page.locator(".runs thead th")
    expect(heads.last).to_have_text("optimizer.learning_rate")
    expect(heads.filter(has_text="batch_size")).to_have_count(0)
    page.get_by_role("button", name="Best").click()
    page.get_by_role("button", name="Best").click()
    expect(page.get_by_role("columnheader", name="Best")).to_have_attribute("aria-sort", "ascending")
    by_loss = sorted(trained.values(), key=lambda job: client.get(f"/jobs/{job['id']}")["best_value"])
    links = [f"gates {job['id'][-6:]}" for job in by_loss]
    expect(page.locator(".runs tbody th a")).to_have_text(links)
    expect(rows.first.get_by_text("best", exact=True)).to_be_visible()
    expect(page.get_by_text("best", exact=True)).to_have_count(1)
    page.reload()
    expect(page.locator(".runs tbody th a")).to_have_text(links)


def test_a_network_marks_its_best_run_and_leads_to_all_of_them(visit, client, trained):
    by_loss = sorted(trained.values(), key=lambda job: client.get(f"/jobs/{job['id']}")["best_value"])
    page = visit("#/networks/gates")
    best = page.locator("tr", has=page.locator(".tag-best"))
    expect(best).to_have_count(1)
    expect(best.get_by_role("rowheader").get_by_role("link")).to_have_attribute("href", f"#/jobs/{by_loss[0]['id']}")
    page.get_by_role("link", name="Show them in the table of all trainings").click()
    expect(page.locator(".runs tbody tr")).to_have_count(3)
    assert names(page)[0] == by_loss[0]["id"][-6:]


def test_runs_on_other_rows_are_not_compared(visit, client):
    client.post("/networks", {"name": "apart", "inputs": 2, "layers": [{"type": "dense", "units": 1}]})
    for rows in (4, 3):
        data = {part: values[:rows] for part, values in XOR.items()}
        client.train("apart", data, epochs=2, batch_size="full")
    page = visit("#/networks/apart")
    expect(page.get_by_role("region", name="Trainings").locator("tbody tr")).to_have_count(2)
    expect(page.locator("tr .tag-best")).to_have_count(0)


def test_chosen_runs_are_compared_and_cancelled_together(visit, client, trained):
    endless = {"network": "other", "data": XOR, "epochs": 1_000_000, "batch_size": 1, "snapshots": {"best": False}}
    jobs = [client.post("/train", endless)["id"] for _ in range(2)]
    page = visit("#/jobs?search=other")
    for job in jobs:
        page.get_by_label(f"Select other {job[-6:]}").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.get_by_role("button", name="Cancel 2").click()
    for job in jobs:
        expect(page.locator("tr", has_text=job[-6:]).locator(".status")).to_have_text(re.compile("cancel"))
        client.ask("POST", f"/jobs/{job}/cancel")
    for job in jobs:
        page.get_by_label(f"Select other {job[-6:]}").check()
    page.get_by_role("link", name="Compare").click()
    page.wait_for_url(re.compile("/jobs/.*,"))


def test_runs_are_named_tagged_and_deleted(visit, client, trained, is_accessible):
    jobs = [client.train("other", XOR, epochs=1, batch_size="full")["id"] for _ in range(2)]
    page = visit("#/jobs?search=other")
    page.get_by_label(f"Select other {jobs[0][-6:]}").check()
    page.get_by_role("button", name="Name and note").click()
    page.get_by_label("Name", exact=True).fill("The first")
    page.get_by_label("Note").fill("One epoch is not enough.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="The first")).to_have_attribute("href", f"#/jobs/{jobs[0]}")
    expect(page.get_by_text(re.compile("One epoch is not enough.$"))).to_be_visible()
    page.get_by_label(f"Select other {jobs[1][-6:]}").check()
    page.get_by_role("button", name="Tag").click()
    page.get_by_label("New tag").fill("try:one")
    is_accessible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("try:one", exact=True)).to_have_count(2)
    assert [client.get(f"/jobs/{job}")["tags"] for job in jobs] == [{"try": "one"}] * 2
    page.get_by_label("Search", exact=True).fill("try:one first")
    expect(page.locator(".runs tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Delete 2").click()
    page.get_by_role("button", name=re.compile("^Delete 2 trainings")).click()
    expect(page.get_by_text("No training matches.")).to_be_visible()
    assert client.get("/jobs/summary?search=try:one")["total"] == 0


def test_a_queue_is_one_line_on_the_first_page(visit, client, trained, is_accessible):
    endless = {"network": "other", "data": XOR, "epochs": 1_000_000, "batch_size": 1, "snapshots": {"best": False}}
    jobs = [client.post("/train", endless)["id"] for _ in range(12)]
    page = visit()
    waiting = page.get_by_text(re.compile(r"^1\d jobs waiting$"))
    expect(waiting).to_be_visible()
    assert page.locator(".running:visible").count() <= 4
    is_accessible()
    waiting.click()
    expect(page.locator(".waiting .running").first).to_be_visible()
    page.goto(page.url.split("#")[0] + "#/jobs?search=other")
    expect(page.locator(".waiting-line")).to_have_text(re.compile(r"^1\d jobs waiting"))
    expect(page.locator(".runs .status-queued")).to_have_count(0)
    page.get_by_role("button", name="Show them").click()
    expect(page.locator(".runs .status-queued").nth(9)).to_be_visible()
    for job in jobs:
        client.ask("POST", f"/jobs/{job}/cancel")


def test_ten_thousand_are_searched_and_sorted(visit, page, client, service, trained):
    job = trained[0.5]["id"]
    database = sqlite3.connect(service.folder / "feedforward.db", timeout=30)
    columns = [row[1] for row in database.execute("PRAGMA table_info(jobs)")]
    own = {"id": "printf('job_ff%022x', n)", "best_value": "100.0 + n", "created_at": "1.0 + n", "queued_at": "1.0 + n"}
    chosen = ", ".join(own.get(column, column) for column in columns)
    database.execute(
        f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {MANY}) "
        f"INSERT INTO jobs ({', '.join(columns)}) SELECT {chosen} FROM jobs, numbers WHERE id = ?",
        (job,),
    )
    database.commit()
    database.close()
    # Also a network with none of the newest hundred shows how it is.
    visit()
    row = page.locator(".network", has=page.get_by_role("link", name="other", exact=True))
    expect(row.locator(".status")).to_be_visible()
    visit("#/jobs?sort=best&order=down")
    expect(page.get_by_role("status").filter(has_text=re.compile(r"^10,\d{3} trainings$"))).to_be_visible()
    expect(page.locator(".runs tbody tr")).to_have_count(100)
    assert names(page)[0] == f"{MANY:06x}"
    page.get_by_role("button", name="Show 100 more").click()
    expect(page.locator(".runs tbody tr")).to_have_count(200)
    assert names(page)[199] == f"{MANY - 199:06x}"
    begun = time.monotonic()
    page.get_by_label("Search", exact=True).fill(f"{MANY - 3:022x}")
    expect(page.locator(".runs tbody tr")).to_have_count(1)
    print(f"searched in {time.monotonic() - begun:.2f} s")
    assert names(page) == [f"{MANY - 3:06x}"]
