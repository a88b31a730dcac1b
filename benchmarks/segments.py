"""Recovery and time of the segmentation engines beside their peers, in one run.

Run: python benchmarks/segments.py [--rows 1000,10000] [--rho 0,0.4] [--telco FILE] [--figure FILE]

Simulated: five groups (30, 25, 20, 15, 10 %); 4 numeric, 3 ordinal, 4 nominal, 8 theme counts, 3
columns of noise, 8 % missing: 22 columns. `rho` is the correlation inside groups (0 is what latent
classes assume; 0.4 breaks it). Real, with labels that no engine sees: wine and iris (scikit-learn),
penguins (where pingouin is installed), and with --telco the IBM Telco customers, whose churn is
compared with the groups by Cramer's V.

Peers live in an environment of their own, never in this project's:
    python -m venv peers && peers/bin/pip install -e . stepmix kmodes kmedoids prince pingouin
Peers that are not installed are named and left out. Each fit runs in a process of its own: CPU
seconds, wall seconds, and memory over the data; one that takes longer than --limit is stopped and
is not asked for larger tables. The last lines say whether the bars hold.
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import resource
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from cxresearch.segments import (
    FeatureSet,
    MixedFactors,
    MixedGaussian,
    MixedLatentClass,
    MixedWard,
    declare_features,
)
from cxresearch.segments.factors import kmeans_labels

TYPES = {
    **{f"number{j}": "numeric" for j in range(4)},
    **{f"scale{j}": "ordinal" for j in range(3)},
    **{f"class{j}": "nominal" for j in range(4)},
    **{f"theme{j}": "count" for j in range(8)},
    **{f"noise{j}": "numeric" for j in range(3)},
}
OURS = ("mixed latent class", "factors + k-means", "factors + Gaussian mixture", "factors + Ward")
# ours runs 12 starts each time; 10 is what k-prototypes runs by default
BARS = (
    ("stepmix (1 start)", 5),
    ("stepmix (10 starts)", 5),
    ("k-prototypes (1 start)", 10),
    ("k-prototypes (10 starts)", 10),
)
Fit = Callable[[pd.DataFrame, FeatureSet, int], np.ndarray]


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


def latent_class(table: pd.DataFrame, features: FeatureSet, k: int) -> np.ndarray:
    return MixedLatentClass(k, feature_types=features, random_state=0).fit(table).labels_


def factors(table: pd.DataFrame, features: FeatureSet, k: int) -> np.ndarray:
    scores = MixedFactors(feature_types=features).fit(table).transform(table)
    return kmeans_labels(scores, k, random_state=0)


def gaussian(table: pd.DataFrame, features: FeatureSet, k: int) -> np.ndarray:
    return MixedGaussian(k, feature_types=features, random_state=0).fit(table).labels_


def ward(table: pd.DataFrame, features: FeatureSet, k: int) -> np.ndarray:
    return MixedWard(k, feature_types=features).fit(table).labels_


def _filled(table: pd.DataFrame, features: FeatureSet) -> pd.DataFrame:
    """Peers can't be given holes: means for numbers, the commonest level for classes."""
    full = {}
    for feature in features:
        values = table[feature.name]
        if feature.kind == "nominal":
            full[feature.name] = values.astype(object).fillna(values.mode()[0]).astype(str)
        else:
            numbers = pd.to_numeric(values).astype(float)
            full[feature.name] = numbers.fillna(numbers.mean())
    return pd.DataFrame(full)


def _nominal(features: FeatureSet) -> list[str]:
    return [f.name for f in features if f.kind == "nominal"]


def one_hot(table: pd.DataFrame, features: FeatureSet, k: int) -> np.ndarray:
    full = pd.get_dummies(_filled(table, features), columns=_nominal(features), dtype=float)
    scaled = (full - full.mean()) / full.std()
    return KMeans(k, n_init=10, random_state=0).fit_predict(scaled.to_numpy())


def k_prototypes(table: pd.DataFrame, features: FeatureSet, k: int, starts: int = 1) -> np.ndarray:
    from kmodes.kmodes import KModes
    from kmodes.kprototypes import KPrototypes

    full, classes = _filled(table, features), _nominal(features)
    if not classes:
        return KMeans(k, n_init=starts, random_state=0).fit_predict(full.to_numpy())
    numbers = [c for c in full if c not in classes]
    if not numbers:
        return KModes(k, n_init=starts, random_state=0).fit_predict(full.to_numpy())
    full[numbers] = (full[numbers] - full[numbers].mean()) / full[numbers].std()
    where = [full.columns.get_loc(c) for c in classes]
    return KPrototypes(k, n_init=starts, random_state=0).fit_predict(
        full.astype(object).to_numpy(), categorical=where
    )


def gower_pam(table: pd.DataFrame, features: FeatureSet, k: int) -> np.ndarray:
    """Gower's distance of known pairs (the package `gower` fails on text under pandas 3) + PAM."""
    import kmedoids

    n = len(table)
    apart, known = np.zeros((n, n), np.float32), np.zeros((n, n), np.float32)
    for feature in features:
        there = table[feature.name].notna().to_numpy().astype(np.float32)
        both = there[:, None] * there[None]
        if feature.kind == "nominal":
            codes = pd.factorize(table[feature.name])[0]
            distance = (codes[:, None] != codes[None]).astype(np.float32)
        else:
            numbers = pd.to_numeric(table[feature.name]).to_numpy(np.float32, na_value=np.nan)
            span = np.nanmax(numbers) - np.nanmin(numbers)
            numbers = np.nan_to_num(numbers) / (span or 1.0)
            distance = np.abs(numbers[:, None] - numbers[None])
        apart += both * distance
        known += both
    return kmedoids.fasterpam(apart / np.maximum(known, 1), k, random_state=0).labels


def stepmix(table: pd.DataFrame, features: FeatureSet, k: int, starts: int = 1) -> np.ndarray:
    from stepmix.stepmix import StepMix
    from stepmix.utils import get_mixed_descriptor

    coded, numbers, classes = table.copy(), [], []
    for feature in features:
        if feature.kind == "numeric":
            numbers.append(feature.name)
            continue
        values = table[feature.name]
        if feature.kind == "count":
            # as continuous columns they make its bound NaN, so they are capped as categories
            values = values.clip(upper=3)
        codes = pd.factorize(values, sort=True)[0].astype(float)
        coded[feature.name] = np.where(codes < 0, np.nan, codes)
        classes.append(feature.name)
    blocks: dict[str, Any] = {"continuous_nan": numbers, "categorical_nan": classes}
    data, described = get_mixed_descriptor(coded, **{b: c for b, c in blocks.items() if c})
    model = StepMix(
        k, measurement=described, n_init=starts, random_state=0, verbose=0, progress_bar=0
    )
    return model.fit(data).predict(data)


def prince(table: pd.DataFrame, features: FeatureSet, k: int) -> np.ndarray:
    import prince as package

    full = _filled(table, features)
    mixed = 0 < len(_nominal(features)) < full.shape[1]
    model = package.FAMD if mixed else package.PCA
    scores = model(n_components=min(8, full.shape[1]), random_state=0).fit_transform(full)
    return KMeans(k, n_init=10, random_state=0).fit_predict(np.asarray(scores))


ENGINES: dict[str, tuple[Fit, str | None]] = {
    OURS[0]: (latent_class, None),
    OURS[1]: (factors, None),
    OURS[2]: (gaussian, None),
    OURS[3]: (ward, None),
    "k-means, one-hot": (one_hot, None),
    "prince + k-means": (prince, "prince"),
    "stepmix (1 start)": (stepmix, "stepmix"),
    "stepmix (10 starts)": (partial(stepmix, starts=10), "stepmix"),
    "k-prototypes (1 start)": (k_prototypes, "kmodes"),
    "k-prototypes (10 starts)": (partial(k_prototypes, starts=10), "kmodes"),
    "Gower + PAM": (gower_pam, "kmedoids"),
}
LARGEST = {
    OURS[3]: 5000,
    "Gower + PAM": 10_000,
    "stepmix (10 starts)": 1000,
    "k-prototypes (10 starts)": 10_000,
}


def _child(fit: Fit, table: pd.DataFrame, features: FeatureSet, k: int, out: Any) -> None:
    warnings.simplefilter("ignore")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, wall = time.process_time(), time.perf_counter()
    labels = np.asarray(fit(table, features, k))
    spent = time.process_time() - start, time.perf_counter() - wall
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e3
    out.send((labels, *spent, max(more, 0.0)))


def measure(
    fit: Fit, table: pd.DataFrame, features: FeatureSet, k: int, limit: float
) -> tuple[np.ndarray, float, float, float] | None:
    """Labels, CPU seconds, wall seconds, megabytes; None where it was stopped or failed."""
    context = multiprocessing.get_context("fork")
    near, far = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(fit, table, features, k, far))
    child.start()
    far.close()
    try:
        found = near.recv() if near.poll(limit) else None
    except EOFError:
        found = None
    if found is None:
        child.kill()
    child.join()
    return found


def simulated(sizes: list[int], rhos: list[float], limit: float) -> pd.DataFrame:
    print(f"{'engine':28}{'rows':>10}{'rho':>6}{'ARI':>8}{'CPU s':>9}{'wall s':>9}{'+MB':>7}")
    rows: list[dict[str, Any]] = []
    for n in sizes:
        seeds = 4 if n <= 1000 else 2 if n <= 10_000 else 1
        for rho in rhos:
            for name, (fit, package) in ENGINES.items():
                if n > LARGEST.get(name, n) or not _there(package):
                    continue
                if any(r["engine"] == name and r["stopped"] for r in rows):
                    continue
                runs = []
                for seed in range(seeds):
                    table, group = simulate(n, rho, seed=n + seed)
                    features = declare_features(table, types=TYPES)
                    found = measure(fit, table, features, 5, limit)
                    if found is None:
                        break
                    runs.append((adjusted_rand_score(group, found[0]), *found[1:]))
                row = {"engine": name, "rows": n, "rho": rho, "stopped": len(runs) < seeds}
                means = np.mean(runs, axis=0) if runs else np.full(4, np.nan)
                rows.append(row | dict(zip(("ari", "cpu", "wall", "mb"), means, strict=True)))
                text = f"{means[0]:>8.3f}{means[1]:>9.2f}{means[2]:>9.2f}{means[3]:>7.0f}"
                end = f"   stopped or failed within {limit:.0f} s" if row["stopped"] else text
                print(f"{name:28}{n:>10,}{rho:>6}{end}", flush=True)
    return pd.DataFrame(rows)


def labelled(telco: Path | None) -> None:
    """Real tables whose labels no engine sees."""
    print(f"\n{'data':12}{'engine':28}{'measure':>12}{'value':>8}{'CPU s':>9}")
    for name, (table, label, k) in _real(telco).items():
        features = declare_features(table)
        for engine, (fit, package) in ENGINES.items():
            if len(table) > LARGEST.get(engine, len(table)) or not _there(package):
                continue
            found = measure(fit, table, features, k, 120)
            if found is None:
                print(f"{name:12}{engine:28}   stopped or failed")
                continue
            measured = "Cramer's V" if name == "telco" else "ARI"
            value = (
                _cramer(label, found[0])
                if name == "telco"
                else adjusted_rand_score(label, found[0])
            )
            print(f"{name:12}{engine:28}{measured:>12}{value:>8.3f}{found[1]:>9.2f}", flush=True)


def _real(telco: Path | None) -> dict[str, tuple[pd.DataFrame, np.ndarray, int]]:
    from sklearn.datasets import load_iris, load_wine

    found = {}
    for name, load in (("wine", load_wine), ("iris", load_iris)):
        data = load(as_frame=True)
        found[name] = (data.data.astype(float), data.target.to_numpy(), 3)
    if _there("pingouin"):
        import pingouin

        birds = pingouin.read_dataset("penguins").dropna(subset=["species"])
        found["penguins"] = (birds.drop(columns="species"), birds["species"].to_numpy(), 3)
    if telco is not None:
        people = pd.read_csv(telco).drop(columns="customerID")
        people["TotalCharges"] = pd.to_numeric(people["TotalCharges"], errors="coerce")
        found["telco"] = (people.drop(columns="Churn"), people["Churn"].to_numpy(), 4)
    return found


def _cramer(label: np.ndarray, groups: np.ndarray) -> float:
    from scipy.stats import chi2_contingency

    cross = pd.crosstab(label, groups)
    chi2 = chi2_contingency(cross, correction=False)[0]
    return float(np.sqrt(chi2 / (cross.to_numpy().sum() * (min(cross.shape) - 1))))


def _there(package: str | None) -> bool:
    return package is None or importlib.util.find_spec(package) is not None


def bars(table: pd.DataFrame) -> None:
    """Best or tied recovery; 5 times faster than stepmix, 10 times than k-prototypes."""
    print("\nbars")
    for (n, rho), rows in table.groupby(["rows", "rho"]):
        ari, cpu = rows.set_index("engine")["ari"], rows.set_index("engine")["cpu"]
        ours = ari.reindex(OURS).max()
        best = ari.drop(list(OURS), errors="ignore").max()
        verdict = "no peer ran" if np.isnan(best) else "holds" if ours >= best - 0.02 else "FAILS"
        print(f"  {n:>9,} rows, rho {rho}: ours {ours:.3f}, best peer {best:.3f}: {verdict}")
        for peer, wanted in BARS:
            if peer in cpu.index and cpu[peer] == cpu[peer]:
                ratio = cpu[peer] / cpu[OURS[0]]
                state = "holds" if ratio >= wanted else "FAILS"
                print(f"      {ratio:5.1f} times faster than {peer} (bar {wanted}): {state}")


def growth(table: pd.DataFrame, path: Path) -> None:
    """CPU seconds against rows, both on log scales: a slope of 1 is linear."""
    import seaborn as sns
    from matplotlib.figure import Figure

    sns.set_theme(style="whitegrid")
    figure = Figure(figsize=(10, 5), layout="constrained")
    ax = figure.subplots()
    part = table[(table["rho"] == table["rho"].max()) & table["cpu"].notna()]
    for i, (name, rows) in enumerate(part.groupby("engine", sort=False)):
        colour = sns.color_palette("colorblind")[i % 10]
        style = "o-" if name in OURS else "s--" if i < 10 else "^--"
        ax.plot(rows["rows"], rows["cpu"], style, color=colour, label=name, linewidth=1.6)
    sizes = np.array([part["rows"].min(), part["rows"].max()])
    first = part.loc[(part["engine"] == OURS[0]) & (part["rows"] == sizes[0]), "cpu"].iloc[0]
    ax.plot(sizes, first * sizes / sizes[0], ":", color="#5F6368", label="linear growth")
    ax.set(xscale="log", yscale="log", xlabel="Customers", ylabel="CPU seconds, 22 mixed columns")
    figure.legend(loc="outside right upper", fontsize=8, frameon=False)
    figure.savefig(path, dpi=130)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default="1000,10000,100000")
    parser.add_argument("--rho", default="0,0.4")
    parser.add_argument("--telco", type=Path)
    parser.add_argument("--figure", type=Path)
    parser.add_argument("--limit", type=float, default=120.0)
    given = parser.parse_args()
    for name, (_, package) in ENGINES.items():
        if not _there(package):
            print(f"not installed, left out: {name}")
    sizes = [int(v) for v in given.rows.split(",")]
    table = simulated(sizes, [float(v) for v in given.rho.split(",")], given.limit)
    labelled(given.telco)
    bars(table)
    if given.figure is not None:
        growth(table, given.figure)


if __name__ == "__main__":
    main()
