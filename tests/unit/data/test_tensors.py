"""What does not fit into memory is a MemoryError, in every process and at any size."""

import resource
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from service.data import frame_bytes
from service.data.frame import Column, Frame
from service.data.tensors import read_tensors, write_tensors

ROOM_BYTES = 2**24


def in_little_memory(function, *arguments):
    """Call a function in a new process that may take 16 MiB more than it has; return the name of what it raises."""
    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_limited, args=(there, function, arguments))
    child.start()
    there.close()
    assert here.poll(60), "the process hangs"
    raised = here.recv()
    child.join()
    return raised


def _limited(connection, function, arguments):
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + ROOM_BYTES, size + ROOM_BYTES))
    try:
        function(*arguments)
    except BaseException as error:
        connection.send(type(error).__name__)
    else:
        connection.send(None)


@pytest.mark.parametrize(("numbers", "raised"), [(1000, None), (ROOM_BYTES // 4, "MemoryError")])
def test_arrays_that_do_not_fit_into_memory_are_an_error_and_no_crash(numbers, raised):
    tensors = {"x": np.zeros(numbers)}
    data = write_tensors(tensors)
    assert in_little_memory(read_tensors, data) == raised
    assert in_little_memory(write_tensors, tensors) == raised


def test_a_frame_that_does_not_fit_into_memory_is_not_called_damaged():
    data = frame_bytes.encode(Frame({"x": Column("number", np.zeros(ROOM_BYTES // 4))}))
    assert in_little_memory(frame_bytes.decode, data) == "MemoryError"
