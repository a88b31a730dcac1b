"""Recovery and time of the segmentation engines on simulated customers, beside their peers.

Run: python benchmarks/segments.py [ROWS,ROWS,…] [RHO,RHO,…]

Five groups (30, 25, 20, 15, 10 %); 4 numeric, 3 ordinal, 4 nominal, 8 theme counts, 3 columns of
noise, 8 % missing: 22 columns. `rho` is the correlation inside groups (0 is what latent classes
assume; 0.4 breaks it). Peers that are not installed (stepmix, kmodes, prince) are named and left
out; each peer stops being asked where a size took it more than a minute.
"""

from __future__ import annotations

import importlib.util
import resource
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from cxresearch.segments import FeatureSet, MixedFactors, MixedLatentClass, declare_features
from cxresearch.segments.factors import kmeans_labels

TYPES = {
    **{f"number{j}": "numeric" for j in range(4)},
    **{f"scale{j}": "ordinal" for j in range(3)},
    **{f"class{j}": "nominal" for j in range(4)},
    **{f"theme{j}": "count" for j in range(8)},
    **{f"noise{j}": "numeric" for j in range(3)},
}
COUNTS = [c for c, t in TYPES.items() if t == "count"]
CLASSES = [c for c, t in TYPES.items() if t == "nominal"]


def simulate(n: int, rho: float, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    random, fixed = np.random.default_rng(seed), np.random.default_rng(12345)
    group = random.choice(5, n, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    common = random.normal(size=n) * np.sqrt(rho)

    def normal() -> np.ndarray:
        return common + np.sqrt(1 - rho) * random.normal(size=n)

    columns: dict[str, np.ndarray] = {}
    for j in range(4):
        columns[f"number{j}"] = fixed.normal(0, 0.9, 5)[group] + normal()
    for j in range(3):
        latent = fixed.normal(0, 0.8, 5)[group] + normal()
        columns[f"scale{j}"] = np.digitize(latent, [-1.2, -0.4, 0.4, 1.2]) + 1.0
    for j in range(4):
        shares = fixed.dirichlet(np.full(4, 1.5), 5)[group].cumsum(axis=1)
        drawn = (random.random(n)[:, None] > shares).sum(axis=1).clip(0, 3)
        columns[f"class{j}"] = np.array(list("abcd"))[drawn]
    for j in range(8):
        rate = fixed.gamma(1.2, 0.8, 5)[group] * np.exp(0.5 * common)
        columns[f"theme{j}"] = random.poisson(rate).astype(float)
    for j in range(3):
        columns[f"noise{j}"] = random.normal(size=n)
    table = pd.DataFrame(columns)
    return table.where(random.random(table.shape) >= 0.08), group


def latent_class(table: pd.DataFrame, features: FeatureSet) -> np.ndarray:
    return MixedLatentClass(5, feature_types=features, random_state=0).fit(table).labels_


def factors(table: pd.DataFrame, features: FeatureSet) -> np.ndarray:
    scores = MixedFactors(feature_types=features).fit(table).transform(table)
    return kmeans_labels(scores, 5, random_state=0)


def _filled(table: pd.DataFrame) -> pd.DataFrame:
    """Peers can't be given holes: means for numbers, the commonest level for classes."""
    return table.fillna({c: table[c].mode()[0] if c in CLASSES else table[c].mean() for c in table})


def one_hot(table: pd.DataFrame, features: FeatureSet) -> np.ndarray:
    full = pd.get_dummies(_filled(table), columns=CLASSES, dtype=float)
    scaled = (full - full.mean()) / full.std()
    return KMeans(5, n_init=10, random_state=0).fit_predict(scaled.to_numpy())


def kmodes(table: pd.DataFrame, features: FeatureSet) -> np.ndarray:
    from kmodes.kprototypes import KPrototypes

    full = _filled(table)
    numbers = [c for c in full if c not in CLASSES]
    full[numbers] = (full[numbers] - full[numbers].mean()) / full[numbers].std()
    where = [full.columns.get_loc(c) for c in CLASSES]
    return KPrototypes(5, n_init=1, random_state=0).fit_predict(
        full.astype(object).to_numpy(), categorical=where
    )


def stepmix(table: pd.DataFrame, features: FeatureSet) -> np.ndarray:
    from stepmix.stepmix import StepMix
    from stepmix.utils import get_mixed_descriptor

    coded = table.copy()
    for column in CLASSES:
        coded[column] = coded[column].map({level: i for i, level in enumerate("abcd")})
    coded[COUNTS] = coded[COUNTS].clip(upper=3)
    scales = [c for c, t in TYPES.items() if t == "ordinal"]
    coded[scales] = coded[scales] - 1
    data, described = get_mixed_descriptor(
        coded,
        continuous_nan=[c for c, t in TYPES.items() if t == "numeric"],
        categorical_nan=[*scales, *CLASSES, *COUNTS],
    )
    model = StepMix(5, measurement=described, n_init=10, random_state=0, verbose=0, progress_bar=0)
    return model.fit(data).predict(data)


def prince(table: pd.DataFrame, features: FeatureSet) -> np.ndarray:
    import prince as package

    scores = package.FAMD(n_components=8, random_state=0).fit_transform(_filled(table))
    return KMeans(5, n_init=10, random_state=0).fit_predict(np.asarray(scores))


ENGINES: dict[str, tuple[Callable[[pd.DataFrame, FeatureSet], np.ndarray], str | None]] = {
    "mixed latent class": (latent_class, None),
    "mixed factors + k-means": (factors, None),
    "k-means, one-hot": (one_hot, None),
    "prince + k-means": (prince, "prince"),
    "stepmix": (stepmix, "stepmix"),
    "k-prototypes (1 start)": (kmodes, "kmodes"),
}


def main(sizes: list[int], rhos: list[float]) -> None:
    tired: set[str] = set()
    for name, (_, package) in ENGINES.items():
        if package and importlib.util.find_spec(package) is None:
            print(f"not installed, left out: {name}")
            tired.add(name)
    print(f"{'engine':26}{'rows':>10}{'rho':>6}{'ARI':>8}{'CPU s':>9}{'peak GB':>9}")
    for n in sizes:
        for rho in rhos:
            table, group = simulate(n, rho, seed=n)
            features = declare_features(table, types=TYPES)
            for name, (fit, _) in ENGINES.items():
                if name in tired:
                    continue
                start = time.process_time()
                labels = fit(table, features)
                seconds = time.process_time() - start
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
                ari = adjusted_rand_score(group, labels)
                print(f"{name:26}{n:>10,}{rho:>6}{ari:>8.3f}{seconds:>9.2f}{peak:>9.2f}")
                if seconds > 60 and name not in ("mixed latent class",):
                    tired.add(name)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        [int(v) for v in (given[0] if given else "1000,10000,100000").split(",")],
        [float(v) for v in (given[1] if len(given) > 1 else "0,0.4").split(",")],
    )
