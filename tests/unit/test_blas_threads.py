import os

import pytest

from service.process.web import keep_to_one_thread

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def test_a_web_process_computes_in_one_thread_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.setenv(variable, "1")  # so that it is put back afterwards
        monkeypatch.delenv(variable)
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    keep_to_one_thread()
    assert [os.environ[variable] for variable in VARIABLES] == ["1", "2", "1"]
