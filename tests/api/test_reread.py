"""A data set read again in another way, without its bytes being sent again."""

import pytest

CSV = b"2019,2020\n0.5,x\n0.25,y\n"


@pytest.fixture
def first(client):
    return client.post("/datasets?name=years", data=CSV, content_type="text/csv").json


def reread(client, dataset, status=201, **options):
    answer = client.post(f"/datasets/{dataset}/reread", query_string=options)
    assert answer.status_code == status, answer.text
    return answer.json


def test_a_data_set_is_corrected_without_sending_it_again(client, first):
    assert [column["name"] for column in first["columns"]] == ["2019", "2020"]
    made = reread(client, "years", header="false", types="column_1:category")
    assert [column["type"] for column in made["columns"]] == ["category", "category"]
    assert (made["rows"], made["sha256"], made["size_bytes"]) == (3, first["sha256"], len(CSV))
    assert made["name"] not in ("years", "") and made["name"].startswith("years-")
    assert client.get("/datasets/years").json == first
    assert client.get(f"/datasets/{made['name']}").json == made


def test_what_was_read_so_before_is_found_again(client, first):
    made = reread(client, first["id"], header="false", name="rows")
    assert made["name"] == "rows"
    again = reread(client, "years", 200, header="false", name="same")
    assert (again["id"], again["other_names"]) == (made["id"], ["same"])
    other = reread(client, "rows", skip_rows="1", header="false")
    assert (other["rows"], other["name"]) == (2, "rows-" + first["sha256"][:8])


def test_a_file_that_cannot_be_read_so_is_rejected(rejected, first):
    rejected(422, "POST", "/datasets/years/reread?types=2020:number")
    rejected(404, "POST", "/datasets/nothing/reread")
    rejected(422, "POST", "/datasets/years/reread?unknown=1", "unknown")


def test_a_name_of_another_data_set_is_taken(rejected, client, first):
    client.post("/datasets?name=other", data=b"a,b\n1,x\n2,y\n", content_type="text/csv")
    rejected(409, "POST", "/datasets/years/reread?header=false&name=other")
    rejected(409, "POST", "/datasets?name=other", data=CSV, content_type="text/csv")


def test_a_data_set_whose_file_was_not_kept_says_so(rejected, storage):
    from tests.api.tables import store_table

    store_table(storage)
    problem = rejected(409, "POST", "/datasets/penguins/reread?header=true")
    assert "was not kept" in problem["detail"]
