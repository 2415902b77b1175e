"""A page of another site tries to get in, in a real Chromium: by requests that need no permission, and by rebinding."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.acceptance.client import Client
from tests.acceptance.running import RunningService
from tests.browser.conftest import CHROMIUM, PATIENCE_MS

#: Sends a form and plain text without asking for permission, which a browser lets any page do. Answers once both ended.
UPLOADS = """async url => {
  const send = (path, body) => fetch(url + path, {method: "POST", mode: "no-cors", body}).catch(() => null);
  const form = new FormData();
  form.append("file", new Blob(["a,b\\n1,2\\n"]), "owned-by-page.csv");
  await send("/datasets", form);
  await send("/datasets?name=owned-plain", "a,b\\n1,2\\n");
  for (const action of ["cancel", "pause", "resume"]) await send(`/jobs/job_1/${action}`);
}"""
#: What a rebound page would do: it is of the same origin as the service, as far as the browser knows.
READS = """async () => {
  const upload = await fetch("/datasets?name=rebound", {method: "POST", body: "a,b\\n1,2\\n"});
  const removal = await fetch("/datasets/kept", {method: "DELETE"});
  const list = await fetch("/datasets");
  return {statuses: [upload.status, removal.status, list.status], text: await list.text()};
}"""


@pytest.fixture(autouse=True)
def watched() -> None:
    """These pages are elsewhere, and are meant to fail."""


class ForeignPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>a page of another site</title>")

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of a page of another site."""
    with HTTPServer(("127.0.0.1", 0), ForeignPage) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def kept(client: Client, service: RunningService) -> Iterator[set[str]]:
    """The names of the data sets that are there, of which none may be added or lost."""
    client.post("/datasets?name=kept", [{"a": 1, "b": 2}])
    yield {"kept"}
    assert {dataset["name"] for dataset in client.get("/datasets")["data"]} == {"kept"}


def test_a_foreign_page_uploads_nothing(page: Page, service: RunningService, elsewhere: str, kept: set[str]) -> None:
    before = rejections(service)
    page.goto(elsewhere)
    page.evaluate(UPLOADS, service.url)
    assert rejections(service) - before == 5


def rejections(service: RunningService) -> int:
    """How many requests have been answered with 403; the page itself is not shown the answers."""
    counted = re.findall(r'^feedforward_requests_total\{.*status="403"\} (\d+)', metrics(service), re.MULTILINE)
    return sum(map(int, counted))


def metrics(service: RunningService) -> str:
    return Client(service.url).ask("GET", "/metrics").body.decode()


def test_a_foreign_page_can_neither_frame_nor_read(page: Page, service: RunningService, elsewhere: str) -> None:
    page.goto(elsewhere)
    page.set_content(f'<iframe src="{service.url}/docs"></iframe>')
    frame = page.frames[-1]
    frame.wait_for_load_state()
    assert frame.locator("#swagger-ui").count() == 0
    assert (
        page.evaluate("url => fetch(url + '/networks').then(() => 'read', () => 'blocked')", service.url) == "blocked"
    )


@pytest.fixture
def rebound(playwright: Playwright) -> Iterator[Browser]:
    """A browser whose name server says that evil.test is this machine."""
    arguments = ["--host-resolver-rules=MAP evil.test 127.0.0.1", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
    yield browser
    browser.close()


def test_a_rebound_name_reads_and_changes_nothing(rebound: Browser, service: RunningService, kept: set[str]) -> None:
    page = rebound.new_page()
    page.set_default_timeout(PATIENCE_MS)
    answer = page.goto(f"http://evil.test:{service.port}/")
    assert answer is not None and answer.status == 421
    found = page.evaluate(READS)
    assert found["statuses"] == [421, 421, 421]
    assert "kept" not in found["text"]
