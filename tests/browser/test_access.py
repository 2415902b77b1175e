"""Signing in and out, what a key shows and hides, and keys made, rotated and revoked, at a service that needs keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from service.access.sessions import new_token
from service.storage.sql.open import open_storage
from tests.acceptance.client import Answer, Client
from tests.acceptance.running import RunningService, running
from tests.browser.conftest import PHONE, Watched

LAYERS = [{"type": "dense", "units": 1}]
ROWS = {"inputs": [[0.1, 0.2], [0.3, 0.4]], "targets": [0.3, 0.7]}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running(tmp_path_factory.mktemp("access") / "data") as started:
        yield started


class Admin:
    """Everything by way of the API, with the first key."""

    def __init__(self, url: str) -> None:
        self._client = Client(url)
        self.key = ""
        self.key = self.make("root", "admin")["key"]

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "") -> Answer:
        known = key or self.key
        return self._client.ask(method, path, body, **({"Authorization": f"Bearer {known}"} if known else {}))

    def make(self, name: str, *scopes: str, **wanted: Any) -> Any:
        answer = self.ask("POST", "/keys", {"name": name, "scopes": list(scopes), **wanted})
        assert answer.status == 201, answer.body
        return answer.json

    def listed(self, path: str) -> Any:
        return self.ask("GET", path).json["data"]


@pytest.fixture(scope="module")
def admin(service: RunningService) -> Admin:
    """With a network, trained once, and a data set."""
    made = Admin(service.url)
    made.ask("POST", "/networks", {"name": "churn-1", "inputs": 2, "layers": LAYERS})
    made.ask("POST", "/train", {"network": "churn-1", "data": ROWS, "epochs": 2})
    made.ask("POST", "/datasets?name=rows", [{"a": 1, "b": 2}, {"a": 2, "b": 4}])
    return made


@pytest.fixture(autouse=True)
def rejected(watched: Watched, admin: Admin) -> None:
    """A browser writes every 401 to the console, and these tests are about them."""
    watched.forgives_rejections = True


Visit = Callable[[str], Page]
Look = Callable[[], None]


@pytest.fixture
def enter(visit: Visit) -> Callable[..., Page]:
    """Visit an address and sign in there."""

    def go(key: str, address: str = "#/") -> Page:
        page = visit(address)
        sign_in(page, key)
        expect(page.get_by_role("navigation", name="Main")).to_be_visible()
        return page

    return go


def sign_in(page: Page, key: str) -> None:
    page.get_by_label("Key", exact=True).fill(key)
    page.get_by_role("button", name="Sign in").click()


def account(page: Page) -> Any:
    return page.get_by_role("link", name=re.compile("Signed in as"))


def test_a_visitor_signs_in_where_they_are_and_a_wrong_key_is_said(visit: Visit, admin: Admin, is_accessible: Look):
    page = visit("#/jobs?search=churn")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_label("Key", exact=True)).to_be_focused()
    is_accessible()
    sign_in(page, "ff_" + 36 * "0")
    expect(page.get_by_text("unknown, expired or revoked")).to_be_visible()
    is_accessible()
    sign_in(page, admin.key)
    expect(page.get_by_role("heading", level=1)).to_have_text("All trainings")
    expect(page.get_by_role("link", name="churn-1")).to_be_visible()
    expect(account(page)).to_have_text(re.compile("root"))
    assert page.url.endswith("#/jobs?search=churn")
    assert admin.key not in page.evaluate("JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])")


def test_a_reader_sees_no_button_that_would_fail(enter: Callable[..., Page], admin: Admin, is_accessible: Look):
    page = enter(admin.make("reader", "read")["key"])
    navigation = page.get_by_role("navigation", name="Main")
    expect(page.get_by_role("link", name="churn-1", exact=True)).to_be_visible()
    expect(navigation.get_by_role("link")).to_have_text(["Home", "Trainings", "Data"])
    expect(page.get_by_role("link", name=re.compile("Train:|Predict:|New network"))).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("Train it"))).to_have_count(0)
    page.get_by_role("link", name="churn-1", exact=True).click()
    expect(page.get_by_role("navigation", name="This network").get_by_role("link")).to_have_text(
        ["Overview", "Look inside", "Versions", "Monitoring"]
    )
    expect(page.locator("main table")).to_be_visible()
    expect(page.locator("main").get_by_role("button")).to_have_count(0)
    is_accessible()
    for address, there in (("#/datasets", "rows"), ("#/datasets/rows", "What does each column contain?")):
        page.goto(page.url.partition("#")[0] + address)
        expect(page.get_by_text(there).first).to_be_visible()
        expect(page.locator("main").get_by_role("button")).to_have_count(0)
    page.goto(page.url.partition("#")[0] + "#/build")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your key does not allow this")
    expect(page.get_by_text("with the scope train")).to_be_visible()
    is_accessible()


def test_a_key_for_some_names_shows_these_alone(enter: Callable[..., Page], admin: Admin):
    page = enter(admin.make("other", "train", networks=["other-*"])["key"])
    expect(page.get_by_role("button", name="XOR: Train it")).to_be_visible()
    expect(page.get_by_text("churn-1")).to_have_count(0)
    account(page).click()
    expect(page.get_by_text("other-*")).to_be_visible()
    expect(page.get_by_role("heading", name="Keys")).to_have_count(0)


def test_the_link_of_a_start_signs_in_once_and_leaves_no_trace(
    visit: Visit, page: Page, service: RunningService, is_accessible: Look
):
    link = f"#/sign-in?token={token_of(service)}"
    visit(link)
    expect(account(page)).to_have_text(re.compile("sign-in link"))
    assert page.url.endswith("#/")
    account(page).click()
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.evaluate("address => { location.hash = address }", link)  # in a tab that is open
    expect(page.get_by_text("already used")).to_be_visible()
    assert "token" not in page.url
    is_accessible()


def token_of(service: RunningService) -> str:
    storage = open_storage(f"sqlite:///{service.folder / 'feedforward.db'}")
    try:
        return new_token(storage)
    finally:
        storage.close()


def test_a_session_that_ends_in_the_midst_of_work_loses_none_of_it(
    enter: Callable[..., Page], admin: Admin, is_accessible: Look
):
    key = admin.make("worker", "train")
    page = enter(key["key"], "#/build")
    name_it(page, "kept-draft")
    end_sessions(admin)
    page.get_by_role("button", name="Create the network").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_label("Name")).to_be_hidden()
    sign_in(page, key["key"])
    page.wait_for_url(re.compile("#/networks/kept-draft/train"))
    assert admin.ask("GET", "/networks/kept-draft").status == 200


def name_it(page: Page, name: str) -> None:
    """Until the service has looked at the draft with this name: with a key that only trains, the page asks no more."""
    with page.expect_request_finished(lambda request: name in (request.post_data or "")):
        page.get_by_label("Name").fill(name)


def end_sessions(admin: Admin) -> None:
    for session in admin.listed("/sessions"):
        admin.ask("DELETE", f"/sessions/{session['id']}")


def test_another_key_does_not_go_on_with_the_work_of_the_last(enter: Callable[..., Page], admin: Admin):
    page = enter(admin.make("worker", "train")["key"], "#/build")
    name_it(page, "never-made")
    end_sessions(admin)
    page.get_by_role("button", name="Create the network").click()
    sign_in(page, admin.make("reader", "read")["key"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Your key does not allow this")
    assert admin.ask("GET", "/networks/never-made").status == 404


def test_an_admin_makes_a_key_which_is_shown_once(
    enter: Callable[..., Page], admin: Admin, page: Page, is_accessible: Look
):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    enter(admin.key, "#/access")
    page.get_by_role("button", name="New key").click()
    page.get_by_label("Name", exact=True).fill("ci")
    page.get_by_label("Only these names").fill("churn-*, no/slash")
    page.get_by_label("predict", exact=True).check()
    page.get_by_label("Expires").select_option(label="90 days")
    page.get_by_text("Limits of this key").click()
    page.get_by_label("Predictions", exact=True).fill("fast")
    page.get_by_label("Stored data, in MB").fill("20")
    is_accessible()
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_label("Only these names")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Predictions", exact=True)).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Only these names").fill("churn-*")
    page.get_by_label("Predictions", exact=True).fill("100/second")
    page.get_by_role("button", name="Make the key").click()
    secret = page.get_by_role("region", name="Key", exact=True)
    expect(secret).to_have_text(re.compile(r"^ff_\w{36}$"))
    is_accessible()
    key = secret.inner_text()
    page.get_by_role("button", name="Copy the key").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == key
    said = admin.ask("GET", "/session", key=key).json
    assert (said["name"], said["scopes"], said["networks"]) == ("ci", ["read", "predict"], ["churn-*"])
    row = page.get_by_role("row").filter(has_text="ci")
    expect(row).to_contain_text("churn-*")
    expect(row).to_contain_text("in 90 d")
    expect(row).to_contain_text("Predictions: 100/second, Stored data, in MB: 20 MB")
    page.reload()
    expect(row).to_be_visible()
    expect(page.get_by_text(key)).to_have_count(0)


def test_an_admin_revokes_a_key_after_being_asked(enter: Callable[..., Page], admin: Admin):
    key = admin.make("leaver", "read")
    page = enter(admin.key, "#/access")
    row = page.get_by_role("row").filter(has_text="leaver")
    row.get_by_role("button", name="Revoke: leaver").click()
    row.get_by_role("button", name="Revoke it").click()
    expect(row).to_have_count(0)
    assert admin.ask("GET", "/networks", key=key["key"]).status == 401
    page.get_by_label("Show revoked and expired keys").check()
    expect(row).to_contain_text("revoked")


def test_an_admin_rotates_the_own_key_and_stays_signed_in(enter: Callable[..., Page], admin: Admin):
    key = admin.make("second", "admin")
    page = enter(key["key"], "#/access")
    page.get_by_role("button", name="Rotate: second").click()
    page.get_by_label("The old key works for").select_option(label="no longer")
    page.get_by_role("button", name="Rotate", exact=True).click()
    secret = page.get_by_role("region", name="Key", exact=True)
    expect(secret).to_have_text(re.compile(r"^ff_\w{36}$"))
    assert admin.ask("GET", "/session", key=key["key"]).status == 401
    assert admin.ask("GET", "/session", key=secret.inner_text()).json["name"] == "second"
    expect(account(page)).to_have_text(re.compile("second"))
    expect(page.get_by_role("row").filter(has_text="second").filter(has_text="this one")).to_be_visible()


def test_an_admin_signs_another_browser_out(enter: Callable[..., Page], admin: Admin):
    other = admin.make("elsewhere", "read")["key"]
    admin.ask("POST", "/session", {"key": other})
    page = enter(admin.key, "#/access")
    row = page.get_by_role("region", name="Signed-in browsers").get_by_role("row").filter(has_text="elsewhere")
    row.get_by_role("button", name="Sign out").click()
    row.get_by_role("button", name="Sign this browser out").click()
    expect(row).to_have_count(0)
    expect(page.get_by_role("row").filter(has_text="this one").first).to_be_visible()


def test_signing_out_ends_the_session_and_forgets_what_was_shown(enter: Callable[..., Page], admin: Admin, page: Page):
    enter(admin.key, "#/access")
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    assert len(cookies) == 1
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_text("churn-1")).to_have_count(0)
    assert page.context.cookies() == []
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    assert Client(page.url.partition("/#")[0].rstrip("/")).ask("GET", "/session", Cookie=cookie).status == 401


@pytest.mark.parametrize("language", ["en", "ko"])
def test_access_fits_a_phone_in_both_languages(
    visit: Visit, page: Page, admin: Admin, is_accessible: Look, language: str
):
    page.set_viewport_size(PHONE)
    visit("#/access")
    page.evaluate("chosen => localStorage.setItem('feedforward.language', chosen)", language)
    page.reload()
    page.locator("input[type=password]").fill(admin.key)
    page.locator("button[type=submit]").click()
    page.locator("table").first.wait_for()
    page.get_by_role("button", name="New key" if language == "en" else "새 키").click()
    page.locator("form").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    is_accessible()
