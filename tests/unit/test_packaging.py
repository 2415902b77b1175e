"""What is installed: exact versions, with hashes, from wherever the user's pip gets its packages."""

import re
import tomllib
from pathlib import Path

import pytest

import feedforward_client
from service.domain.release import VERSION

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z,]+\])?==([^ ;]+)(.*?)\\$", re.MULTILINE)


def pins(name: str) -> list[tuple[str, str, str]]:
    """Name, version and marker of every pinned package; one package may have several, by marker."""
    return PIN.findall((ROOT / name).read_text())


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_one_version_and_a_hash(name):
    text = (ROOT / name).read_text()
    blocks = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(pins(name)) > 20
    assert all("--hash=sha256:" in block for block in blocks)


@pytest.mark.parametrize("name", LOCKS)
def test_no_list_names_an_index_or_a_folder(name):
    text = (ROOT / name).read_text()
    assert not re.findall(r"https?://|file:|--index|--extra|--find-links|--trusted| /", text)


def test_tests_run_on_the_very_versions_that_users_get():
    # On which platforms each is needed may differ: pandas asks for tzdata on one more.
    served, tested = ({pin[:2] for pin in pins(name)} for name in LOCKS)
    assert served <= tested


def test_every_package_asked_for_is_pinned():
    for name in LOCKS:
        asked = re.findall(r"^([a-z0-9-]+)", (ROOT / name.replace(".txt", ".in")).read_text(), re.MULTILINE)
        assert set(asked) - {"-r"} <= {pin[0] for pin in pins(name)}


def test_the_version_is_the_same_everywhere():
    for file in ("pyproject.toml", "clients/python/pyproject.toml"):
        assert tomllib.loads((ROOT / file).read_text())["project"]["version"] == VERSION
    assert feedforward_client.__version__ == VERSION


@pytest.mark.parametrize("name", ["run", ".ci/run", ".ci/page"])
def test_the_scripts_can_be_executed(name):
    assert (ROOT / name).stat().st_mode & 0o111
