"""Clients generated from openapi.json compile, and do the main job with the started service.

The environments are those that `.ci/generators` makes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.running import RunningService, running

ROOT, HERE = Path(__file__).parents[2], Path(__file__).parent
FOLDER = Path(os.environ.get("FEEDFORWARD_GENERATORS") or ROOT / ".generators")
DOCUMENT = ROOT / "openapi.json"
DONE = {"status": "succeeded", "one": ["like"], "many": ["like"], "epochs": 5}


def environment(name: str, lock: str) -> Path:
    """Skips the test where the environment is not there, or is not the locked one."""
    made, wanted = FOLDER / name / lock, HERE / name / lock
    if not made.exists() or made.read_bytes() != wanted.read_bytes():
        pytest.skip(f"The environment of {name} is not there: run .ci/generators")
    return FOLDER / name


def run(*command: str | Path, folder: Path, seconds: float = 300) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, f"{command[0]}: {(done.stdout + done.stderr)[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running(tmp_path_factory.mktemp("service") / "data") as started:
        yield started


@pytest.fixture
def typescript(tmp_path: Path) -> Path:
    """A folder with our programs, and the generators' packages above."""
    made = environment("typescript", "package-lock.json")
    for source in (HERE / "typescript").iterdir():
        shutil.copy(source, tmp_path)
    (tmp_path / "node_modules").symlink_to(made / "node_modules")
    return tmp_path


def tool(folder: Path, name: str, *arguments: str | Path) -> str:
    return run(folder / "node_modules/.bin" / name, *arguments, folder=folder)


def test_redocly_and_spectral_find_no_error(typescript: Path) -> None:
    tool(typescript, "redocly", "lint", DOCUMENT)
    (typescript / ".spectral.yaml").write_text("extends: spectral:oas\n")
    tool(typescript, "spectral", "lint", DOCUMENT, "--ruleset", ".spectral.yaml", "--fail-severity", "error", "--quiet")


@pytest.mark.timeout(900)
def test_clients_in_typescript_compile_and_do_the_main_job(typescript: Path, service: RunningService) -> None:
    tool(typescript, "openapi-typescript", DOCUMENT, "--default-non-nullable=false", "-o", "schema.ts")
    tool(typescript, "openapi-ts", "-i", DOCUMENT, "-o", "hey", "-c", "@hey-api/client-fetch")
    tool(typescript, "swagger-typescript-api", "generate", "-p", DOCUMENT, "-o", "sta", "-n", "api.ts", "--silent")
    tool(typescript, "tsc", "-p", ".")
    for name in ("fetch", "hey", "sta"):
        options = ("--bundle", "--platform=node", "--format=esm", "--target=node20", f"--outfile={name}.mjs")
        tool(typescript, "esbuild", f"{name}.ts", *options)
        assert json.loads(run("node", f"{name}.mjs", service.url, folder=typescript)) == DONE


@pytest.mark.timeout(900)
def test_the_client_in_python_compiles_and_does_the_main_job(tmp_path: Path, service: RunningService) -> None:
    programs = environment("python", "requirements.txt") / "bin"
    generate = ("generate", "--path", DOCUMENT, "--output-path", "generated", "--meta", "none")
    told = run(programs / "openapi-python-client", *generate, folder=tmp_path)
    assert "Unable to process schema" not in told, told[told.index("Unable to process schema") :]
    run(programs / "python", "-m", "compileall", "-q", "generated", folder=tmp_path)
    shutil.copy(HERE / "python/main.py", tmp_path)
    assert json.loads(run(programs / "python", "main.py", service.url, folder=tmp_path)) == DONE
