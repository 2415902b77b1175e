"""Which executor runs, and what happens where the native one cannot be had."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from service.engine.executors import choice
from service.engine.executors.native import compiler, library, loops, selftest
from service.engine.executors.native.compiler import Unavailable
from service.engine.executors.native.program import NativeExecutor
from service.engine.inspection.left_calls import left_calls
from service.engine.tape import Recorder
from tests.unit.engine.executors.comparing import executor, why_not
from tests.unit.engine.factories import a_network, a_trainer, dense, some_rows

ROOT = Path(__file__).parents[4]
needs_native = pytest.mark.skipif(bool(why_not()), reason=f"no native executor: {why_not()}")


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """No library yet, and no compiler."""
    monkeypatch.setattr(compiler, "folder", lambda: tmp_path / "lib")
    monkeypatch.setenv("PATH", str(tmp_path))
    library.loaded.cache_clear()
    yield
    library.loaded.cache_clear()


def test_auto_without_a_compiler_is_python_and_says_why(nowhere):
    with executor("auto"):
        assert choice.chosen().name == "python"
        assert choice.reason() == "there is no C compiler (cc)"


def test_native_without_a_compiler_is_an_error(nowhere):
    with executor("native"), pytest.raises(Unavailable, match=r"there is no C compiler \(cc\)"):
        choice.chosen()


def test_python_needs_no_reason(nowhere):
    with executor("python"):
        assert (choice.chosen().name, choice.reason()) == ("python", "")


def test_an_unknown_executor_is_rejected():
    with pytest.raises(ValueError, match="jax is not one of auto, python, native"):
        choice.choose("jax")


@needs_native
def test_the_library_is_compiled_once(monkeypatch, tmp_path):
    monkeypatch.setattr(compiler, "folder", lambda: tmp_path / "lib")
    first = compiler.library()
    made = first.stat().st_mtime_ns
    assert compiler.library() == first and first.stat().st_mtime_ns == made
    assert [path.name for path in first.parent.iterdir()] == [first.name]


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo 'loop.c: no such thing' >&2; exit 1", "cannot compile loop.c: loop.c: no such thing"),
        ("exit 3", "cannot compile loop.c: status 3"),
    ],
)
def test_a_compiler_that_fails_is_the_reason(monkeypatch, tmp_path, script, message):
    cc = tmp_path / "cc"
    cc.write_text(f"#!/bin/sh\n{script}\n")
    cc.chmod(0o755)
    monkeypatch.setattr(compiler, "folder", lambda: tmp_path / "lib")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match=message):
        compiler.library()


def test_a_folder_that_cannot_be_written_is_the_reason(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setattr(compiler, "folder", lambda: tmp_path / "file" / "lib")
    with pytest.raises(Unavailable, match="is not writable|there is no C compiler"):
        compiler.library()


@needs_native
def test_other_bytes_in_the_self_test_turn_it_off(monkeypatch):
    monkeypatch.setattr(selftest, "_results", lambda executor, dtype: [np.array(executor.name == "native")])
    with executor("auto"):
        assert choice.chosen().name == "python"
        assert choice.reason() == "its self-test gave other bytes than Python in float32"


@needs_native
def test_a_ufunc_that_looks_different_is_not_read():
    class Ufunc:
        nin, nout, nargs, ntypes = 2, 1, 3, 4

    with pytest.raises(Unavailable, match="NumPy's ufuncs"):
        loops.loop_of(Ufunc(), "fff")


@needs_native
@pytest.mark.parametrize(
    ("name", "epochs", "expected"),
    [
        ("auto", choice.WORTHWHILE_RUNS - 1, "PythonProgram"),
        ("auto", choice.WORTHWHILE_RUNS, "NativeProgram"),
        ("native", 1, "NativeProgram"),
        ("python", 10**6, "PythonProgram"),
    ],
)
def test_a_program_that_runs_rarely_stays_in_python(name, epochs, expected):
    network = a_network(dense(2))
    with executor(name):
        plan = a_trainer(network, some_rows(network), epochs=epochs, batch_size=4)._run.last_plan
    assert [type(program).__name__ for program in plan.programs] == [expected]


@needs_native
def test_the_catalogue_leaves_few_calls_to_python():
    calls = {call for of_part in left_calls().values() for call in of_part}
    assert len(calls) < 10


@needs_native
def test_what_a_program_does_not_lower_it_calls_in_between():
    tape, seen = Recorder(rows=3, dtype="float32"), []
    a = tape.new(2, 3)
    tape.call(a.fill, 1)
    tape.call(lambda: seen.append(float(a.sum())), help="in Python")
    tape.call(a.fill, 2)
    tape.call(lambda: seen.append(float(a.sum())), help="in Python")
    program = NativeExecutor().prepare(tape.calls, {1, 2})
    assert program.left == ["in Python", "in Python"]
    program.run(0, 2)
    assert seen == [6.0]
    program.run(0, 4)
    assert seen == [6.0, 6.0, 12.0]


def test_the_compiler_runs_before_the_packages_are_installed():
    """As in the image's first stage: with nothing but the folder itself."""
    code = "import compiler, sys; print(any('numpy' in name for name in sys.modules))"
    folder = Path(compiler.__file__).parent
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=folder, capture_output=True, text=True, env=os.environ
    )
    assert done.stdout == "False\n", done.stderr
