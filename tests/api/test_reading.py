"""Numbers and dates as people write them, from the upload to a prediction."""

import pytest

ROWS = [
    (f"{1000 + 7 * (n % 30):,}".replace(",", "."), f"{n % 40} %", f"{n % 28 + 1:02}.03.2024", f"{n % 24}:30", f"{n},5")
    for n in range(1, 60)
]
GERMAN = "\n".join(map(";".join, [("betrag", "anteil", "tag", "laufzeit", "kosten"), ("?", *ROWS[0][1:]), *ROWS[1:]]))


@pytest.fixture
def network(client):
    made = client.post("/datasets?name=german", data=GERMAN.encode(), content_type="text/csv")
    assert made.status_code == 201, made.text
    body = {"name": "kosten", "from_dataset": "german", "target": "kosten"}
    answer = client.post("/networks", json=body)
    assert answer.status_code == 201, answer.text
    return made.json, answer.json


def test_an_upload_says_how_it_read_its_columns(network):
    columns = {column["name"]: column for column in network[0]["columns"]}
    assert {name: column["type"] for name, column in columns.items()} == {
        "betrag": "number",
        "anteil": "number",
        "tag": "time",
        "laufzeit": "number",
        "kosten": "number",
    }
    betrag = columns["betrag"]
    assert (betrag["profile"]["min"], betrag["profile"]["missing"]) == (1000, 1)
    assert betrag["read_as"] == {
        "decimal": ",",
        "thousands": ".",
        "missing": ["?"],
        "counts": {"thousands": 58, "missing": {"?": 1}},
        "examples": [{"text": "1.014", "value": 1014.0}],
    }
    assert columns["anteil"]["read_as"]["unit"] == "%"
    assert (columns["tag"]["read_as"]["dates"], columns["tag"]["read_as"]["precision"]) == ("DMY", "day")
    assert columns["laufzeit"]["read_as"]["clock"] is True
    assert [warning for warning in network[0]["warnings"] if "hours" in warning]


def test_a_row_is_asked_for_as_the_table_writes_it(client, network):
    row = {"betrag": "1.234", "anteil": "12 %", "tag": "05.03.2024", "laufzeit": "13:30"}
    numbers = {"betrag": 1234, "anteil": 12, "tag": "2024-03-05", "laufzeit": 13.5}
    answer = client.post("/predict", json={"network": "kosten", "inputs": [numbers]})
    assert answer.status_code == 200, answer.text
    wanted = answer.json["outputs"]
    assert client.get("/predict", query_string={"network": "kosten", **row}).json["outputs"] == wanted
    assert client.post("/predict", json={"network": "kosten", "inputs": [row]}).json["outputs"] == wanted
    csv = ";".join(row) + "\n" + ";".join(row.values()) + "\n"
    answer = client.post("/predict?network=kosten", data=csv.encode(), content_type="text/csv")
    assert answer.json["outputs"] == wanted
    missing = client.get("/predict", query_string={"network": "kosten", **row, "betrag": "?"})
    assert "betrag" in missing.json["imputed"]


def test_the_table_of_a_network_makes_the_same_network_again(client, network):
    table = network[1]["table"]
    assert next(column for column in table["inputs"] if column["name"] == "tag")["parts"] == [
        "elapsed",
        "month",
        "weekday",
    ]
    body = {"name": "again", **table, "layers": [{"type": "dense", "units": 1, "activation": "linear"}]}
    again = client.post("/networks", json=body)
    assert again.status_code == 201, again.text
    assert again.json["table"] == table


def test_a_request_says_how_to_read_and_which_cells_are_missing(client):
    data = b"a,b\n59.990,x\n10.566,none\n-200,y\n"
    query = "?name=said&decimal=,&missing=-200&missing=none"
    made = client.post(f"/datasets{query}", data=data, content_type="text/csv").json
    first, second = made["columns"]
    assert (first["profile"]["max"], first["profile"]["missing"]) == (59990, 1)
    assert (second["profile"]["missing"], second["read_as"]["missing"]) == (1, ["none"])
    assert made["options"]["decimal"] == "," and made["options"]["missing"] == ["-200", "none"]


@pytest.mark.parametrize("query", ["decimal=;", "thousands=x", "dates=YDM", "missing="])
def test_what_cannot_be_said_is_rejected(client, query):
    answer = client.post(f"/datasets?{query}", data=b"a\n1\n", content_type="text/csv")
    assert answer.status_code == 422
    assert query.partition("=")[0] in answer.text


def test_all_cells_that_are_not_what_they_should_be_are_named_together(client):
    data = b"a,b\n" + b"".join(b"%s,1\n" % (b"low" if n % 2 else b"7") for n in range(40))
    answer = client.post("/datasets?types=a:number", data=data, content_type="text/csv")
    assert answer.status_code == 422
    said = [error["detail"] for error in answer.json["errors"]]
    assert said[0] == 'line 3, column "a": must be a number, got "low"'
    assert len(said) == 6 and "20 such cells in all" in said[5] and "missing=low" in said[5]
