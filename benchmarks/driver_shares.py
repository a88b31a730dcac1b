"""LMG shares of R² at 8, 12 and 20 drivers: one correlation matrix against refitting every subset.

Run: OMP_NUM_THREADS=1 python benchmarks/driver_shares.py [--rows 500]
Prints the times in one run, their ratio, and the largest difference of the shares. Where the
package dominance-analysis is installed beside this one, it is measured at 8 drivers too.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
import warnings
from itertools import combinations
from math import comb

import numpy as np

from cxresearch.metrics import lmg_shares


def refitted(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The shares by ordinary least squares on every subset of columns."""
    n, p = x.shape
    total = ((y - y.mean()) ** 2).sum()
    r2 = {(): 0.0}
    for size in range(1, p + 1):
        for chosen in combinations(range(p), size):
            design = np.column_stack([np.ones(n), x[:, chosen]])
            left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
            r2[chosen] = 1 - (left @ left) / total
    shares = np.zeros(p)
    for chosen, value in r2.items():
        for j in set(range(p)) - set(chosen):
            gain = r2[tuple(sorted((*chosen, j)))] - value
            shares[j] += gain / (p * comb(p - 1, len(chosen)))
    return shares


def peer(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Shares and CPU seconds of dominance-analysis, whose notebook output is kept silent."""
    np.bool8 = np.bool_  # a name of numpy 1 that its plotting package asks for
    import bokeh.io.notebook
    import pandas as pd

    bokeh.io.notebook.publish_display_data = lambda *_, **__: None
    from dominance_analysis import Dominance

    names = [f"x{i}" for i in range(x.shape[1])]
    table = pd.DataFrame(x, columns=names).assign(y=y)
    start = time.process_time()
    found = Dominance(data=table, target="y", objective=1, top_k=len(names)).incremental_rsquare()
    return np.array([found[n] for n in names]), time.process_time() - start


def matrix(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.corrcoef(np.column_stack([x, y]).T)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500)
    given = parser.parse_args()
    rng = np.random.default_rng(1)
    for p in (8, 12):
        x = rng.normal(size=(given.rows, p)) @ rng.normal(size=(p, p))
        y = x @ rng.normal(size=p) + rng.normal(size=given.rows) * 3
        lmg_shares(matrix(x, y))
        rounds = []
        for _ in range(5):
            start = time.process_time()
            ours = lmg_shares(matrix(x, y))
            rounds.append(time.process_time() - start)
        start = time.process_time()
        theirs = refitted(x, y)
        slow, fast = time.process_time() - start, min(rounds)
        print(
            f"{p:2d} drivers  refit {slow:8.3f} CPU s   one matrix {fast:8.5f} CPU s   "
            f"ratio {slow / fast:8.0f}   largest difference {np.abs(ours - theirs).max():.1e}"
        )
        if p == 8 and importlib.util.find_spec("dominance_analysis"):
            warnings.simplefilter("ignore")
            theirs, slow = peer(x, y)
            print(
                f" 8 drivers  dominance-analysis {slow:.3f} CPU s   ratio {slow / fast:8.0f}   "
                f"largest difference {np.abs(ours - theirs).max():.1e}"
            )
    x = rng.normal(size=(given.rows, 20))
    y = x.sum(axis=1) + rng.normal(size=given.rows)
    start = time.process_time()
    lmg_shares(matrix(x, y))
    print(f"20 drivers  one matrix {time.process_time() - start:8.3f} CPU s")


if __name__ == "__main__":
    main()
