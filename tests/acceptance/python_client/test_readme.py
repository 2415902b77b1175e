"""The Python examples of both READMEs run, one after the other, and print what they should."""

import re
import subprocess
import sys

from tests.acceptance.running import ROOT, RunningService

SHOWN_URL = "http://127.0.0.1:8000"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def run_examples(file: str, service: RunningService) -> subprocess.CompletedProcess[str]:
    code = "\n".join(BLOCK.findall((ROOT / file).read_text())).replace(SHOWN_URL, service.url)
    command = [sys.executable, "-W", "error", "-c", code]
    environment = {"PYTHONPATH": str(ROOT / "clients/python"), "PATH": "/usr/bin:/bin"}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "succeeded  epoch" in ended.stderr
    return ended


def test_the_examples_of_the_client_run(service: RunningService) -> None:
    printed = run_examples("clients/python/README.md", service).stdout
    assert "True" in printed and "['Adelie' 'Chinstrap' 'Gentoo']" in printed  # of the estimators
    assert "['Adelie', 'Adelie', 'Adelie']" in printed and "#/layers/0/units must be at least 1" in printed


def test_the_first_network_gives_what_the_readme_shows(service: RunningService) -> None:
    assert run_examples("README.md", service).stdout == "['Adelie']\n"
