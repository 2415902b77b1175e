"""A network leaves the page as a file, and the lines that stand beside it use that file."""

import json
import re
import subprocess
import sys
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.acceptance.client import Client

LINES = [
    f"{40 + row % 7},{island},{'yes' if row % 3 else 'no'},2024-0{1 + row % 9}-11T08:00:00Z,{species}"
    for row in range(40)
    for island, species in [(("Dream", "Gentoo"), ("Torgersen", "Adelie"))[row % 2]]
]
CSV = "\n".join(["mass,island,adult,seen,species", *LINES])


@pytest.fixture(scope="module")
def birds(service):
    client = Client(service.url)
    upload = urllib.request.Request(f"{service.url}/datasets?name=birds", CSV.encode(), {"Content-Type": "text/csv"})
    urllib.request.urlopen(upload, timeout=60).close()
    body = client.get("/datasets/birds/proposal?target=species")
    client.post("/networks", body["network"] | {"name": "birds"})
    client.post("/train", body["train"] | {"network": "birds", "epochs": 20}, Prefer="wait=60")
    return client.post("/networks/birds/versions", {"snapshot": "live", "note": "first"})


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("Python file", "Adelie"),
        ("ONNX (matrices)", "Adelie"),
        ("ONNX (columns)", "Adelie"),
        ("Weights, safetensors", "weights"),
        ("Weights, JSON", "dense"),
    ],
)
def test_the_code_beside_a_file_uses_it(visit, birds, tmp_path, is_accessible, form, said):
    page = visit("#/networks/birds/versions")
    page.get_by_role("button", name="Download version 1").click()
    expect(page.get_by_label("Weights to download")).to_have_value("1")
    page.get_by_label("As", exact=True).select_option(form)
    with page.expect_download() as saved:
        page.get_by_role("button", name=re.compile("^Download n?birds")).click()
    saved.value.save_as(tmp_path / saved.value.suggested_filename)
    (tmp_path / "rows.csv").write_text(CSV)
    code = page.get_by_role("region", name="Three lines to use it").inner_text()
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert said in done.stdout
    if form == "Python file":
        is_accessible()


def test_a_package_that_the_service_lacks_is_told_in_words(visit, birds, watched, page):
    problem = {
        "type": "/problems/not_installed",
        "title": "Not installed",
        "status": 501,
        "detail": "Run pip install onnx.",
    }
    page.route(
        "**/export?*",
        lambda route: route.fulfill(status=501, content_type="application/problem+json", body=json.dumps(problem)),
    )
    watched.forgives_rejections = True
    visit("#/networks/birds/versions?format=onnx")
    page.get_by_role("button", name="Download birds.onnx").click()
    note = page.get_by_role("alert")
    expect(note).to_contain_text("Run pip install onnx.")
    expect(note).to_contain_text("The operator of the service can install it")
