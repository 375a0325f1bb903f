"""Quantiles and tails of the few distributions that intervals need.

``scipy.special`` is imported at first use and ``scipy.stats`` never: it alone would take more than a second of a cold
command.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def normal_quantile(probability: float) -> float:
    """Return the standard normal quantile."""
    return NormalDist().inv_cdf(probability)


def t_quantile(probability: float, df: float) -> float:
    """Return the quantile of Student's t with ``df > 0`` degrees of freedom."""
    from scipy.special import stdtrit  # noqa: PLC0415  (lazy on purpose, see the module's docstring)

    return float(stdtrit(df, probability))


def t_two_sided(t: FloatArray, df: float) -> FloatArray:
    """Return the two-sided tail probability of each |t| with ``df > 0`` degrees of freedom."""
    from scipy.special import stdtr  # noqa: PLC0415  (lazy on purpose, see the module's docstring)

    return np.asarray(2.0 * stdtr(df, -np.abs(t)), dtype=np.float64)


def chi_square_upper(q: float, df: int) -> float:
    """Return the probability of at least ``q`` under the chi-square distribution with ``df >= 1``."""
    from scipy.special import chdtrc  # noqa: PLC0415  (lazy on purpose, see the module's docstring)

    return float(chdtrc(df, q))


def beta_quantile(probability: float, a: float, b: float) -> float:
    """Return the quantile of Beta(a, b), with ``a, b > 0``."""
    from scipy.special import betaincinv  # noqa: PLC0415  (lazy on purpose, see the module's docstring)

    return float(betaincinv(a, b, probability))


def gamma_quantile(probability: float, shape: float) -> float:
    """Return the quantile of Gamma(shape, scale 1), with ``shape > 0``."""
    from scipy.special import gammaincinv  # noqa: PLC0415  (lazy on purpose, see the module's docstring)

    return float(gammaincinv(shape, probability))
