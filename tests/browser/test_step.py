"""Stepping through backpropagation: the numbers on the page are the worked examples' own."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

EXAMPLES = json.loads((Path(__file__).parents[1] / "worked_examples.json").read_text())
LAYERS = 2
UPDATE = 2 * LAYERS + 2


def ours(page):
    """The numbers beside the book's, in full, by symbol."""
    page.locator("table.book tbody tr").first.wait_for()
    rows = page.locator("table.book tbody tr").all()
    return {
        row.locator("th").inner_text(): float(row.locator("[data-ours]").get_attribute("data-ours")) for row in rows
    }


def close(seen, expected):
    assert list(seen) == pytest.approx(list(expected), rel=0, abs=1e-12)


def flat(matrices):
    return [value for matrix in matrices for row in matrix for value in row]


@pytest.mark.parametrize("name", ["chain_rule", "step_by_step", "cheese"])
def test_every_number_of_a_worked_example_is_the_books(visit, name):
    expected = EXAMPLES[name]["expect"]
    for layer in (1, 2):
        page = visit(f"#/step?example={name}&at={layer}")
        close(ours(page).values(), expected["z"][layer - 1] + expected["activations"][layer - 1])
    page = visit(f"#/step?example={name}&at=3")
    close(ours(page).values(), [expected["loss"]])
    for at, layer in ((4, 2), (5, 1)):
        page = visit(f"#/step?example={name}&at={at}")
        close(ours(page).values(), expected["deltas"][layer - 1])
    page = visit(f"#/step?example={name}&at={UPDATE}")
    after = expected["after_one_step"]
    close(ours(page).values(), flat(after["weights"]) + [bias for biases in after.get("biases", []) for bias in biases])
    expect(page.locator(".agrees").first).to_be_visible()
    assert page.locator(".agrees").count() == page.locator("table.book tbody tr").count()


def test_the_rows_of_xor_come_out_as_its_program_gives_them_and_the_misprint_is_explained(visit):
    page = visit("#/step?example=xor&at=2")
    expect(page.get_by_text("0.525 0.475")).to_be_visible()
    for row, outputs in enumerate(EXAMPLES["xor"]["expect"]["first_outputs"]):
        page.get_by_label("Row", exact=True).select_option(str(row))
        expect(page.locator("table.book [data-ours]").first).to_have_text(f"{outputs[0]:.9f}")
        close(ours(page).values(), outputs)


def test_every_formula_has_its_numbers_put_in(visit, is_accessible):
    page = visit("#/step?example=cheese")
    page.get_by_role("button", name="Next", exact=True).click()
    first = page.locator(".formula").first
    expect(first).to_contain_text("w⁽¹⁾₁₁ x₁ + w⁽¹⁾₂₁ x₂ + b⁽¹⁾₁")
    expect(first).to_contain_text("0.05 · 0.2 + 0.01 · 0.9 + (−0.3)")
    expect(first).to_contain_text("= −0.281")
    is_accessible()
    for _ in range(3):
        page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator(".formula").first).to_contain_text("(0.50619 − 1) · 0.50619 · (1 − 0.50619)")
    is_accessible()


def test_a_changed_weight_changes_every_number_that_follows_and_comes_back(visit):
    page = visit("#/step?example=cheese&at=3")
    loss = page.locator(".formula-result")
    books = str(EXAMPLES["cheese"]["expect"]["loss"])
    expect(loss).to_have_attribute("title", books)
    page.get_by_label("w⁽²⁾₁₁", exact=True).fill("2")
    expect(loss).not_to_have_attribute("title", books)
    expect(page.get_by_text("Values were changed")).to_be_visible()
    page.get_by_role("button", name="Reset").click()
    expect(loss).to_have_attribute("title", books)
    page.get_by_label("fat").fill("0.9")
    expect(loss).not_to_have_attribute("title", books)


def test_taking_the_step_again_and_again_brings_the_loss_down(visit):
    page = visit("#/step?example=step_by_step&at=3")
    loss = page.locator(".formula-result")
    expect(loss).to_have_text("= 0.29837")
    take = page.get_by_role("button", name="Take this step")
    take.click()
    expect(loss).to_have_text("= 0.29103")
    expect(page.get_by_text("1 step taken")).to_be_visible()
    take.click()
    expect(page.get_by_text("2 steps taken")).to_be_visible()
    expect(loss).not_to_have_text("= 0.29103")
    now = loss.get_attribute("title")
    seen = page.locator(".steps-taken .num[title]").evaluate_all("each => each.map(number => number.title)")
    assert seen == [str(EXAMPLES["step_by_step"]["expect"]["loss"]), now]
    page.get_by_role("button", name="Reset").click()
    expect(page.locator(".steps-taken")).to_have_count(0)


def test_ten_thousand_steps_lead_to_the_tutorials_figures(visit, is_accessible):
    expected = EXAMPLES["step_by_step"]["expect"]["after_10000_steps"]
    page = visit("#/step?at=3")
    page.get_by_role("button", name="Take 10,000 steps").click()
    expect(page.get_by_text("10,000 steps taken")).to_be_visible()
    seen = page.locator(".after-many [data-ours]")
    expect(seen).to_have_count(3)
    expect(seen.first).to_have_attribute("data-ours", re.compile(r"^0\.0000351"))
    ours = seen.evaluate_all("each => each.map(cell => Number(cell.dataset.ours))")
    close(ours, [expected["loss"], *expected["outputs"]])
    is_accessible()
    page.get_by_role("button", name="Reset").click()
    expect(page.locator(".after-many")).to_have_count(0)


def test_another_activation_and_another_loss_are_stepped_through(visit, client):
    page = visit("#/step?at=3")
    page.get_by_label("Activation of dense_1").select_option("tanh")
    page.get_by_label("Loss function").select_option("mean_squared_error")
    loss = page.locator(".formula-result")
    expect(page.locator(".formula").first).to_contain_text("1/n Σ (a − y)²")
    example = EXAMPLES["step_by_step"]
    spec = example["network"] | {"loss": "mean_squared_error"}
    spec["layers"] = [spec["layers"][0] | {"activation": "tanh"}, spec["layers"][1]]
    row = {"inputs": [example["row"]["inputs"]], "targets": [example["row"]["targets"]]}
    expect(loss).to_have_attribute("title", str(client.post("/explain", {"network": spec, **row})["loss"]))
    expect(page.get_by_text("Values were changed")).to_be_visible()
    page.get_by_role("button", name="Reset").click()
    expect(loss).to_have_attribute("title", str(example["expect"]["loss"]))


def test_a_stored_network_is_stepped_through_from_its_own_rows_and_weights(visit, client, is_accessible):
    client.post("/networks", EXAMPLES["xor"]["network"] | {"name": "xor-stored"})
    client.train("xor-stored", EXAMPLES["xor"]["data"], epochs=3, batch_size="full")
    page = visit("#/networks/xor-stored/step?at=1")
    expect(page.get_by_label("Row", exact=True).locator("option")).to_have_count(4)
    expect(page.locator(".formula").first).to_contain_text("z⁽¹⁾₁")
    is_accessible()


def test_a_network_that_is_not_there_is_said_to_be_so(visit, watched):
    watched.forgives_rejections = True
    page = visit("#/networks/nowhere/step")
    expect(page.get_by_role("alert")).to_contain_text(re.compile("nowhere"))


def test_it_reads_in_korean_too(visit):
    page = visit("#/step?example=chain_rule&at=1")
    page.get_by_label("Language").select_option("ko")
    expect(page.get_by_role("heading", level=1)).to_have_text("학습 스텝 하나가 모든 가중치를 어떻게 바꾸나요?")
    expect(page.get_by_text("책은 0.57 · (1 − 0.57)을 0.14로")).to_be_visible()
