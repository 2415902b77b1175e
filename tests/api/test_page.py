"""The page at `/` as it is served: nothing inline, nothing from elsewhere, and nothing sent twice."""

import gzip
import re

import pytest

from service.dashboard.files import STATIC

FILES = ["page.js", "style.css", "favicon.svg", "theme.js"]


def test_the_page_names_only_files_that_are_there(client):
    page = client.get("/")
    assert page.status_code == 200 and page.mimetype == "text/html"
    sources = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert len(sources) >= 4
    for source in sources:
        assert not source.startswith("/") and ":" not in source  # so that it works under every base path
        assert client.get(f"/{source}").status_code == 200


def test_nothing_stands_inline_and_the_policy_forbids_it(client):
    page = client.get("/")
    assert not re.findall(r"<script(?![^>]* src=)|<style|style=|javascript:| on\w+=", page.text)
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", FILES)
def test_a_file_the_browser_has_is_not_sent_again(client, name):
    first = client.get(f"/static/{name}")
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get(f"/static/{name}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    assert client.get(f"/static/{name}", headers={"If-None-Match": '"another"'}).status_code == 200


def test_a_file_is_compressed_for_those_who_can_read_that(client):
    plain = client.get("/static/page.js")
    assert "Content-Encoding" not in plain.headers
    compressed = client.get("/static/page.js", headers={"Accept-Encoding": "gzip"})
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert compressed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(compressed.data) == plain.data


def test_all_pages_together_take_less_than_250_kb_to_fetch(client):
    paths = [f"/static/{path.name}" for path in STATIC.iterdir()]
    sent = [client.get(path, headers={"Accept-Encoding": "gzip"}).data for path in paths]
    assert sum(map(len, sent)) < 250_000


def test_what_is_not_a_file_of_the_page_is_a_problem_like_any_other(client):
    for path in ("/static/nothing.js", "/static/..%2Fpage.py", "/static/__init__.py"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.mimetype == "application/problem+json"
