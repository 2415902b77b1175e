"""What the service notices in a training, on the page that watches it."""

import pytest
from playwright.sync_api import expect

XOR = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]}
LEARNING = [{"type": "dense", "units": 8, "activation": "tanh"}, {"type": "dense", "units": 1, "activation": "sigmoid"}]
#: An output that cannot be negative, for targets that all are: its gradients are zero from the first step.
DEAD = [{"type": "dense", "units": 8, "activation": "relu"}, {"type": "dense", "units": 1, "activation": "relu"}]
NEGATIVE = {"inputs": [[i / 10, 1 - i / 10] for i in range(30)], "targets": [[-10 - i] for i in range(30)]}
#: Longer than the test looks; ended by the test.
ENDLESS = 1_000_000
LABEL = "What stands out"


@pytest.fixture
def submit(client):
    """Starts an endless training of a network that cannot learn; all are cancelled in the end."""
    client.post("/networks", {"name": "dead", "inputs": 2, "layers": DEAD})
    started = []

    def start():
        body = {"network": "dead", "data": NEGATIVE, "epochs": ENDLESS, "start_from": "initial"}
        started.append(client.post("/train", body)["id"])
        return started[-1]

    yield start
    for job in started:
        client.ask("POST", f"/jobs/{job}/cancel")


def test_a_training_that_learns_nothing_says_so_as_it_goes_and_after_its_end(visit, client, submit, is_accessible):
    before, job = submit(), submit()
    page = visit(f"#/jobs/{job}")
    findings = page.get_by_role("list", name=LABEL)
    expect(page.locator(".stream-open")).to_be_visible()
    expect(page.locator(".job-head .status")).to_have_text("queued")
    expect(findings).to_have_count(0)
    client.post(f"/jobs/{before}/cancel", None)
    expect(findings).to_contain_text("targets")
    expect(page.locator(".job-head .status")).to_have_text("training")
    is_accessible()
    client.post(f"/jobs/{job}/cancel", None)
    expect(page.locator(".job-head .status")).to_have_text("cancelled")

    ended = client.train("dead", NEGATIVE, epochs=20, start_from="initial")
    found = {finding["code"]: finding for finding in ended["findings"]}
    nothing_learnt = found["nothing_learnt"]
    visit(f"#/jobs/{ended['id']}")
    expect(findings.get_by_role("listitem")).to_have_count(len(found))
    shown = findings.get_by_role("listitem").filter(has_text=nothing_learnt["sentence"])
    expect(shown).to_contain_text("Problem")
    expect(shown).to_contain_text(f"Try: {nothing_learnt['try'][0]}")
    is_accessible()
    # The same where its weights are used.
    for place in ("", "/predict", "/evaluate", "/versions"):
        visit(f"#/networks/dead{place}")
        expect(findings).to_contain_text(nothing_learnt["sentence"])


def test_a_healthy_training_shows_none(visit, client):
    spec = {"name": "xor", "inputs": 2, "loss": "binary_cross_entropy", "layers": LEARNING, "seed": 1}
    client.post("/networks", spec)
    job = client.train("xor", XOR, epochs=1000, optimizer={"type": "adam", "learning_rate": 0.05})
    assert job["findings"] == []
    page = visit(f"#/jobs/{job['id']}")
    expect(page.locator(".job-head .status")).to_have_text("done")
    expect(page.get_by_role("list", name=LABEL)).to_have_count(0)
