import csv
import io
import json
import xml.etree.ElementTree as ElementTree

import pytest

from tests.api.runs import Run, epoch

DATA = {"inputs": [[0.2, 0.9], [0.1, 0.1]], "targets": ["like", "dislike"]}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def run(client, network, storage):
    """Train, and play the worker: `numbers` are the epochs reported."""

    def play(numbers, *, make=epoch, best_epoch=None, **body):
        answer = client.post("/train", json={"network": "cheese", "data": DATA, "epochs": 1000, **body})
        assert answer.status_code == 202, answer.text
        job = answer.json["id"]
        played = Run(storage, job)
        if numbers:
            played.report(*map(make, numbers), best_epoch=best_epoch, best_value=best_epoch and 0.5)
        played.end()
        return job

    return play


def validated(number):
    return epoch(number, val_loss=2 / number, metrics={"accuracy": 0.5, "val_accuracy": 0.25})


VALIDATED = {"validation": {"fraction": 0.5}, "metrics": ["accuracy"]}


def numbers(answer):
    return [row["epoch"] for row in answer.json["data"]]


def test_each_epoch_is_a_row(client, run):
    job = run([1], make=validated, **VALIDATED)
    answer = client.get(f"/jobs/{job}/history")

    assert answer.json == {
        "object": "list",
        "data": [
            {
                "job": job,
                "epoch": 1,
                "loss": 1.0,
                "val_loss": 2.0,
                "learning_rate": 0.01,
                "gradient_norm": 0.5,
                "seconds": 0.25,
                "metrics": {"accuracy": 0.5, "val_accuracy": 0.25},
            }
        ],
        "has_more": False,
        "first_id": f"{job}:1",
        "last_id": f"{job}:1",
    }


def test_the_range_comes_first_then_every_nth_then_the_thinning(client, run):
    job = run(range(1, 101))

    def ask(query):
        return numbers(client.get(f"/jobs/{job}/history?{query}"))

    assert ask("from_epoch=98") == [98, 99, 100]
    assert ask("from_epoch=2&to_epoch=4") == [2, 3, 4]
    assert ask("every=40") == [1, 41, 81]
    assert ask("every=10&from_epoch=50") == [51, 61, 71, 81, 91]
    thinned = ask("max_points=10")
    assert len(thinned) <= 10 and (thinned[0], thinned[-1]) == (1, 100)
    assert ask("max_points=10") == thinned
    assert ask("from_epoch=50&to_epoch=52&max_points=4") == [50, 51, 52]


def test_pages_of_a_network_go_through_its_jobs_in_order(client, run):
    jobs = [run(range(1, 8)), run(range(1, 4)), run([])]
    rows, after = [], ""
    for _ in range(4):
        page = client.get(f"/networks/cheese/history?limit=3{after}").json
        rows += [(row["job"], row["epoch"]) for row in page["data"]]
        after = f"&after={page['last_id']}"

    assert not page["has_more"]
    assert rows == [(jobs[0], number) for number in range(1, 8)] + [(jobs[1], number) for number in range(1, 4)]


def test_pages_of_a_thinned_history_are_together_what_one_page_would_be(client, run):
    run(range(1, 51)), run(range(1, 31))
    whole = client.get("/networks/cheese/history?max_points=6").json["data"]
    first = client.get("/networks/cheese/history?max_points=6&limit=5").json
    second = client.get(f"/networks/cheese/history?max_points=6&limit=100&after={first['last_id']}").json

    assert first["has_more"] and not second["has_more"]
    assert first["data"] + second["data"] == whole
    assert [row["epoch"] for row in (whole[0], whole[-1])] == [1, 30] and len(whole) <= 12


def test_numbers_that_are_none_are_null_and_named(client, run):
    def diverging(number):
        return epoch(number, loss=float("nan"), val_loss=float("-inf"), metrics={"rmse": float("inf")})

    job = run([1], make=diverging)
    (row,) = client.get(f"/jobs/{job}/history").json["data"]

    assert (row["loss"], row["val_loss"], row["metrics"]) == (None, None, {"rmse": None})
    assert row["nonfinite"] == {"loss": "nan", "val_loss": "-inf", "metrics.rmse": "+inf"}


def test_fields_are_chosen_and_the_health_of_layers_comes_when_asked_for(client, run):
    def healthy(number):
        return epoch(number, layers=[{"name": "dense_1", "weight_norm": 1.5, "update_ratio": float("nan")}])

    job = run([1], make=healthy)
    (row,) = client.get(f"/jobs/{job}/history?fields=layers,loss").json["data"]

    assert row == {
        "job": job,
        "epoch": 1,
        "loss": 1.0,
        "layers": [{"name": "dense_1", "weight_norm": 1.5, "update_ratio": None}],
        "nonfinite": {"layers.0.update_ratio": "nan"},
    }
    assert "layers" not in client.get(f"/jobs/{job}/history").json["data"][0]


@pytest.mark.parametrize("how", [{"query_string": "format=csv"}, {"headers": {"Accept": "text/csv"}}])
def test_csv_has_a_column_for_each_metric_and_reports_what_is_no_number(client, run, how):
    def diverging(number):
        loss = float("nan") if number == 2 else float("inf") if number == 3 else 1 / 3
        return epoch(number, loss=loss, metrics={"accuracy": 0.5, "val_accuracy": 0.25})

    job = run([1, 2, 3], make=diverging, **VALIDATED)
    answer = client.get(f"/jobs/{job}/history", **how)
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.mimetype == "text/csv"
    assert list(rows[0]) == [
        *("job", "epoch", "loss", "val_loss", "learning_rate", "gradient_norm", "seconds", "accuracy", "val_accuracy")
    ]
    assert [row["loss"] for row in rows] == [repr(1 / 3), "nan", "inf"]
    assert (rows[0]["job"], rows[0]["val_loss"], rows[0]["val_accuracy"]) == (job, "", "0.25")


def test_csv_of_a_network_has_the_metrics_of_all_its_jobs(client, run):
    run([1], make=validated, **VALIDATED), run([1])
    first, second = csv.DictReader(io.StringIO(client.get("/networks/cheese/history?format=csv").text))

    assert (first["accuracy"], second["accuracy"]) == ("0.5", "")


def test_lines_of_json_come_whole_and_as_a_stream(client, run):
    job = run(range(1, 1501))
    answer = client.get(f"/jobs/{job}/history?format=ndjson")

    assert (answer.is_streamed, answer.mimetype) == (True, "application/x-ndjson")
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert [row["epoch"] for row in rows] == list(range(1, 1501))
    assert rows[0] == client.get(f"/jobs/{job}/history?limit=1").json["data"][0]
    assert client.get(f"/jobs/{job}/history?format=ndjson&limit=2&after={job}:7").text.count("\n") == 2


def test_jobs_are_compared_with_the_options_in_which_they_differ(client, run):
    fast = run(range(1, 21), optimizer={"type": "sgd", "learning_rate": 0.5})
    slow = run(range(1, 11), optimizer={"type": "sgd", "learning_rate": 0.1}, early_stopping={"patience": 3})
    answer = client.get(f"/history?jobs={slow},{fast}&fields=loss&max_points=4").json

    assert [series["job"] for series in answer["data"]] == [slow, fast]
    assert answer["data"][0]["differs"]["training.optimizer.learning_rate"] == 0.1
    assert answer["data"][1]["differs"]["training.optimizer.learning_rate"] == 0.5
    assert answer["data"][1]["differs"]["training.early_stopping.patience"] is None
    assert "optimizer.learning_rate=0.5" in answer["data"][1]["name"]
    assert [series["epochs"][-1]["epoch"] for series in answer["data"]] == [10, 20]
    assert all(len(series["epochs"]) <= 4 for series in answer["data"])
    assert set(answer["data"][0]["epochs"][0]) == {"job", "epoch", "loss"}


def test_compared_jobs_come_as_one_table_too(client, run):
    jobs = [run([1, 2]), run([1])]
    rows = list(csv.DictReader(io.StringIO(client.get(f"/history?jobs={','.join(jobs)}&format=csv").text)))

    assert [(row["job"], row["epoch"]) for row in rows] == [(jobs[0], "1"), (jobs[0], "2"), (jobs[1], "1")]


def test_the_picture_draws_training_solid_validation_dashed_and_marks_the_best_epoch(client, run):
    job = run(range(1, 51), make=validated, best_epoch=50, **VALIDATED)
    answer = client.get(f"/jobs/{job}/history?format=svg&scale=log")
    picture = ElementTree.fromstring(answer.data)

    assert answer.mimetype == "image/svg+xml"
    assert "script" not in answer.headers["Content-Security-Policy"]
    curves = [path.get("class") for path in picture.iter(f"{SVG}path") if len(path.get("d")) > 200]
    assert curves == ["curve c0", "curve c0 dashed"]
    assert [ring.get("r") for ring in picture.iter(f"{SVG}circle")] == ["5"]
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert "best at epoch 50: 0.04" in texts
    assert {"training", "validation", "epoch"} <= set(texts)


def test_the_best_epoch_is_marked_even_where_thinning_dropped_it(client, run):
    job = run(range(1, 101), make=validated, best_epoch=57, **VALIDATED)
    picture = client.get(f"/jobs/{job}/history?format=svg&max_points=4").text

    assert "best at epoch 57" in picture


def test_runs_of_a_network_are_drawn_together_and_a_metric_may_be_chosen(client, run, rejected):
    for _ in range(2):
        run(range(1, 51), make=validated, **VALIDATED)
    picture = ElementTree.fromstring(client.get("/networks/cheese/history?format=svg&value=accuracy").data)

    curves = {path.get("class") for path in picture.iter(f"{SVG}path") if path.get("class", "").startswith("curve")}
    assert curves == {"curve c0", "curve c0 dashed", "curve c1", "curve c1 dashed"}
    rejected(422, "GET", "/networks/cheese/history?format=svg&value=recall", "value")


def test_a_history_without_epochs_is_a_picture_too(client, run):
    run([])
    assert "No values to show yet." in client.get("/networks/cheese/history?format=svg").text


@pytest.mark.parametrize(
    ("query", "argument"),
    [
        ("from_epoch=0", "from_epoch"),
        ("from_epoch=one", "from_epoch"),
        ("to_epoch=-1", "to_epoch"),
        ("every=0", "every"),
        ("max_points=3", "max_points"),
        ("max_points=10001", "max_points"),
        ("fields=loss,los", "fields"),
        ("fields=", "fields"),
        ("format=xml", "format"),
        ("scale=cubic", "scale"),
        ("after=job_1", "after"),
        ("after=job_1:x", "after"),
        ("limit=-1", "limit"),
        ("epochs=3", "epochs"),
        ("every=2&every=3", "every"),
    ],
)
def test_a_bad_query_is_rejected(rejected, network, query, argument):
    rejected(422, "GET", f"/networks/cheese/history?{query}", argument)


def test_what_is_not_there_or_not_accepted_is_rejected(rejected, network):
    rejected(404, "GET", "/networks/nothing/history")
    rejected(404, "GET", "/history?jobs=job_0")
    rejected(422, "GET", "/history", "jobs")
    rejected(422, "GET", "/history?jobs=,", "jobs")
    rejected(422, "GET", f"/history?jobs={','.join(map(str, range(21)))}", "jobs")
    rejected(406, "GET", "/networks/cheese/history", headers={"Accept": "text/html"})
