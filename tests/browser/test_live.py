"""The live room: a network that is seen to learn, moved and stopped from one place."""

import re
import time

import numpy
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE_MS, WEIGHTS

XOR = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]}
LAYERS = [{"type": "dense", "units": 3, "activation": "tanh"}, {"type": "dense", "units": 1, "activation": "sigmoid"}]
ENDLESS = 1_000_000
SGD = {"type": "sgd", "learning_rate": 0.5}
#: Of what is drawn at one moment: the epoch, and the weights.
DRAWN = f"() => [document.querySelector('.scrubber-says b').textContent, {WEIGHTS}]"


@pytest.fixture
def start(client):
    started = []

    def begin(name, **options):
        spec = {"name": name, "inputs": 2, "seed": 3, "loss": "binary_cross_entropy", "layers": LAYERS}
        spec["dtype"] = options.pop("dtype", "float32")
        train = {"data": XOR, "epochs": ENDLESS, "batch_size": "full", "shuffle": False, "optimizer": SGD, **options}
        started.append(client.post("/networks", spec | {"train": train})["job"])
        return started[-1]

    yield begin
    for job in [each["id"] for each in client.get("/jobs?limit=100")["data"]]:
        client.ask("POST", f"/jobs/{job}/cancel")


def drawn(page):
    epoch, weights = page.evaluate(DRAWN)
    return int(re.sub(r"\D", "", epoch)), weights


def flat(layers):
    return [value for layer in layers if "weights" in layer for row in layer["weights"] for value in row]


def snapshot_at(client, network, job, epoch):
    """Its weights, however many newer ones there are, or once it is stored: epochs are, a second at a time."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < deadline:
        for snapshot in walk(client, f"/networks/{network}/snapshots?job={job}&limit=100"):
            if snapshot["epoch"] == epoch:
                return flat(client.get(f"/networks/{network}/weights?snapshot={snapshot['id']}")["layers"])
    pytest.fail(f"no snapshot of epoch {epoch}")


def walk(client, address):
    page = client.get(address)
    yield from page["data"]
    while page["has_more"]:
        page = client.get(f"{address}&after={page['last_id']}")
        yield from page["data"]


def test_weights_move_while_it_trains_and_are_those_of_their_epoch(visit, client, start, is_accessible):
    job = start("seen", epochs_per_second=20, snapshots={"every": 1, "keep": 500})
    page = visit(f"#/jobs/{job}")
    says = page.locator(".scrubber-says b")
    expect(says).to_have_text(re.compile("Epoch [1-9]"))
    first, weights = drawn(page)
    expect(says).not_to_have_text(f"Epoch {first}")
    later, moved = drawn(page)
    assert later > first
    assert moved != weights
    for epoch, seen in ((first, weights), (later, moved)):
        assert seen == snapshot_at(client, "seen", job, epoch)
    expect(page.locator(".surface canvas")).to_be_visible()
    expect(page.get_by_role("slider", name="loss by epoch")).to_be_visible()
    is_accessible()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_epoch_by_its_button_is_the_step_that_explain_computes(visit, client, start, dtype):
    name = f"one-{dtype}"
    job = start(name, dtype=dtype, pause_at=0, snapshots={"every": 1})
    page = visit(f"#/jobs/{job}")
    says = page.locator(".scrubber-says b")
    expect(says).to_have_text("Epoch 0")
    for epoch in (1, 2):
        step = client.post(f"/networks/{name}/explain", {**XOR, "optimizer": SGD, "snapshot": "latest"})
        before = drawn(page)[1]
        one = page.get_by_role("button", name="One epoch")
        one.focus()
        one.press("Enter")
        expect(says).to_have_text(f"Epoch {epoch}")
        expect(page.locator(".job-head .status")).to_have_text("paused")
        after = flat(step["after"])
        # At first it is drawn from a frame, which is rounded to float32.
        assert drawn(page)[1] == pytest.approx(after, rel=1e-6)
        assert drawn(page)[1] != before
        # Only stored weights can be downloaded.
        expect(page.get_by_role("link", name="safetensors")).to_be_visible()
        assert drawn(page)[1] == pytest.approx(after, rel=1e-6 if dtype == "float32" else 1e-15)
    assert client.get(f"/jobs/{job}")["epoch"] == 2


def test_it_is_played_paused_and_paced_from_one_place(visit, client, start):
    job = start("paced", pause_at=0, epochs_per_second=10)
    page = visit(f"#/jobs/{job}")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator(".scrubber-says").get_by_text("live")).to_be_visible()
    expect(page.locator(".scrubber-says b")).to_have_text(re.compile("Epoch [1-9]"))
    page.get_by_label("Speed", exact=True).select_option("3 epochs/s")
    expect(page.get_by_label("Speed", exact=True)).to_have_value("3")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".job-head .status")).to_have_text("paused")
    assert client.get(f"/jobs/{job}")["epochs_per_second"] == 3


def test_its_past_is_walked_through_while_it_goes_on(visit, start):
    job = start("past", epochs_per_second=30)
    page = visit(f"#/jobs/{job}")
    says = page.locator(".scrubber-says b")
    expect(says).to_have_text(re.compile(r"Epoch \d\d"))
    page.get_by_label("Epoch of the snapshot").press("Home")
    expect(says).to_have_text("Epoch 0")
    at_first = drawn(page)[1]
    stops = page.get_by_label("Epoch of the snapshot").get_attribute("max")
    expect(page.get_by_label("Epoch of the snapshot")).not_to_have_attribute("max", stops)
    assert drawn(page) == (0, at_first)
    page.get_by_role("button", name="newest").click()
    expect(says).to_have_text(re.compile(r"Epoch \d\d"))
    assert drawn(page)[1] != at_first


def test_a_reset_is_a_job_of_its_own_under_the_first_one(visit, client, start, is_accessible):
    job = start("again", epochs_per_second=30)
    page = visit(f"#/jobs/{job}")
    expect(page.locator(".scrubber-says b")).to_have_text(re.compile(r"Epoch [1-9]"))
    page.get_by_role("button", name="Reset to the initial weights").click()
    page.wait_for_url(re.compile(f"#/jobs/(?!{job})"))
    expect(page.locator(".scrubber-says b")).to_have_text("Epoch 0")
    expect(page.locator(".job-head .status")).to_have_text("paused")
    restarted = client.get("/jobs?restart_of=" + job)["data"]
    assert [each["epochs_per_second"] for each in restarted] == [30]
    initial = flat(client.get("/networks/again/weights?snapshot=initial")["layers"])
    assert numpy.allclose(drawn(page)[1], initial, rtol=0, atol=0)
    starts = page.get_by_role("navigation", name="Starts of this training:")
    expect(starts.get_by_role("link")).to_have_text(["first", "2"])
    is_accessible()
    starts.get_by_role("link", name="first").click()
    expect(page.locator(".job-head .status")).to_have_text("cancelled")
    visit("#/networks/again")
    trainings = page.locator("table.trainings tbody tr")
    expect(trainings).to_have_count(1)
    page.get_by_role("button", name="1 restart").click()
    expect(trainings).to_have_count(2)
    expect(trainings.last.get_by_role("link").first).to_have_attribute("href", re.compile(restarted[0]["id"]))
    visit("#/jobs")
    row = page.locator(".runs tbody tr", has=page.locator(f"a[href$='{restarted[0]['id']}']"))
    expect(page.locator(f".runs a[href$='{job}']")).to_be_visible()
    expect(row).to_have_count(0)
    # While it runs it is hidden nowhere.
    client.post(f"/jobs/{restarted[0]['id']}/resume", {})
    page.reload()
    expect(row.locator(".status")).to_have_text("training")
    visit("#/networks/again")
    expect(trainings).to_have_count(2)


def test_a_network_too_large_to_be_streamed_has_its_room_without_weights(visit, client, start, page):
    layers = [{"type": "dense", "units": 4000}, {"type": "dense", "units": 1}]
    train = {"data": XOR, "epochs": 3}
    made = client.post("/networks", {"name": "large", "inputs": 2, "layers": layers, "train": train})
    assert made["parameter_count"] > 10_000
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    visit(f"#/jobs/{made['job']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("How does the loss change?")
    expect(page.get_by_role("link", name="Look inside").first).to_be_visible()
    assert not any("/frames" in address for address in asked)


def test_a_page_that_nobody_sees_asks_for_no_frames(visit, client, start, page):
    job = start("hidden", epochs_per_second=30)
    page.add_init_script("Object.defineProperty(document, 'hidden', {get: () => true})")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    visit(f"#/jobs/{job}")
    expect(page.locator(".legend-epoch")).to_have_text(re.compile(r"Epoch \d\d"))
    assert not any("/frames" in address for address in asked)


def test_another_learning_rate_goes_on_or_starts_again_with_one_click(visit, client, start):
    job = start("rated", epochs_per_second=30)
    page = visit(f"#/jobs/{job}")
    expect(page.locator(".scrubber-says b")).to_have_text(re.compile("Epoch [1-9]"))
    page.get_by_label("Learning rate", exact=True).select_option("0.03")
    page.get_by_role("button", name="Go on with it").click()
    expect(page.get_by_role("button", name="Go on with it")).to_have_count(0)
    expect(page.get_by_label("Learning rate", exact=True)).to_have_value("0.03")
    record = client.get(f"/jobs/{job}")
    assert len(record["changes"]) == 1
    assert record["options"]["training"]["optimizer"]["learning_rate"] == 0.03
    page.get_by_label("Optimizer").select_option("adam")
    expect(page.get_by_role("button", name="Go on with it")).to_be_disabled()
    expect(page.get_by_text("needs a new start")).to_be_visible()
    page.get_by_role("button", name="Start again with it").click()
    page.wait_for_url(re.compile(f"#/jobs/(?!{job})"))
    [restarted] = client.get("/jobs?restart_of=" + job)["data"]
    optimizer = client.get(f"/jobs/{restarted['id']}")["options"]["training"]["optimizer"]
    assert (optimizer["type"], optimizer["learning_rate"]) == ("adam", 0.03)


def test_another_activation_is_another_network_and_the_page_says_so(visit, client, start, is_accessible):
    job = start("active", pause_at=3, validation={"fraction": 0.25})
    page = visit(f"#/jobs/{job}")
    page.get_by_label("Hidden activation").select_option("relu")
    expect(page.get_by_text("With relu, it is another network: active stays as it is.")).to_be_visible()
    is_accessible()
    page.get_by_role("button", name="Create and train it").click()
    page.wait_for_url(re.compile(f"#/jobs/(?!{job})"))
    made = client.get("/networks/active-2")
    assert [layer["activation"] for layer in made["layers"]] == ["relu", "sigmoid"]
    [other] = client.get("/jobs?network=active-2")["data"]
    rows, same_rows = (client.get(f"/jobs/{each}/rows") for each in (job, other["id"]))
    assert (rows["rows"], rows["validation_rows"]) == (3, 1)
    assert same_rows == rows
    assert client.get(f"/jobs/{other['id']}")["options"]["training"]["optimizer"]["learning_rate"] == 0.5


def test_where_another_training_holds_the_slot_one_step_is_computed_all_the_same(visit, client, start, is_accessible):
    first = start("holder")
    waiting = start("waiter")
    page = visit(f"#/jobs/{waiting}")
    expect(page.get_by_text("Waiting for another training to finish:")).to_be_visible()
    expect(page.get_by_role("link", name=first[-6:])).to_be_visible()
    expect(page.locator(".drawing .edges path")).to_have_count(9)
    before = drawn(page)[1]
    step = client.post("/networks/waiter/explain", {**XOR, "optimizer": SGD, "snapshot": "initial"})
    page.get_by_role("button", name="Compute one step now").click()
    expect(page.get_by_text("the weights after one step on 4 rows")).to_be_visible()
    assert drawn(page)[1] == pytest.approx(flat(step["after"]), rel=1e-6)
    is_accessible()
    page.get_by_role("button", name="Back to the training").click()
    assert drawn(page)[1] == before
