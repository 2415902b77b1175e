"""The normal distribution function, vectorised: NumPy has no erf."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from service.engine.arrays import Array

#: W. J. Cody, Rational Chebyshev approximations for the error function, 1969, as in his SPECFUN: numerators with the
#: highest power last, and denominators whose highest power has the factor 1; for |x| up to 0.46875, up to 4, beyond.
NEAR = 0.46875
NEAR_TOP = (3.16112374387056560, 113.864154151050156, 377.485237685302021, 3209.37758913846947, 0.185777706184603153)
NEAR_BOTTOM = (23.6012909523441209, 244.024637934444173, 1282.61652607737228, 2844.23683343917062)
FAR = 4.0
MIDDLE_TOP = (
    *(0.564188496988670089, 8.88314979438837594, 66.1191906371416295, 298.635138197400131, 881.952221241769090),
    *(1712.04761263407058, 2051.07837782607147, 1230.33935479799725, 2.15311535474403846e-8),
)
MIDDLE_BOTTOM = (
    *(15.7449261107098347, 117.693950891312499, 537.181101862009858, 1621.38957456669019, 3290.79923573345963),
    *(4362.61909014324716, 3439.36767414372164, 1230.33935480374942),
)
FAR_TOP = (
    *(0.305326634961232344, 0.360344899949804439, 0.125781726111229246, 0.0160837851487422766, 0.000658749161529837803),
    0.0163153871373020978,
)
FAR_BOTTOM = (
    2.56852019228982242,
    1.87295284992346047,
    0.527905102951428412,
    0.0605183413124413191,
    0.00233520497626869185,
)
INVERSE_ROOT_OF_PI = 0.564189583547756287
ROOT_OF_HALF = 0.70710678118654752


def normal_distribution(z: Array, out: Array) -> None:
    """out = Φ(z), the share of a standard normal variable below z: ½ erfc(-z / √2)."""
    x = z * z.dtype.type(-ROOT_OF_HALF)
    size = np.abs(x)
    with np.errstate(all="ignore"):
        square = size * size
        near = 1 - x * ratio(square, NEAR_TOP, NEAR_BOTTOM)
        inverse = 1 / square
        tail = (INVERSE_ROOT_OF_PI - inverse * ratio(inverse, FAR_TOP, FAR_BOTTOM)) / size
        middle = ratio(size, MIDDLE_TOP, MIDDLE_BOTTOM)
        beyond = np.exp(-square) * np.where(size <= FAR, middle, tail)
        beyond = np.where(x < 0, 2 - beyond, beyond)
        out[...] = np.where(size <= NEAR, near, beyond) * 0.5


def ratio(x: Any, top: Sequence[float], bottom: Sequence[float]) -> Any:
    """A rational function of x: Cody's scheme, with the last number of `top` first."""
    above, below = x * top[-1], x
    for first, second in zip(top[:-2], bottom[:-1], strict=True):
        above, below = (above + first) * x, (below + second) * x
    return (above + top[-2]) / (below + bottom[-1])
