"""The page below a base path, behind nginx and TLS, in a real Chromium: it signs in, works and stays below the path."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.acceptance.test_nginx import NAME, NGINX, Reached, reached  # noqa: F401  # a fixture
from tests.browser.conftest import CHROMIUM, PATIENCE_MS

pytestmark = pytest.mark.skipif(NGINX is None, reason="needs nginx")


@pytest.fixture(autouse=True)
def watched() -> None:
    """The page is elsewhere."""


@pytest.fixture
def page(playwright: Playwright) -> Iterator[Page]:
    """In a browser whose name server says that the proxy is this machine."""
    arguments = [f"--host-resolver-rules=MAP {NAME} 127.0.0.1", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
    page = browser.new_page(ignore_https_errors=True)
    page.set_default_timeout(PATIENCE_MS)
    yield page
    browser.close()


def test_the_page_signs_in_below_the_path_and_asks_nothing_outside_of_it(page: Page, reached: Reached) -> None:  # noqa: F811
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    status, _, body = reached.ask_with_key(
        "POST", "/ff/networks", {"name": "below", "inputs": 2, "layers": [{"type": "dense", "units": 1}]}
    )
    assert status == 201, body
    root = f"https://{NAME}:{reached.port}/ff/"
    page.goto(root)
    page.get_by_label("Key", exact=True).fill(reached.key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    assert [cookie["name"] for cookie in page.context.cookies()] == ["__Host-ff"]
    page.reload()
    expect(page.get_by_role("link", name=re.compile("Signed in as me"))).to_be_visible()
    page.goto(f"{root}#/networks/below")
    expect(page.get_by_role("heading", level=1)).to_contain_text("below")
    page.goto(f"{root}docs")
    expect(page.locator("#swagger-ui .info .title")).to_contain_text("Feedforward")
    assert not [url for url in asked if not url.startswith((root, "data:", "blob:"))]
