"""README and first steps are true: their shell lines run, the answers are those shown, and what they name is there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from service.cli.commands import main
from service.config import Config, variable_of
from tests.acceptance.client import Client
from tests.acceptance.processes import until
from tests.acceptance.running import ROOT, RunningService

README, START, API, CONFIGURATION, CONTRIBUTING = (
    (ROOT / name).read_text()
    for name in ("README.md", "docs/start.md", "docs/api.md", "docs/configuration.md", "CONTRIBUTING.md")
)
SHOWN_URL = "http://127.0.0.1:8000"
#: Each block of shell lines, and the answer shown below it if there is one.
BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:\n```json\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
BLOCKS, FIRST_STEPS = BLOCK.findall(README + START), BLOCK.findall(START)
ENDED = ("succeeded", "failed", "cancelled")
#: Every curl prints errors and fails by them.
STRICT_CURL = 'set -eu; curl() { command curl --silent --show-error --fail-with-body "$@"; }\n'


def shell(lines: str, service: RunningService, folder: Path) -> str:
    script = STRICT_CURL + lines.replace(SHOWN_URL, service.url)
    ended = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def matches(shown: Any, actual: Any) -> bool:
    """Whether all that is shown is there: some members of an object, and numbers by the digits shown."""
    if isinstance(shown, dict):
        return all(key in actual and matches(value, actual[key]) for key, value in shown.items())
    if isinstance(shown, list):
        return len(shown) == len(actual) and all(map(matches, shown, actual))
    if isinstance(shown, Decimal):
        return round(Decimal(actual), -int(shown.as_tuple().exponent)) == shown
    return bool(shown == actual)


@pytest.mark.usefixtures("curl")
def test_every_shell_line_runs_and_is_answered_as_shown(
    service: RunningService, client: Client, tmp_path: Path
) -> None:
    assert len(BLOCKS) >= 5 and sum("curl" in lines for lines, _ in BLOCKS) == len(BLOCKS)
    (tmp_path / "service").symlink_to(ROOT / "service")
    for lines, shown in BLOCKS:
        answer = shell(lines, service, tmp_path)
        until(lambda: all(job["status"] in ENDED for job in client.get("/jobs")["data"]), "the end of the trainings")
        if shown:
            expected = json.loads(shown, parse_float=Decimal)
            assert matches(expected, json.loads(answer)), f"{lines}\nis answered\n{answer}"
    assert (tmp_path / "cheese.svg").read_text().startswith("<svg")


def test_the_javascript_prints_what_it_shows(service: RunningService, tmp_path: Path) -> None:
    if shutil.which("node") is None:
        pytest.skip("Node is not there.")
    [program] = re.findall(r"^```js\n(.*?)^```\n", README, re.MULTILINE | re.DOTALL)
    (tmp_path / "first.mjs").write_text(program.replace(SHOWN_URL, service.url))
    (tmp_path / "service").symlink_to(ROOT / "service")
    ended = subprocess.run(["node", "first.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == program.rpartition("// ")[2].strip()


@pytest.mark.usefixtures("curl")
def test_the_first_network_has_learnt_all_six_cheeses(service: RunningService, client: Client, tmp_path: Path) -> None:
    if client.ask("GET", "/networks/cheese").status == 404:
        for lines, _ in FIRST_STEPS[:2]:
            shell(lines, service, tmp_path)
    found = re.search(r'"data": (\{.*?\})\}', FIRST_STEPS[1][0], re.DOTALL)
    assert found
    data = json.loads(found[1])
    answer = client.post("/predict", {"network": "cheese", "inputs": data["inputs"]})
    assert answer["labels"] == data["targets"]


def test_the_line_that_says_the_address_is_the_one_shown(service: RunningService) -> None:
    shown = next(line for line in README.splitlines() if line.startswith("Feedforward is ready at"))
    shown = shown.replace("/home/you/feedforward/data", str(service.folder)).replace(SHOWN_URL, service.url)
    until(lambda: shown in service.log().splitlines(), f"the line {shown!r}")


def test_every_path_in_the_table_of_the_api_is_there(client: Client) -> None:
    table = "".join(re.findall(r"^\| `(?:GET|POST) .*$", API, re.MULTILINE))
    paths = set(re.findall(r"[ `](/[\w./{}]+)", table))
    assert len(paths) > 20
    for path in paths - set(client.get("/openapi.json")["paths"]):
        assert client.ask("GET", path).status in (200, 405), path  # 405: it is there, for another method


def test_the_table_of_settings_is_that_of_the_configuration() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) ?\| (.*) \|$", CONFIGURATION, re.MULTILINE)
    expected = [(variable_of(item), default(item.default), item.metadata["help"]) for item in fields(Config)]
    assert rows == expected


def default(value: Any) -> str:
    return (
        "" if value in ("", None, frozenset(), ()) else f"`{str(value).lower() if isinstance(value, bool) else value}`"
    )


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"`?\./run (?!test)([a-z][a-z-]+)", README + CONFIGURATION + CONTRIBUTING)))
)
def test_every_command_that_is_named_is_there(command: str) -> None:
    assert CliRunner().invoke(main, [command, "--help"]).exit_code == 0


@pytest.mark.parametrize("page", ["README.md", "docs/start.md", "docs/api.md", "docs/configuration.md"])
def test_every_file_that_is_linked_is_there(page: str) -> None:
    linked = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / page).read_text())
    assert len(linked) >= 2
    assert [path for path in linked if not (ROOT / page).parent.joinpath(path).exists()] == []


def test_every_place_that_is_listed_is_there() -> None:
    listed = [
        path
        for path in re.findall(r"`([\w./-]+)`", CONTRIBUTING)
        if re.match(r"(service|tests|docs|migrations)/", path) and "NNNN" not in path
    ]
    assert len(listed) >= 10
    assert [path for path in listed if not (ROOT / path).exists()] == []


def test_every_page_of_the_documentation_is_linked_from_the_readme() -> None:
    pages = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    assert pages - set(re.findall(r"\]\(([^)#:]+)", README)) == set()
