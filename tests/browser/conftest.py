"""A real Chromium at a really started service. Where there is no Chromium these tests are skipped and say so."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    Route,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.acceptance.client import Client
from tests.acceptance.running import RunningService, running

CHROMIUM = os.environ.get("FEEDFORWARD_TEST_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
#: What a page may take for anything on a busy machine of two cores.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
#: The weights of a drawing, as its lines say them when they are pointed at.
WEIGHTS = """[...document.querySelectorAll('.drawing .edges path')].map(line => {
    line.dispatchEvent(new PointerEvent('pointerover', {bubbles: true}));
    return Number(line.closest('.edges').querySelector('title').textContent.split(' = ')[1]);
  })"""


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium on this machine (apt install chromium, or FEEDFORWARD_TEST_CHROMIUM=/path/to/it)")
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running(tmp_path_factory.mktemp("page") / "data") as started:
        yield started


@pytest.fixture
def client(service: RunningService) -> Client:
    return Client(service.url)


class Watched:
    """What a page said on its console and whom it asked, so that a test can say that it was nothing and nobody."""

    def __init__(self, page: Page, url: str) -> None:
        self.errors: list[str] = []
        self.outside: list[str] = []
        #: Set it while the service is down on purpose: the browser itself writes of every refused connection.
        self.forgives_rejections = False
        self._url = url
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._see)

    def _hear(self, said: ConsoleMessage) -> None:
        rejected = self.forgives_rejections and "Failed to load resource" in said.text
        if said.type in ("error", "warning") and not rejected:
            self.errors.append(f"{said.text} ({said.location.get('url')})")

    def _see(self, request: Request) -> None:
        if not request.url.startswith((self._url, "blob:" + self._url)):
            self.outside.append(request.url)


class Held:
    """Requests that are held up on their way to the service, until they are let go."""

    def __init__(self, page: Page, pattern: str | re.Pattern[str]) -> None:
        self.routes: list[Route] = []
        self._page = page
        self._is_open = False
        page.route(pattern, lambda route: route.continue_() if self._is_open else self.routes.append(route))

    def wait(self) -> None:
        """Until there is one."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not self.routes:
            assert time.monotonic() < deadline
            self._page.wait_for_timeout(20)

    def let_go(self) -> None:
        self._is_open = True
        for route in self.routes:
            route.continue_()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=DESKTOP, locale="en-GB", color_scheme="light", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, service: RunningService) -> Page:
    """A page of the service, watched: at the end, there was no error on the console and no request to anywhere else."""
    return context.new_page()


@pytest.fixture(autouse=True)
def watched(page: Page, service: RunningService) -> Iterator[Watched]:
    seen = Watched(page, service.url)
    yield seen
    assert not seen.errors
    assert not seen.outside


@pytest.fixture
def visit(page: Page, service: RunningService) -> Callable[[str], Page]:
    """Go to an address such as `#/networks/cheese`."""

    def go(address: str = "#/") -> Page:
        page.goto(f"{service.url}/{address}")
        page.locator("main").wait_for()
        return page

    return go


@pytest.fixture
def is_accessible(page: Page) -> Callable[[], None]:
    """Let axe look at the page as it stands, in both themes; put in by hand, so that the policy stays in force."""

    def look() -> None:
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.evaluate(AXE.read_text())
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            assert [describe(violation) for violation in found["violations"]] == [], f"in the {theme} theme"
        page.emulate_media(color_scheme="light")

    return look


def describe(violation: dict) -> str:
    places = [f"{' '.join(node['target'])}: {node.get('failureSummary', '')}" for node in violation["nodes"][:5]]
    return f"{violation['id']} ({violation['help']}): {'; '.join(places)}"
