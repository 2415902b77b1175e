"""A training is judged on the rows that it held out, and on others only by an explicit word."""

import numpy as np
import pytest

from tests.api.played import play

ROWS = 400


def lines(rows):
    """Sizes of different trees; tall ones are mostly oaks."""
    return "girth,kind,size\n" + "".join(
        f"{row / 7:.3f},{('oak', 'elm')[row % 2]},{'tall' if row * 7919 % 10 < (7, 2)[row % 2] else 'low'}\n"
        for row in rows
    )


@pytest.fixture
def trees(client):
    answer = client.post("/datasets?name=trees", data=lines(range(ROWS)), content_type="text/csv")
    assert answer.status_code == 201, answer.text
    body = {
        "name": "trees",
        "dataset": "trees",
        "inputs": ["girth", "kind"],
        "target": {"name": "size", "type": "category", "categories": ["low", "tall"]},
        "dtype": "float64",
        "loss": "binary_cross_entropy",
        "layers": [{"type": "dense", "units": 1, "activation": "sigmoid"}],
    }
    assert client.post("/networks", json=body).status_code == 201


@pytest.fixture
def trained(client, storage):
    def train(**body):
        answer = client.post("/train", json={"network": "trees", "dataset": "trees", "epochs": 3, **body})
        assert answer.status_code == 202, answer.text
        play(storage, answer.json["id"])
        return client.get(f"/jobs/{answer.json['id']}").json

    return train


def evaluated(client, **body):
    answer = client.post("/evaluate", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_job_is_judged_on_its_validation_rows_to_the_number_of_its_last_epoch(client, trees, trained):
    job = trained(validation={"fraction": 0.25}, metrics=["accuracy", "f1"])
    assert job["positive"] == "tall"
    last = client.get(f"/jobs/{job['id']}/history").json["data"][-1]
    answer = evaluated(client, job=job["id"])
    assert answer["loss"] == pytest.approx(last["val_loss"], rel=1e-12)
    assert answer["metrics"]["accuracy"] == pytest.approx(last["metrics"]["val_accuracy"])
    assert (answer["network"], answer["chosen_by"], answer["positive"]) == ("trees", "job", "tall")
    on = answer["evaluated_on"]
    assert (on["rows"], on["job"], on["dataset"]) == ("validation", job["id"], "trees")
    assert on["counts"] == {"training": job["rows"], "validation": answer["rows"]}
    assert sum(on["counts"].values()) == ROWS
    assert "warnings" not in answer


def test_test_rows_come_first_and_training_rows_need_a_word_and_bring_a_warning(client, trees, trained):
    job = trained(validation={"fraction": 0.2}, test={"fraction": 0.1})["id"]
    answers = {
        word: evaluated(client, job=job, **({"rows": word} if word else {}))
        for word in (None, "test", "validation", "training", "all")
    }
    assert answers[None] == answers["test"]
    counts = answers[None]["evaluated_on"]["counts"]
    for part in ("test", "validation", "training"):
        assert (answers[part]["rows"], answers[part]["evaluated_on"]["rows"]) == (counts[part], part)
    assert answers["all"]["rows"] == sum(counts.values()) == ROWS
    assert all("trained on" in answers[part]["warnings"][0] for part in ("training", "all"))
    parts = [answers[part] for part in counts]
    together = np.sum([part["confusion"]["counts"] for part in parts], axis=0)
    assert answers["all"]["confusion"]["counts"] == together.tolist()


def test_the_data_set_of_the_training_means_its_held_out_rows_too(client, trees, trained):
    job = trained(validation={"fraction": 0.25})["id"]
    answer = evaluated(client, network="trees", dataset="trees")
    assert answer["evaluated_on"] == evaluated(client, job=job)["evaluated_on"]
    assert evaluated(client, network="trees", dataset="trees", rows="all")["rows"] == ROWS
    client.post("/datasets?name=more", data=lines(range(ROWS, ROWS + 50)), content_type="text/csv")
    other = evaluated(client, network="trees", dataset="more")
    assert (other["rows"], other["evaluated_on"]["rows"], other["evaluated_on"]["job"]) == (50, "all", None)


def test_what_nobody_held_out_is_not_judged_by_itself(client, trees, trained, rejected):
    job = trained()["id"]
    for body in ({"job": job}, {"network": "trees"}, {"network": "trees", "dataset": "trees"}):
        problem = rejected(422, "POST", "/evaluate", "#/rows", json=body)
        assert "held no rows out" in problem["errors"][0]["detail"]
    assert evaluated(client, job=job, rows="training")["rows"] == ROWS
    rejected(422, "POST", "/evaluate", "#/rows", json={"job": job, "rows": "test"})
    rejected(422, "POST", "/evaluate", "#/rows", json={"job": job, "rows": "tset"})
    rejected(422, "POST", "/evaluate", "#/network", json={"job": job, "network": "trees"})
    rejected(404, "POST", "/evaluate", "#/job", json={"job": "job_missing"})
    rejected(422, "POST", "/evaluate", "#/data", json={"network": "trees", "snapshot": "initial"})
    data = [{"girth": 1, "kind": "oak", "size": "low"}]
    rejected(422, "POST", "/evaluate", "#/rows", json={"job": job, "data": data, "rows": "all"})
    assert evaluated(client, job=job, data=data)["evaluated_on"]["rows"] == "given"


def test_rows_that_are_gone_are_a_conflict(client, trees, trained, rejected):
    job = trained(validation={"fraction": 0.25})["id"]
    assert client.delete("/datasets/trees").status_code == 204
    assert "gone" in rejected(409, "POST", "/evaluate", json={"job": job})["detail"]
    again = client.post("/datasets?name=trees", data=lines(range(ROWS)), content_type="text/csv")
    assert again.status_code == 201  # the same rows, but nobody can know
    rejected(409, "POST", "/evaluate", json={"job": job})
    assert client.delete(f"/jobs/{job}").status_code == 204
    problem = rejected(422, "POST", "/evaluate", "#/data", json={"network": "trees"})
    assert "no training that is still here" in problem["errors"][0]["detail"]


def test_weights_of_another_training_are_marked(client, trees, trained):
    first = trained(validation={"fraction": 0.25})["id"]
    second = trained(validation={"fraction": 0.25})["id"]
    answer = evaluated(client, job=first, snapshot=second)
    assert "another training" in answer["warnings"][0]


def test_inline_rows_of_numbers_are_found_again(client, network, storage):
    data = {"inputs": [[n / 50, n % 7 / 7] for n in range(50)], "targets": ["like", "dislike"] * 25}
    body = {"network": "cheese", "data": data, "epochs": 2, "validation": {"fraction": 0.2}, "test": {"fraction": 0.1}}
    job = client.post("/train", json=body).json["id"]
    play(storage, job)
    on = evaluated(client, job=job)["evaluated_on"]
    assert on["counts"] == {"training": 35, "validation": 10, "test": 5}
    last = client.get(f"/jobs/{job}/history").json["data"][-1]
    assert evaluated(client, job=job, rows="validation")["loss"] == pytest.approx(last["val_loss"], rel=1e-5)


def test_another_data_set_that_validated_is_held_out_too(client, trees, trained):
    client.post("/datasets?name=more", data=lines(range(ROWS, ROWS + 50)), content_type="text/csv")
    answer = evaluated(client, job=trained(validation={"dataset": "more"})["id"])
    assert (answer["rows"], answer["evaluated_on"]["rows"]) == (50, "validation")


def test_curves_calibration_and_the_naive_answer_stand_beside_the_figures(client, trees, trained):
    job = trained(validation={"fraction": 0.25}, metrics=["accuracy", "roc_auc", "log_loss"], epochs=20)["id"]
    answer = evaluated(client, job=job)
    tall = answer["classes"][1]["support"] / answer["rows"]
    assert answer["naive"]["answer"] == {"tall": pytest.approx(tall)}
    assert answer["naive"]["label"] == ("tall" if tall > 0.5 else "low")
    assert answer["naive"]["metrics"]["accuracy"] == pytest.approx(max(tall, 1 - tall))
    assert answer["naive"]["metrics"]["roc_auc"] == 0.5
    (curve,) = answer["curves"]
    assert (curve["label"], curve["roc_auc"]) == ("tall", pytest.approx(answer["metrics"]["roc_auc"]))
    assert 2 < len(curve["roc"]) <= 200 and len(curve["precision_recall"]) <= 200
    assert curve["roc"][0] == {"threshold": None, "false_positive_rate": 0, "true_positive_rate": 0}
    assert sum(one["rows"] for one in curve["calibration"]) == answer["rows"]
    assert answer["targets"] is None


def test_numbers_have_residuals_and_a_sample_in_the_users_units(client, trees, storage):
    body = {
        "name": "girths",
        "dataset": "trees",
        "inputs": ["kind", "size"],
        "target": "girth",
        "layers": [{"type": "dense", "units": 1}],
    }
    assert client.post("/networks", json=body).status_code == 201
    validation = {"fraction": 0.6, "method": "random"}  # there are only four different rows of inputs
    body = {"network": "girths", "dataset": "trees", "epochs": 2, "validation": validation, "metrics": ["mae"]}
    job = client.post("/train", json=body).json["id"]
    play(storage, job)
    answer = evaluated(client, job=job)
    (girth,) = answer["targets"]
    assert (girth["name"], answer["classes"], answer["curves"]) == ("girth", None, None)
    quantiles = {one["quantile"]: one["value"] for one in girth["residual_quantiles"]}
    assert quantiles[0] <= quantiles[0.5] <= quantiles[1]
    assert len(girth["points"]) == 200 < answer["rows"]
    residuals = [point["actual"] - point["predicted"] for point in girth["points"]]
    assert quantiles[0] - 1e-6 <= min(residuals) and max(residuals) <= quantiles[1] + 1e-6
    assert evaluated(client, job=job) == answer
    assert 10 < answer["naive"]["answer"]["girth"] < 45
