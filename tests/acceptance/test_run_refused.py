"""What keeps `./run` from starting is said in one sentence, and without a traceback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from service.engine.executors.native.compiler import library
from tests.acceptance.running import ROOT, free_port

TOOLS = ("sh", "dirname", "cat", "cmp", "grep", "mkdir", "tail", "cp")


def run(*arguments: str, program: Path = ROOT / "run", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, timeout=120, env=os.environ | environment
    )


def rejected(*arguments: str, **environment: str) -> str:
    """Start the service in vain; return the one line it said."""
    ended = run("--port", str(free_port()), *arguments, **environment)
    assert ended.returncode == 1
    assert ended.stdout == ""
    line, end = ended.stderr.split("\n")
    assert end == ""
    return line


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = rejected("--port", str(port), "--data", str(tmp_path / "data"))
    assert said == (f"Error: Port {port} on 127.0.0.1 is taken. Stop what is using it, or choose another with --port.")
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    # Nothing can be made below a file, by root neither.
    (tmp_path / "file").touch()
    said = rejected("--data", str(tmp_path / "file" / "data"))
    assert said.startswith(f"Error: The data folder {tmp_path}/file/data cannot be written: ")
    assert said.endswith("Choose another with --data.")


def test_a_folder_in_use_by_another_service(tmp_path: Path) -> None:
    holder = "import sys, time; from pathlib import Path; from service.process.folder import hold\n"
    holder += "with hold(Path(sys.argv[1])): print('held', flush=True); time.sleep(600)"
    command = [sys.executable, "-c", holder, str(tmp_path / "data")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout and other.stdout.readline() == "held\n"
        said = rejected("--data", str(tmp_path / "data"))
        other.kill()
    assert f"is in use by another service (process {other.pid})" in said


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_an_address_beyond_this_machine_without_a_key(tmp_path: Path, host: str) -> None:
    said = rejected("--host", host, "--data", str(tmp_path / "data"))
    assert said.startswith(
        f"Error: The service does not listen on {host}. Beyond this machine every request needs an API key"
    )
    assert "./run keys create --name me --scopes admin" in said


def test_an_address_that_is_not_this_machines(tmp_path: Path) -> None:
    said = rejected("--host", "192.0.2.1", "--data", str(tmp_path / "data"))
    assert "this machine has no such address" in said


def test_a_setting_that_cannot_be_used(tmp_path: Path) -> None:
    said = rejected("--data", str(tmp_path / "data"), FEEDFORWARD_LEASE_SECONDS="soon")
    assert said == "Error: FEEDFORWARD_LEASE_SECONDS must be a whole number from 5 to 3600, got 'soon'"


def test_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "feedforward.db").write_text("a shopping list, by mistake put here " * 100)
    assert rejected("--data", str(tmp_path)).startswith("Error: ")


def test_a_database_server_that_does_not_answer(tmp_path: Path) -> None:
    url = f"postgresql://nobody:secret@127.0.0.1:{free_port()}/nothing"
    said = rejected("--data", str(tmp_path / "data"), DATABASE_URL=url)
    assert said.startswith("Error: ")
    assert "secret" not in said


def test_an_unknown_option_and_an_unknown_command_are_rejected_in_words() -> None:
    for arguments in (["--prot", "8000"], ["sevre"]):
        ended = run(*arguments)
        assert ended.returncode == 2
        assert "No such" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_help_needs_no_environment(tmp_path: Path) -> None:
    ended = run("--help", program=project(tmp_path), PATH=path_with(tmp_path))
    assert ended.returncode == 0
    assert "./run test" in ended.stdout
    assert not (tmp_path / "project" / ".venv").exists()


def project(folder: Path) -> Path:
    """A fresh clone, as far as `run` looks at it; return its `run`."""
    (folder / "project").mkdir()
    for name in ("run", "requirements.txt"):
        shutil.copy(ROOT / name, folder / "project" / name)
    return folder / "project" / "run"


def path_with(folder: Path, **pythons: str) -> str:
    """A PATH of the usual tools and of Pythons that answer as the given shell commands do."""
    programs = folder / "bin"
    programs.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (programs / tool).symlink_to(found)
    for name, commands in pythons.items():
        (programs / name).write_text(f"#!/bin/sh\n{commands}\n")
        (programs / name).chmod(0o755)
    return str(programs)


def test_no_python_at_all(tmp_path: Path) -> None:
    ended = run(program=project(tmp_path), PATH=path_with(tmp_path))
    assert ended.returncode == 1
    assert ended.stderr == (
        "run: Python 3.11 or newer is needed and was not found; on Debian or Ubuntu: apt install python3 python3-venv\n"
    )


def test_a_python_that_is_too_old(tmp_path: Path) -> None:
    ended = run(program=project(tmp_path), PATH=path_with(tmp_path, python3="exit 1"))
    assert ended.returncode == 1
    assert ended.stderr.startswith("run: Python 3.11 or newer is needed and was not found")


def test_a_python_without_venv(tmp_path: Path) -> None:
    without = 'case "$2" in *ensurepip*) echo "No module named ensurepip" >&2; exit 1 ;; esac'
    ended = run(program=project(tmp_path), PATH=path_with(tmp_path, python3=without))
    assert ended.returncode == 1
    assert ended.stderr == (
        "run: python3 cannot make virtual environments; on Debian or Ubuntu: apt install python3-venv\n"
    )


def test_a_project_folder_that_cannot_be_written(tmp_path: Path) -> None:
    program = project(tmp_path)
    (tmp_path / "project" / ".venv").touch()
    ended = run(program=program)
    assert ended.returncode == 1
    assert "the folder has to be writable once, for the first start" in ended.stderr.splitlines()[-1]


def test_packages_that_cannot_be_installed_do_not_count_as_installed(tmp_path: Path) -> None:
    program = project(tmp_path)
    ended = run(program=program, PIP_NO_INDEX="1", PIP_FIND_LINKS="", PIP_CONFIG_FILE=os.devnull)
    assert ended.returncode == 1
    assert "No matching distribution found" in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("run: the packages of requirements.txt could not be installed;")
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "project" / ".venv" / "requirements.txt").exists()


@pytest.fixture
def other_environment(tmp_path: Path) -> Path:
    """A Python with our packages whose environment holds no compiled library yet."""
    python = tmp_path / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(Path(sys.executable).resolve())
    home = Path(sys.executable).resolve().parent
    (tmp_path / "environment" / "pyvenv.cfg").write_text(f"home = {home}\n")
    return python


def native_rejected(python: Path, command: str, folder: Path, **environment: str) -> str:
    """Ask for the native executor in vain; return the one line that is said."""
    paths = [str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))]
    ended = subprocess.run(
        [str(python), "-m", "service.cli", command, "--data", str(folder / "data")],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env=os.environ | {"FEEDFORWARD_EXECUTOR": "native", "PYTHONPATH": os.pathsep.join(paths)} | environment,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    line, end = ended.stderr.split("\n")
    assert end == ""
    return line


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_the_native_executor_without_a_compiler(tmp_path: Path, other_environment: Path, command: str) -> None:
    (tmp_path / "bin").mkdir()
    said = native_rejected(other_environment, command, tmp_path, PATH=str(tmp_path / "bin"))
    assert said.startswith("Error: FEEDFORWARD_EXECUTOR is native, and that executor cannot be used: ")
    assert "there is no C compiler (cc)" in said


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler (cc)")
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_native_executor_that_fails_its_test(tmp_path: Path, other_environment: Path, command: str) -> None:
    compiled = tmp_path / "environment" / "lib" / "feedforward" / library().name
    compiled.parent.mkdir(parents=True)
    (tmp_path / "idle.c").write_text("int run(void *rows, long count) { return 1; }")
    subprocess.run(["cc", "-shared", "-fPIC", str(tmp_path / "idle.c"), "-o", str(compiled)], check=True)
    said = native_rejected(other_environment, command, tmp_path)
    assert said.startswith("Error: FEEDFORWARD_EXECUTOR is native, and that executor cannot be used: ")
    assert "its self-test gave other bytes than Python in float32" in said
