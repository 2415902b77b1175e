"""Looking inside a network: its weights at any epoch, what it says of a plane, what its first units look for."""

import math
import re
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.acceptance.client import Client
from tests.browser.conftest import WEIGHTS


def rings(count=60):
    """Two rings around each other: no line parts them."""
    angles = [2 * math.pi * index / count for index in range(count)]
    inputs = [[(0.4 + 0.5 * (i % 2)) * math.cos(a), (0.4 + 0.5 * (i % 2)) * math.sin(a)] for i, a in enumerate(angles)]
    return {"inputs": inputs, "targets": ["inner" if index % 2 == 0 else "outer" for index in range(count)]}


LAYERS = [{"type": "dense", "units": 6, "activation": "tanh"}, {"type": "dense", "units": 1, "activation": "sigmoid"}]
RINGS = {
    "name": "rings",
    "inputs": ["x", "y"],
    "labels": ["inner", "outer"],
    "seed": 1,
    "loss": "binary_cross_entropy",
    "layers": LAYERS,
}


@pytest.fixture(scope="module")
def trained(service):
    client = Client(service.url)
    client.post("/networks", RINGS)
    adam = {"type": "adam", "learning_rate": 0.05}
    return client.train(
        "rings", rings(), epochs=100, optimizer=adam, snapshots={"every": 10}, validation={"fraction": 0.2}
    )


def test_weights_outputs_and_loss_are_walked_through_epoch_by_epoch(visit, trained, is_accessible):
    page = visit("#/networks/rings/inside")
    help = page.locator(".scrubber-says")
    expect(help).to_contain_text("Epoch 100")
    output = page.locator(".drawing .unit").last.locator("title")
    at_the_end = output.text_content()
    is_accessible()
    page.get_by_label("Epoch of the snapshot").fill("0")
    expect(help).to_contain_text("Epoch 0")
    expect(help).to_contain_text("untrained")
    expect(output).not_to_have_text(at_the_end)
    page.get_by_role("button", name="Replay the training").click()
    expect(help).to_contain_text("Epoch 100")
    expect(output).to_have_text(at_the_end)


def test_newer_weights_come_by_themselves_while_the_network_trains(visit, client, trained):
    client.post("/networks", RINGS | {"name": "moving"})
    body = {"network": "moving", "data": rings(), "epochs": 1_000_000, "batch_size": 1}
    job = client.post("/train", body | {"snapshots": {"every": 20, "keep": 40}})
    page = visit(f"#/networks/moving/inside?job={job['id']}")
    epoch = page.locator(".scrubber-says b")
    output = page.locator(".drawing .unit").last.locator("title")
    expect(epoch).to_have_text(re.compile("Epoch [1-9]"))
    expect(page.locator(".scrubber-says").get_by_text("live")).to_be_visible()
    first, value = epoch.text_content(), output.text_content()
    expect(epoch).not_to_have_text(first)
    expect(output).not_to_have_text(value)
    client.post(f"/jobs/{job['id']}/cancel", None)
    expect(page.locator(".scrubber-says").get_by_text("live")).to_have_count(0)


def test_an_epoch_is_behind_its_address(visit, trained):
    page = visit("#/networks/rings/inside?epoch=50")
    expect(page.locator(".scrubber-says")).to_contain_text("Epoch 50")


def test_the_pages_own_forward_pass_is_the_services(visit, client, trained):
    page = visit("#/networks/rings/inside")
    page.get_by_label("x", exact=True).fill("0.3")
    page.get_by_label("y", exact=True).fill("-0.7")
    expected = client.get("/predict?network=rings&x=0.3&y=-0.7")["outputs"][0][0]
    title = page.locator(".drawing .unit").last.locator("title")
    expect(title).to_have_text(re.compile("= 0"))
    seen = float(re.search(r"= (\S+)", title.text_content()).group(1))
    assert seen == pytest.approx(expected, rel=1e-5)


def test_each_place_of_the_plane_and_each_unit_has_its_picture(visit, trained):
    page = visit("#/networks/rings/inside")
    expect(page.get_by_role("heading", name="What does it predict at each point?")).to_be_visible()
    expect(page.locator(".surface-points circle")).to_have_count(60)
    expect(page.locator(".neurons canvas")).to_have_count(6)
    colours = page.locator(".surface canvas").evaluate(
        "canvas => { const {data} = canvas.getContext('2d').getImageData(0, 0, 64, 64);"
        " return [data.slice(0, 3), data.slice((32 * 64 + 32) * 4, (32 * 64 + 32) * 4 + 3)].map(c => c[2] > c[0]) }"
    )
    # Blue outside, orange inside.
    assert colours == [True, False]


COLOUR = "(element, wanted) => { element.style.color = wanted; return getComputedStyle(element).color }"


@pytest.mark.parametrize(("bias", "side"), [(0, "positive"), (-8, "negative"), (2, "positive")])
def test_an_output_has_the_colour_of_its_value_and_of_nothing_else(visit, client, bias, side):
    """A sigmoid of 0.5 is paper, 0.000335 is nearly all orange, and 0.88 is blue by 76 %, however small the layer."""
    name = f"colour{bias}"
    layer = {"type": "dense", "units": 1, "activation": "sigmoid", "weights": [[0.0], [0.0]], "biases": [bias]}
    labels = ["dislike", "like"]
    spec = {"name": name, "inputs": 2, "labels": labels, "loss": "binary_cross_entropy", "layers": [layer]}
    client.post("/networks", spec)
    output = client.get(f"/predict?network={name}&x=0,0")["outputs"][0][0]
    assert output == pytest.approx(1 / (1 + math.exp(-bias)))
    page = visit(f"#/networks/{name}/inside")
    circle = page.locator(".drawing .unit").last.locator("circle")
    strength = 100 * abs(2 * output - 1)
    wanted = f"color-mix(in oklab, var(--{side}) {strength:.1f}%, var(--paper))"
    assert circle.evaluate("each => getComputedStyle(each).fill") == page.locator("main").evaluate(COLOUR, wanted)
    expect(page.locator(".drawing .unit").last).to_contain_text("like")


def test_the_surface_the_dots_and_the_bars_have_the_colours_of_the_classes(visit, client, trained):
    page = visit("#/networks/rings/inside")
    colours = [page.locator("main").evaluate(COLOUR, f"var(--class-{number})") for number in (1, 2)]
    dots = page.locator(".surface-points circle.training")
    rows = [row for row in client.get(f"/jobs/{trained['id']}/rows")["data"] if row["part"] == "training"]
    expect(dots).to_have_count(len(rows))
    fills = dots.evaluate_all("each => each.map(dot => getComputedStyle(dot).fill)")
    assert fills == [colours[int(row["targets"][0])] for row in rows]
    key = page.get_by_role("list", name="Classes").locator(".swatch")
    assert key.evaluate_all("each => each.map(one => getComputedStyle(one).backgroundColor)") == colours
    page = visit("#/networks/rings/predict")
    bars = page.get_by_role("status", name="Prediction").locator("rect:not(.share-ground)")
    expect(bars).to_have_count(2)
    assert bars.evaluate_all("each => each.map(bar => getComputedStyle(bar).fill)") == colours


def test_a_point_of_the_surface_has_the_colour_of_what_is_predicted_there(visit, client):
    layer = {"type": "dense", "units": 1, "activation": "sigmoid", "weights": [[3.0], [0.0]], "biases": [0.0]}
    spec = {"name": "slope", "inputs": ["x", "y"], "labels": ["no", "yes"], "loss": "binary_cross_entropy"}
    client.post("/networks", spec | {"layers": [layer]})
    page = visit("#/networks/slope/inside")
    read = "canvas => [...canvas.getContext('2d').getImageData(48, 32, 1, 1).data].slice(0, 3)"
    seen = page.locator(".surface canvas").evaluate(read)
    # Without rows both inputs go from -1 to 1 over 64 cells; the ground is softened to 60 %.
    output = client.get(f"/predict?network=slope&x={-1 + 48.5 / 32}&y=0")["outputs"][0][0]
    share = 0.6 * (2 * output - 1)
    paper, blue = (0xFC, 0xFB, 0xF8), (0x1F, 0x66, 0xB1)
    assert seen == pytest.approx([a + (b - a) * share for a, b in zip(paper, blue, strict=True)], abs=1)


def test_rows_are_those_of_the_job_whose_weights_are_shown(visit, client, trained):
    client.post("/networks", RINGS | {"name": "failing", "labels": None, "loss": "mean_squared_error"})
    data = {"inputs": [[0.1, 0.2], [0.3, 0.4]], "targets": [[0], [1]]}
    client.train("failing", data, epochs=2)
    huge = {"inputs": [[1e6, 0.0], [0.0, 1e6], [1.0, 1.0]], "targets": [[1e38], [-1e38], [0]]}
    body = {"network": "failing", "data": huge, "epochs": 50, "optimizer": {"type": "sgd", "learning_rate": 1e6}}
    assert client.post("/train", body, Prefer="wait=60")["status"] == "failed"
    page = visit("#/networks/failing/inside")
    expect(page.locator(".surface-points circle")).to_have_count(2)
    expect(page.get_by_text("Dots are training rows.")).to_be_visible()
    expect(page.get_by_text("rings are validation rows")).to_have_count(0)
    page = visit("#/networks/failing/train")
    expect(page.get_by_text("Rows of this network (2)")).to_be_visible()
    page = visit("#/networks/rings/inside")
    expect(page.get_by_text("rings are validation rows")).to_be_visible()


def test_where_no_rows_are_known_none_are_spoken_of(visit, client):
    client.post("/networks", RINGS | {"name": "untaught"})
    page = visit("#/networks/untaught/inside")
    expect(page.get_by_text("No training rows are available")).to_be_visible()
    expect(page.get_by_text("Dots are training rows")).to_have_count(0)


def test_weights_and_gradients_have_their_histograms_and_the_weights_a_table(visit, trained):
    page = visit("#/networks/rings/inside")
    expect(page.get_by_role("img", name=re.compile("^weights: 18 numbers"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^gradients: 18 numbers"))).to_be_visible()
    page.get_by_text("Show the weights as a table").click()
    expect(page.get_by_role("table", name="dense_1")).to_be_visible()


def test_large_layers_are_maps_and_pixels_show_what_first_units_look_for(visit, client, is_accessible):
    layers = [
        {"type": "dense", "units": 20, "activation": "relu"},
        {"type": "dense", "units": 2, "activation": "softmax"},
    ]
    client.post("/networks", {"name": "pixels", "inputs": 64, "loss": "cross_entropy", "layers": layers})
    data = {"inputs": [[(row + pixel) % 3 / 2 for pixel in range(64)] for row in range(12)], "targets": [0, 1] * 6}
    client.train("pixels", data, epochs=5)
    page = visit("#/networks/pixels/inside")
    expect(page.locator(".heat-map canvas")).to_have_count(2)
    expect(page.get_by_role("img", name="What unit 20 looks for")).to_be_visible()
    expect(page.locator(".outputs div")).to_have_count(2)
    is_accessible()


@pytest.mark.parametrize(
    "layers",
    [
        ["batch_norm", {"type": "dense", "units": 3, "activation": "gelu"}, "layer_norm"],
        [
            {"type": "residual", "layers": [{"type": "dense", "units": 2, "activation": "mish"}]},
            {"type": "activation", "activation": "selu"},
        ],
        [
            {"type": "dense", "units": 3, "activation": {"type": "leaky_relu", "negative_slope": 0.2}},
            {"type": "dense", "units": 3, "activation": "swish"},
        ],
        [
            {"type": "dense", "units": 3, "activation": "softplus"},
            {"type": "dense", "units": 3, "activation": "hard_sigmoid"},
        ],
        [{"type": "dense", "units": 3, "activation": "elu"}, {"type": "dense", "units": 3, "activation": "softsign"}],
    ],
    ids=["norms", "residual", "leaky-swish", "softplus-hard", "elu-softsign"],
)
def test_every_layer_and_activation_is_computed_as_the_service_does(visit, client, layers, request):
    name = f"made-of-{request.node.callspec.id}"
    spec = {"name": name, "inputs": 2, "dtype": "float64", "layers": [*layers, {"type": "dense", "units": 1}]}
    client.post("/networks", spec)
    client.train(name, {"inputs": [[0.2, -1.5], [1.3, 0.4], [-0.7, 0.9]], "targets": [[1], [2], [0.5]]}, epochs=20)
    expected = client.get(f"/predict?network={name}&x=0.2,-1.5")["outputs"][0][0]
    title = visit(f"#/networks/{name}/inside").locator(".drawing .unit").last.locator("title")
    expect(title).to_have_text(re.compile(re.escape(f"= {str(expected)[:8]}")))  # Not the epoch before the last.
    assert float(re.search(r"= (\S+)", title.text_content()).group(1)) == pytest.approx(expected, rel=1e-9)


@pytest.fixture(scope="module")
def penguins(service):
    """A network that speaks the names of a data set, trained on it."""
    client = Client(service.url)
    table = (Path(__file__).parents[2] / "service" / "demo" / "penguins.csv").read_bytes()
    upload = urllib.request.Request(f"{service.url}/datasets?name=penguins", table, {"Content-Type": "text/csv"})
    urllib.request.urlopen(upload).close()
    layers = [
        {"type": "dense", "units": 4, "activation": "tanh"},
        {"type": "dense", "units": 3, "activation": "softmax"},
    ]
    inputs = ["bill_length_mm", "bill_depth_mm", "island"]
    client.post(
        "/networks",
        {"name": "penguins", "dataset": "penguins", "inputs": inputs, "target": "species", "layers": layers},
    )
    body = {"network": "penguins", "dataset": "penguins", "epochs": 20, "validation": {"fraction": 0.2}}
    return client.post("/train", body, Prefer="wait=60")


def test_rows_of_a_data_set_are_looked_at_as_the_network_sees_them(visit, client, penguins, is_accessible):
    row = client.get(f"/jobs/{penguins['id']}/rows")["data"][1]["inputs"]
    page = visit("#/networks/penguins/inside")
    page.get_by_label("Row", exact=True).select_option("1")
    for index, name in enumerate(["bill_length_mm", "bill_depth_mm", "island: Biscoe", "island: Dream"]):
        cell = page.get_by_label(name, exact=True)
        expect(cell).not_to_have_value("")
        assert float(cell.get_attribute("title")) == pytest.approx(row[index])
    expect(page.get_by_role("img", name=re.compile("^gradients: 24 numbers"))).to_be_visible()
    is_accessible()
    page = visit("#/networks/penguins/step?at=1")
    expect(page.get_by_label("Row", exact=True).locator("option")).to_have_count(50)
    expect(page.get_by_label("island: Dream")).to_be_visible()
    expect(page.locator(".formula").first).to_contain_text("z⁽¹⁾₁")


def test_a_job_that_failed_before_it_had_weights_is_not_asked_for_rows(visit, client, penguins):
    body = {"network": "penguins", "dataset": "penguins", "epochs": 5}
    body["optimizer"] = {"type": "sgd", "learning_rate": 1e300}  # it diverges in its first epoch
    failed = client.post("/train", body, Prefer="wait=60")
    assert failed["status"] == "failed"
    page = visit("#/networks/penguins/inside")
    expect(page.get_by_label("Row", exact=True)).to_be_visible()
    page = visit(f"#/networks/penguins/inside?job={failed['id']}")
    expect(page.locator(".drawing")).to_be_visible()
    page = visit("#/networks/penguins/step?at=1")
    expect(page.get_by_label("Row", exact=True).locator("option")).to_have_count(50)


def test_weights_that_could_not_be_had_are_asked_for_again(visit, page, trained, watched):
    watched.forgives_rejections = True
    rejected = {"status": 500, "body": '{"title": "Not now"}', "content_type": "application/problem+json"}
    page.route(re.compile("/weights"), lambda route: route.fulfill(**rejected), times=1)
    visit("#/networks/rings/inside")
    expect(page.get_by_role("alert")).to_contain_text("Not now")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".drawing")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_weights_come_by_themselves_when_the_service_is_back(visit, page, trained, watched):
    watched.forgives_rejections = True
    page.route(re.compile("/weights"), lambda route: route.abort(), times=1)
    visit("#/networks/rings/inside")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator(".drawing")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.fixture(scope="module")
def long(service):
    """Two trainings: the second, with more snapshots than a page of them, goes on from the first."""
    client = Client(service.url)
    client.post("/networks", RINGS | {"name": "long"})
    client.train("long", rings(), epochs=3, snapshots={"best": False})
    return client.train("long", rings(), epochs=110, snapshots={"every": 1, "best": False})


def test_a_walk_begins_where_its_training_did_however_many_snapshots_came_since(visit, client, long):
    start = client.get(f"/networks/long/snapshots/{long['options']['start_snapshot']}")
    page = visit(f"#/networks/long/inside?job={long['id']}")
    page.get_by_label("Epoch of the snapshot").fill("0")
    help = page.locator(".scrubber-says")
    expect(help).to_contain_text("Epoch 0")
    expect(help.locator("span")).to_have_attribute("title", str(start["loss"]))


def test_the_cursor_of_the_loss_stands_above_the_snapshot_that_is_shown(visit, client, trained):
    client.post("/networks", RINGS | {"name": "uneven"})
    client.train("uneven", rings(), epochs=25, snapshots={"every": 20, "best": False})
    page = visit("#/networks/uneven/inside?epoch=20")
    expect(page.locator(".scrubber-says")).to_contain_text("Epoch 20")
    assert float(page.locator(".loss-strip line").get_attribute("x1")) == pytest.approx(500)
    line = page.locator(".loss-strip path").get_attribute("d")
    assert any(float(point.split(" ")[0]) == pytest.approx(500) for point in re.split("[ML]", line)[1:])


def test_a_training_without_any_weights_says_so(visit, client, trained, watched):
    watched.forgives_rejections = True
    client.post("/networks", RINGS | {"name": "bare", "labels": None, "loss": "mean_squared_error"})
    client.train("bare", {"inputs": [[0.1, 0.2]], "targets": [[0]]}, epochs=2)
    start = client.get("/networks/bare/snapshots?limit=1")["data"][0]["id"]
    huge = {"inputs": [[1e6, 0.0], [0.0, 1e6]], "targets": [[1e38], [-1e38]]}
    body = {"network": "bare", "data": huge, "epochs": 50, "optimizer": {"type": "sgd", "learning_rate": 1e6}}
    failed = client.post("/train", body | {"start_from": start}, Prefer="wait=60")
    assert failed["status"] == "failed"
    client.train("bare", {"inputs": [[0.1, 0.2]], "targets": [[0]]}, epochs=2)
    assert client.ask("DELETE", f"/networks/bare/snapshots/{start}").status == 204
    page = visit(f"#/networks/bare/inside?job={failed['id']}")
    expect(page.get_by_text("This training kept no weights.")).to_be_visible()


def test_gradients_come_by_themselves_when_the_service_is_back(visit, page, trained, watched):
    watched.forgives_rejections = True
    page.route(re.compile("/explain"), lambda route: route.abort(), times=1)
    visit("#/networks/rings/inside")
    expect(page.get_by_role("img", name=re.compile("^gradients: 18 numbers"))).to_be_visible()


def test_of_an_ensemble_each_member_is_drawn_by_its_own_weights(visit, client, is_accessible):
    layers = [{"type": "dense", "units": 3, "activation": "tanh"}, {"type": "dense", "units": 1}]
    client.post("/networks", {"name": "several", "inputs": 2, "members": 3, "layers": layers})
    weights = client.get("/networks/several/weights")["layers"]
    page = visit("#/networks/several/inside")
    for member in (1, 3):
        page.get_by_label("Member").select_option(str(member))
        own = [layer for layer in weights if layer["name"].startswith(f"member_{member}.")]
        assert page.evaluate(WEIGHTS) == [value for layer in own for row in layer["weights"] for value in row]
    expect(page.get_by_text("of an ensemble of 3")).to_be_visible()
    is_accessible()
