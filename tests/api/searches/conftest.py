"""A table to search for, and searches of it."""

import pytest

from tests.api.searches.searched import BODY, ROWS


@pytest.fixture
def cheeses(client):
    answer = client.post("/datasets?name=cheeses", data=ROWS, content_type="text/csv")
    assert answer.status_code == 201, answer.text
    return answer.json


@pytest.fixture
def search(client, cheeses):
    """Make a search that must be accepted."""

    def make(**fields):
        answer = client.post("/searches", json={**BODY, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json

    return make


@pytest.fixture
def trials(client):
    def read(made):
        return client.get(f"/searches/{made['id']}/trials?limit=100").json["data"]

    return read
