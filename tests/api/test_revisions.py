"""Revisions of a data set: uploaded, referred to, listed, trained on, renamed and deleted."""

import threading

import pytest

HEADER = b"fat,salt,label\n"
ROWS = b"0.2,0.9,like\n0.1,0.3,dislike\n0.2,0.4,dislike\n"


def table(rows):
    return HEADER + ROWS + b"0.5,0.5,like\n" * rows


def send(client, rows, status=201, *, name="churn", **options):
    query = {"name": name, **options}
    answer = client.post("/datasets", data=table(rows), query_string=query, content_type="text/csv")
    assert answer.status_code == status, answer.text
    return answer.json


@pytest.fixture
def revisions(client):
    """Three of one name, with 3, 4 and 5 rows."""
    return [send(client, rows, revision="true") for rows in range(3)]


def ids(answer):
    return [one["id"] for one in answer.json["data"]]


def test_a_name_means_the_newest_revision_and_each_can_be_named(client, revisions):
    assert [(one["name"], one["revision"], one["rows"]) for one in revisions] == [
        ("churn", 1, 3),
        ("churn", 2, 4),
        ("churn", 3, 5),
    ]
    assert client.get("/datasets/churn").json == revisions[2]
    second = client.get("/datasets/churn@2").json
    assert (second["id"], second["revisions"], second["is_newest"]) == (revisions[1]["id"], 3, False)
    assert client.get("/datasets/churn%402/preview").json["rows"] == 4
    assert client.get("/datasets/churn@4").status_code == 404


def test_the_file_of_the_newest_revision_makes_no_other_one(client, revisions):
    assert send(client, 2, 200, revision="true")["id"] == revisions[2]["id"]
    again = send(client, 0, revision="true")
    assert (again["revision"], again["rows"]) == (4, 3), "rows that come back are a revision of their own"
    assert send(client, 0, 200, revision="true")["id"] == again["id"]


def test_a_data_set_that_was_uploaded_before_is_the_first_revision(client):
    first = send(client, 0)
    assert (first["revision"], first["revisions"], first["is_newest"]) == (1, 1, True)
    assert send(client, 0, 200, revision="true")["id"] == first["id"]
    assert send(client, 1, revision="true")["revision"] == 2


def test_rows_that_another_data_set_has_are_a_revision_all_the_same(client):
    other = send(client, 0, name="other")
    made = send(client, 0, revision="true")
    assert made["id"] != other["id"] and made["revision"] == 1
    assert client.get("/datasets/other").json["other_names"] == []


def test_a_revision_needs_a_name_that_means_one_thing(client, rejected):
    upload = {"data": table(1), "content_type": "text/csv"}
    rejected(422, "POST", "/datasets?revision=true", "name", **upload)
    rejected(422, "POST", "/datasets?name=a@2&revision=true", "name", **upload)
    rejected(422, "POST", "/datasets?name=a&revision=yes", "revision", **upload)
    send(client, 0, name="first")
    send(client, 0, 200, name="second")
    problem = rejected(409, "POST", "/datasets?name=second&revision=true", **upload)
    assert "'first'" in problem["detail"]


def test_without_revision_a_taken_name_is_taken(rejected, revisions):
    upload = {"content_type": "text/csv"}
    rejected(409, "POST", "/datasets?name=churn", data=table(7), **upload)
    rejected(409, "POST", "/datasets?name=churn", data=table(0), **upload)


def test_revisions_sent_at_once_are_all_there(app):
    answers = []

    def upload(rows):
        answers.append(send_anyhow(app.test_client(), rows))

    threads = [threading.Thread(target=upload, args=(rows,)) for rows in (1, 2, 3, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = {answer["id"]: answer["revision"] for answer in answers}
    assert sorted(made.values()) == [*range(1, len(made) + 1)]
    assert {answer["rows"] for answer in answers} == {4, 5, 6}


def send_anyhow(client, rows):
    """Of one file sent twice at once, the second makes no revision if it comes directly after the first."""
    while True:
        query = {"name": "churn", "revision": "true"}
        answer = client.post("/datasets", data=table(rows), query_string=query, content_type="text/csv")
        assert answer.status_code in (200, 201, 503), answer.text
        if answer.status_code != 503:  # as many uploads as may be are under way
            return answer.json


def test_lists_show_one_data_set_for_a_name_unless_all_are_asked_for(client, revisions):
    other = send(client, 9, name="other")
    newest = client.get("/datasets")
    assert ids(newest) == [other["id"], revisions[2]["id"]]
    assert [one["revisions"] for one in newest.json["data"]] == [1, 3]
    assert ids(client.get("/datasets?revisions=all&name=churn")) == [one["id"] for one in reversed(revisions)]
    page = client.get("/datasets?revisions=all&limit=2").json
    assert page["has_more"] and len(page["data"]) == 2
    assert ids(client.get(f"/datasets?revisions=all&after={page['last_id']}")) == [
        revisions[1]["id"],
        revisions[0]["id"],
    ]


def test_a_list_of_other_revisions_is_rejected(rejected):
    rejected(422, "GET", "/datasets?revisions=some", "revisions")


def test_a_training_records_the_revision_it_reads(client, network, revisions):
    body = {"network": "cheese", "target": "label", "validation": {"dataset": "churn@1"}}
    for ref, revision in (("churn", 3), ("churn@2", 2), (revisions[0]["id"], 1)):
        job = client.post("/train", json={**body, "dataset": ref})
        assert job.status_code == 202, job.text
        options = job.json["options"]
        assert options["dataset"] == {"id": revisions[revision - 1]["id"], "name": "churn", "revision": revision}
        assert options["validation"]["dataset"]["revision"] == 1
    problem = client.post("/train", json={"network": "cheese", "target": "label", "dataset": "churn@9"})
    assert problem.status_code in (404, 422) and "churn@9" in problem.text


def test_evaluations_networks_and_proposals_take_a_revision(client, revisions):
    body = {"name": "net", "from_dataset": "churn@2", "target": "label"}
    assert client.post("/networks", json=body).status_code == 201
    columns = {"inputs": ["fat"], "target": "label", "layers": [{"type": "dense", "units": 2, "activation": "softmax"}]}
    assert client.post("/networks", json={"name": "own", "dataset": "churn@1", **columns}).status_code == 201
    assert client.post("/evaluate", json={"network": "net", "dataset": "churn@1"}).json["rows"] == 3
    assert client.post("/evaluate", json={"network": "net", "dataset": "churn"}).json["rows"] == 5
    for ref, named in (
        ("churn", "churn"),
        ("churn@2", "churn@2"),
        ("churn@3", "churn"),
        (revisions[0]["id"], "churn@1"),
    ):
        proposal = client.get(f"/datasets/{ref}/proposal?target=label").json
        assert proposal["train"]["dataset"] == named


def test_a_file_read_again_may_be_the_next_revision(client, revisions):
    answer = client.post("/datasets/churn@1/reread?types=fat:category&revision=true")
    assert answer.status_code == 201, answer.text
    assert (answer.json["name"], answer.json["revision"], answer.json["rows"]) == ("churn", 4, 3)


def test_renaming_takes_all_revisions_along(client, revisions):
    renamed = client.patch("/datasets/churn@1", json={"name": "kept"}).json
    assert (renamed["name"], renamed["revision"], renamed["revisions"]) == ("kept", 1, 3)
    assert client.get("/datasets/kept").json["id"] == revisions[2]["id"]
    assert client.get("/datasets/churn").status_code == 404


def test_a_name_of_several_revisions_deletes_none(client, rejected, revisions):
    problem = rejected(409, "DELETE", "/datasets/churn")
    assert "churn@3" in problem["detail"] and "revisions=all" in problem["detail"]
    rejected(422, "DELETE", "/datasets/churn?revisions=newest", "revisions")
    assert client.delete("/datasets/churn@3").status_code == 204
    assert client.get("/datasets/churn").json["id"] == revisions[1]["id"]
    assert client.delete("/datasets/churn?revisions=all").status_code == 204
    assert client.get("/datasets").json["data"] == []


def test_a_revision_that_a_job_needs_stays(client, rejected, network, revisions):
    client.post("/train", json={"network": "cheese", "target": "label", "dataset": "churn@2"})
    rejected(409, "DELETE", "/datasets/churn@2")
    assert client.delete("/datasets/churn@1").status_code == 204
