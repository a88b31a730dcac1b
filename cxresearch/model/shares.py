"""The interval of a share, for every room that counts k out of n."""

from __future__ import annotations

import math

__all__ = ["wilson_interval"]

_Z = 1.959963984540054


def wilson_interval(k: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of k out of n, 0..1; NaN where n is 0.

    Wilson 1927, doi:10.1080/01621459.1927.10502953.
    """
    if n == 0:
        return math.nan, math.nan
    z2 = _Z * _Z
    centre = (k + z2 / 2) / (n + z2)
    half = _Z / (n + z2) * math.sqrt(k * (n - k) / n + z2 / 4)
    return max(0.0, centre - half), min(1.0, centre + half)
