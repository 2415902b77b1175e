"""Watching jobs: live, through a reload and a restart, with many epochs, several at once, and losses that are none."""

import re

import pytest
from playwright.sync_api import expect

XOR = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]}
LAYERS = [{"type": "dense", "units": 6, "activation": "tanh"}, {"type": "dense", "units": 1, "activation": "sigmoid"}]
#: Longer than any test looks; ended by the test.
ENDLESS = 1_000_000


@pytest.fixture
def submit(client):
    started = []

    def start(data=XOR, *, wait=False, layers=LAYERS, **options):
        names = [network["name"] for network in client.get("/networks")["data"]]
        if "watched" not in names:
            client.post("/networks", {"name": "watched", "inputs": 2, "loss": "binary_cross_entropy", "layers": layers})
        body = {"network": "watched", "start_from": "initial", "data": data, "metrics": ["accuracy"], **options}
        started.append(client.post("/train", body, **({"Prefer": "wait=30"} if wait else {}))["id"])
        return started[-1]

    yield start
    for job in started:
        end(client, job)


def epoch_of(page):
    return int(re.sub(r"\D", "", page.locator(".legend-epoch").inner_text()) or 0)


def wait_past(page, epoch, seconds=60):
    """Until the newest epoch on the page is a later one. Not `wait_for_function`, which the page's policy forbids."""
    for _ in range(10 * seconds):
        if epoch_of(page) > epoch:
            return
        page.wait_for_timeout(100)
    pytest.fail(f"the page stays at epoch {epoch_of(page)}, not past {epoch}")


def end(client, job):
    client.ask("POST", f"/jobs/{job}/cancel")


def test_a_job_is_seen_to_learn_and_a_reload_loses_nothing(visit, client, submit, is_accessible):
    job = submit(epochs=ENDLESS, batch_size=1, validation=XOR)
    page = visit(f"#/jobs/{job}?scale=log&smooth=0.5")
    expect(page.locator(".stream-open").first).to_be_visible()
    wait_past(page, 100)
    before = epoch_of(page)
    wait_past(page, before)
    expect(page.locator(".legend")).to_contain_text("validation")
    is_accessible()
    page.reload()
    expect(page.get_by_label("Log axis")).to_be_checked()
    wait_past(page, before)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".job-head .status")).to_have_text("paused")
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".job-head .status")).to_have_text("cancelled")
    expect(page.locator(".stream")).to_have_count(0)
    is_accessible()


def test_a_service_that_was_restarted_is_picked_up_again(visit, client, service, submit, watched):
    job = submit(epochs=ENDLESS, batch_size=1)
    page = visit(f"#/jobs/{job}")
    wait_past(page, 10)
    watched.forgives_rejections = True
    service.stop()
    expect(page.get_by_text("The service does not answer.").first).to_be_visible()
    last = epoch_of(page)
    service.start()
    expect(page.get_by_text("The service does not answer.")).to_have_count(0)
    wait_past(page, last)
    end(client, job)
    expect(page.locator(".job-head .status")).to_have_text("cancelled")


def test_the_same_view_is_behind_its_address(visit, submit):
    job = submit(wait=True, epochs=300)
    page = visit(f"#/jobs/{job}")
    page.get_by_label("from epoch").fill("100")
    page.get_by_label("from epoch").press("Enter")
    page.get_by_label("Shown").select_option("accuracy")
    expect(page).to_have_url(re.compile("epochs=100-300"))
    page.reload()
    expect(page.get_by_label("from epoch")).to_have_value("100")
    expect(page.get_by_label("Shown")).to_have_value("accuracy")
    page.get_by_role("button", name="All epochs").click()
    expect(page).not_to_have_url(re.compile("epochs="))


def test_the_chart_is_read_by_keys_and_as_a_table(visit, submit):
    job = submit(wait=True, epochs=50)
    page = visit(f"#/jobs/{job}")
    chart = page.get_by_role("slider", name="loss by epoch")
    chart.focus()
    chart.press("Home")
    expect(chart).to_have_attribute("aria-valuetext", re.compile("Epoch 1, training"))
    expect(page.locator(".legend-epoch")).to_have_text("Epoch 1")
    chart.press("ArrowRight")
    expect(page.locator(".legend-epoch")).to_have_text("Epoch 2")
    page.get_by_text("Show as a table").first.click()
    expect(page.locator(".behind tbody tr")).to_have_count(50)


def test_numbers_and_picture_are_downloaded_for_the_epochs_shown(visit, submit, page):
    job = submit(wait=True, epochs=50)
    visit(f"#/jobs/{job}?epochs=10-20")
    with page.expect_download() as csv:
        page.get_by_role("link", name="CSV").click()
    lines = csv.value.path().read_text().splitlines()
    assert lines[0].startswith("job,epoch,loss")
    assert [line.split(",")[1] for line in lines[1:]] == [str(epoch) for epoch in range(10, 21)]
    with page.expect_download() as svg:
        page.get_by_role("link", name="SVG").click()
    assert svg.value.path().read_text().startswith("<svg")


def test_jobs_are_compared_with_what_they_differ_in(visit, client, submit, is_accessible):
    slow, fast = (submit(wait=True, epochs=50, optimizer={"type": "sgd", "learning_rate": rate}) for rate in (0.01, 1))
    page = visit(f"#/jobs/{slow}")
    page.get_by_label("Compare with").focus()
    page.get_by_label("Compare with").select_option(fast)
    expect(page.get_by_role("columnheader", name="optimizer.learning_rate")).to_be_visible()
    expect(page.get_by_role("cell", name="0.01", exact=True)).to_be_visible()
    # Both by the same number, the better one marked.
    best = {job: min(epoch["loss"] for epoch in history(client, job)) for job in (slow, fast)}
    table = page.get_by_role("region", name="How do they differ?")
    expect(table.get_by_role("columnheader", name="Best loss")).to_be_visible()
    expect(table.locator("tr", has=page.locator(".tag-best"))).to_have_count(1)
    winner = min(best, key=best.get)
    expect(table.locator("tr", has=page.locator(".tag-best")).locator("b")).to_have_attribute(
        "title", str(best[winner])
    )
    expect(table.get_by_role("link", name=f"Evaluate watched {fast[-6:]}")).to_be_visible()
    page.get_by_role("checkbox", name=re.compile(f"Show job {slow[-6:]}")).uncheck()
    expect(page.locator(".legend-item")).to_have_count(1)
    is_accessible()
    page.get_by_role("button", name="Remove").first.click()
    expect(page).to_have_url(re.compile(f"jobs/{fast}"))


def history(client, job):
    return client.get(f"/jobs/{job}/history?limit=100")["data"]


def test_one_huge_loss_flattens_no_chart(visit, client, submit):
    client.post("/networks", {"name": "steep", "inputs": 1, "layers": [{"type": "dense", "units": 1}]})
    rows = {"inputs": [[n / 10] for n in range(10)], "targets": [[1000 + n] for n in range(10)]}
    job = client.post(
        "/train",
        {"network": "steep", "data": rows, "epochs": 100, "optimizer": {"type": "sgd", "learning_rate": 0.3}},
        Prefer="wait=30",
    )
    losses = [epoch["loss"] for epoch in history(client, job["id"])]
    assert losses[0] > 50 * sorted(losses)[50]
    page = visit(f"#/jobs/{job['id']}")
    expect(page.get_by_text("A few large values lie above the chart.")).to_be_visible()
    page.get_by_role("button", name="Use a log axis").click()
    expect(page.get_by_text("A few large values lie above the chart.")).to_have_count(0)


def test_a_metric_that_is_no_number_is_called_so_and_breaks_nothing(visit, client):
    client.post("/networks", {"name": "odd", "inputs": 1, "layers": [{"type": "dense", "units": 1}]})
    # All targets alike: there is nothing that r2 could explain.
    job = client.train("odd", {"inputs": [[1], [2]], "targets": [[3], [3]]}, epochs=10, metrics=["r2"])
    for scale in ("linear", "log"):
        page = visit(f"#/jobs/{job['id']}?value=r2&scale={scale}")
        expect(page.locator(".legend")).to_contain_text("NaN")
    page.get_by_text("Show as a table").first.click()
    expect(page.get_by_role("cell", name="NaN").first).to_be_visible()


def test_a_loss_that_is_no_number_is_shown_as_what_it_is(visit, client):
    client.post("/networks", {"name": "wild", "inputs": 1, "layers": [{"type": "dense", "units": 1}]})
    data = {"inputs": [[1e18], [-1e18]], "targets": [[1], [2]]}
    sgd = {"type": "sgd", "learning_rate": 10}
    job = client.post("/train", {"network": "wild", "data": data, "epochs": 20, "optimizer": sgd}, Prefer="wait=30")
    assert job["status"] == "failed"
    page = visit(f"#/jobs/{job['id']}")
    expect(page.get_by_role("alert")).to_contain_text("diverged")
    expect(page.get_by_role("alert")).to_contain_text("smaller learning_rate")


def test_however_many_epochs_there_are_the_page_asks_for_few_points(visit, submit, page):
    job = submit(wait=True, epochs=20_000, batch_size="full", metrics=[])
    asked = []
    page.on("response", lambda answer: asked.append(answer) if "/history?" in answer.url else None)
    visit(f"#/jobs/{job}")
    expect(page.locator(".legend-epoch")).to_have_text("Epoch 20,000", timeout=60_000)
    assert max(len(answer.body()) for answer in asked) < 500_000
    page.get_by_label("from epoch").fill("10000")
    page.get_by_label("from epoch").press("Enter")
    expect(page).to_have_url(re.compile("epochs=10000-"))


def test_every_layer_is_described_in_plain_words(visit, submit):
    job = submit(wait=True, epochs=400)
    page = visit(f"#/jobs/{job}")
    expect(page.get_by_role("heading", name="Does every layer learn?")).to_be_visible()
    expect(page.get_by_role("rowheader", name="dense_1")).to_be_visible()


def test_a_job_that_is_not_there_is_said_to_be_so(visit, watched):
    watched.forgives_rejections = True
    expect(visit("#/jobs/job_nowhere").get_by_role("alert")).to_contain_text("job_nowhere")
