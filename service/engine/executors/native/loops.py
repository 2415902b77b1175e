"""NumPy's inner loops: the compiled functions behind a ufunc, read from its public struct.

`PyUFuncObject` is part of NumPy's C API (numpy/ufuncobject.h) and keeps its layout. Its header needs Python's, which a
machine without development packages lacks, so the fields are read through ctypes, and compared with what the ufunc
says of itself in Python.
"""

from __future__ import annotations

import ctypes
from functools import cache

import numpy as np

from service.engine.executors.native.compiler import Unavailable


class _Struct(ctypes.Structure):
    """The first fields of PyUFuncObject behind the object's head."""

    _fields_ = [
        ("nin", ctypes.c_int),
        ("nout", ctypes.c_int),
        ("nargs", ctypes.c_int),
        ("identity", ctypes.c_int),
        ("functions", ctypes.POINTER(ctypes.c_void_p)),
        ("data", ctypes.POINTER(ctypes.c_void_p)),
        ("ntypes", ctypes.c_int),
        ("reserved1", ctypes.c_int),
        ("name", ctypes.c_char_p),
        ("types", ctypes.POINTER(ctypes.c_ubyte)),
    ]


@cache
def _read(ufunc: np.ufunc) -> _Struct:
    head = object.__basicsize__
    if type(ufunc).__basicsize__ < head + ctypes.sizeof(_Struct):
        raise Unavailable("NumPy's ufuncs are smaller than expected")
    struct = _Struct.from_address(id(ufunc) + head)
    numbers = (struct.nin, struct.nout, struct.nargs, struct.ntypes)
    # The numbers first: only then are the pointers followed.
    if numbers != (ufunc.nin, ufunc.nout, ufunc.nargs, ufunc.ntypes) or not (struct.functions and struct.types):
        raise Unavailable("NumPy's ufuncs do not look as expected")
    if (struct.name or b"").decode() != ufunc.__name__:
        raise Unavailable("NumPy's ufuncs do not look as expected")
    return struct


@cache
def loop_of(ufunc: np.ufunc, types: str) -> tuple[int, int] | None:
    """The addresses of a ufunc's inner loop for operands of these type characters, and of the loop's data; None if it
    has none of its own."""
    struct = _read(ufunc)
    known = [signature.replace("->", "") for signature in ufunc.types]
    if types not in known:
        return None
    index = known.index(types)
    numbers = bytes(struct.types[index * ufunc.nargs + k] for k in range(ufunc.nargs))
    if numbers != bytes(np.dtype(char).num for char in types):
        raise Unavailable("NumPy's loops are in another order than expected")
    function = struct.functions[index]
    return (function, struct.data[index] or 0) if function else None
