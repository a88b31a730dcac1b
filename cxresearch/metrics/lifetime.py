"""Customer lifetime value for buying without a contract: BG/NBD and gamma-gamma."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from ..model import Finding, FrameError, SettingsError, Words, number, percent

__all__ = ["BgNbd", "GammaGamma", "fit_bg_nbd", "fit_gamma_gamma", "lifetime_value"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class BgNbd:
    """How often customers buy, and when they silently leave (beta-geometric / NBD).

    Attributes
    ----------
    r, alpha : float
        Gamma of the buying rate: mean r / alpha purchases a unit of time.
    a, b : float
        Beta of the chance to leave after a purchase: mean a / (a + b).
    log_likelihood : float
        At the parameters; NaN when they were given, not fitted.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = np.nan

    def alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Array:
        """Chance 0..1 that each customer is still one; 1 for those who never came back."""
        x, t, big = (np.asarray(v, float) for v in (frequency, recency, age))
        odds = (self.a / (self.b + np.maximum(x, 1) - 1)) * (
            (self.alpha + big) / (self.alpha + t)
        ) ** (self.r + x)
        return np.where(x > 0, 1 / (1 + odds), 1.0)

    def expected(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, horizon: float
    ) -> Array:
        """Expected purchases of each customer in the next `horizon` units of time."""
        x, t, big = (np.asarray(v, float) for v in (frequency, recency, age))
        shrink = ((self.alpha + big) / (self.alpha + big + horizon)) ** (self.r + x)
        z = horizon / (self.alpha + big + horizon)
        hyper = special.hyp2f1(self.r + x, self.b + x, self.a + self.b + x - 1, z)
        top = (self.a + self.b + x - 1) / (self.a - 1) * (1 - shrink * hyper)
        return top * self.alive(x, t, big)

    def expected_new(self, age: ArrayLike) -> Array:
        """Expected repeat purchases of a new customer until each age."""
        t = np.asarray(age, float)
        shrink = (self.alpha / (self.alpha + t)) ** self.r
        hyper = special.hyp2f1(self.r, self.b, self.a + self.b - 1, t / (self.alpha + t))
        return (self.a + self.b - 1) / (self.a - 1) * (1 - shrink * hyper)


@dataclass(frozen=True)
class GammaGamma:
    """What a purchase is worth, for customers who buy again.

    Attributes
    ----------
    p, q, gamma : float
        A purchase is gamma with shape p; its rate is gamma (q, gamma) over customers.
    log_likelihood : float
        At the parameters; NaN when they were given.
    """

    p: float
    q: float
    gamma: float
    log_likelihood: float = np.nan

    def expected(self, mean_value: ArrayLike, frequency: ArrayLike) -> Array:
        """Expected value of a future purchase; the population's for those who never came back."""
        m, x = np.asarray(mean_value, float), np.asarray(frequency, float)
        m = np.where(x > 0, m, 0.0)
        return self.p * (self.gamma + x * m) / (self.p * x + self.q - 1)


def _checked(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
) -> tuple[Array, Array, Array]:
    x, t, big = (np.asarray(v, float) for v in (frequency, recency, age))
    bad = ~(np.isfinite(x) & np.isfinite(t) & np.isfinite(big))
    bad |= (x < 0) | (x != np.floor(x)) | (t < 0) | (t > big) | (big <= 0) | ((x == 0) & (t > 0))
    if bad.any() or not len(x):
        rows = np.flatnonzero(bad)
        raise FrameError(
            "The purchase histories can't be used.",
            expected="frequency 0, 1, 2, …; 0 <= recency <= age; recency 0 where frequency is 0",
            found=f"{len(rows)} customers that break this" if len(x) else "no customers",
            where="rows " + ", ".join(map(str, rows[:5])) if len(rows) else None,
            next_step="frequency counts repeat purchases; recency is the age at the last one.",
        )
    return x, t, big


def fit_bg_nbd(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> BgNbd:
    """Fit BG/NBD by maximum likelihood.

    Parameters
    ----------
    frequency : array_like
        Repeat purchases of each customer (purchases after the first).
    recency : array_like
        Time from the first to the last purchase; 0 where there was one only.
    age : array_like
        Time from the first purchase to the end of the data, in the same unit.

    Returns
    -------
    BgNbd

    Raises
    ------
    FrameError
        A history is impossible (rows are named), or nobody bought again.
    SettingsError
        The search did not settle.

    Notes
    -----
    Customers with the same history are counted once, and the gradient is analytic, so a million
    customers take seconds. Where all customers seem alike in how they leave (or nobody leaves), a
    and b have no top; they then stand at e^±9.2, where predictions no longer depend on them. Not
    for contracts, where leaving is seen. Checked against R BTYD 2.4.3 bgnbd.EstimateParameters.
    Fader, Hardie & Lee (2005), doi:10.1287/mksc.1040.0098.
    """
    x, t, big = _checked(frequency, recency, age)
    if not (x > 0).any():
        raise FrameError(
            "Nobody bought again, so the model has nothing to learn.",
            expected="some customers with frequency >= 1",
            found="frequency 0 for all",
        )
    rows, counts = np.unique(np.column_stack([x, t, big]), axis=0, return_counts=True)
    size = float(rows[:, 2].max())
    # time is brought to about 1..10, so that the start fits weeks and days alike
    unit = size / 10
    x, t, big = rows[:, 0], rows[:, 1] / unit, rows[:, 2] / unit
    best = _search(
        lambda log: _bg_nbd_loss(log, x, t, big, counts),
        np.log([0.5, 1.0, 0.8, 2.5]),
        "BG/NBD",
        ends=(2, 3),
    )
    r, alpha, a, b = np.exp(best.x)
    # the density of the purchase times changes with the unit: x log(unit)
    likelihood = -best.fun - float(counts @ x) * np.log(unit)
    return BgNbd(float(r), float(alpha * unit), float(a), float(b), float(likelihood))


def _search(
    loss: Callable[[Array], tuple[float, Array]],
    start: Array,
    name: str,
    ends: tuple[int, ...] = (),
) -> optimize.OptimizeResult:
    """The top of a likelihood; the parameters in `ends` may stand at the end of their range."""
    reach = [9.2 if i in ends else 12.0 for i in range(len(start))]
    bounds = [(-r, r) for r in reach]
    best = optimize.minimize(
        loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"ftol": 1e-14, "gtol": 1e-9},
    )
    inside = np.array([i for i in range(len(start)) if abs(best.x[i]) < reach[i] - 0.1], dtype=int)
    size = np.abs(best.jac[inside]).max() / max(abs(best.fun), 1) if len(inside) else np.inf
    stuck = set(range(len(start))) - set(inside) - set(ends)
    if not np.isfinite(best.fun) or size > 1e-3 or stuck:
        raise SettingsError(
            f"The fit of {name} did not settle.",
            expected="a likelihood with a top inside the range",
            found="a flat or unbounded likelihood",
            next_step="There may be too few repeat buyers, or hardly any who stop.",
        )
    return best


def _bg_nbd_loss(
    log: Array, x: Array, t: Array, big: Array, counts: NDArray[np.int64]
) -> tuple[float, Array]:
    """Minus the log likelihood and its gradient, both in the logs of the parameters."""
    r, alpha, a, b = np.exp(log)
    again = x > 0
    beta_part = special.gammaln(a + b) - special.gammaln(b)
    common = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
    common += beta_part + special.gammaln(b + x) - special.gammaln(a + b + x)
    stay = -(r + x) * np.log(alpha + big)
    leave = np.where(again, np.log(a) - np.log(b + np.maximum(x, 1) - 1), -np.inf)
    leave = leave - (r + x) * np.log(alpha + t)
    both = np.logaddexp(stay, leave)
    value = counts @ (common + both)
    w = np.exp(leave - both)  # how much of each customer's likelihood is "has left"
    d_r = special.digamma(r + x) - special.digamma(r) + np.log(alpha)
    d_r -= (1 - w) * np.log(alpha + big) + w * np.log(alpha + t)
    d_alpha = r / alpha - (r + x) * ((1 - w) / (alpha + big) + w / (alpha + t))
    d_a = special.digamma(a + b) - special.digamma(a + b + x) + w / a
    d_b = special.digamma(a + b) - special.digamma(b) + special.digamma(b + x)
    d_b += -special.digamma(a + b + x) - np.where(again, w / (b + np.maximum(x, 1) - 1), 0)
    gradient = np.array([counts @ d for d in (d_r, d_alpha, d_a, d_b)]) * np.exp(log)
    return -float(value), -gradient


def fit_gamma_gamma(mean_value: ArrayLike, frequency: ArrayLike) -> GammaGamma:
    """Fit the gamma-gamma model of purchase values by maximum likelihood.

    Parameters
    ----------
    mean_value : array_like
        Mean value of each customer's repeat purchases, above 0 where frequency is above 0.
    frequency : array_like
        Repeat purchases; customers with 0 are left out, as the model asks.

    Returns
    -------
    GammaGamma

    Raises
    ------
    FrameError
        Nobody bought again, or a mean value is not above 0 (rows are named).
    SettingsError
        The search did not settle.

    Notes
    -----
    Supposes that how much one spends has nothing to do with how often: look at that correlation
    first. Checked against R BTYD 2.4.3 spend.EstimateParameters. Fader & Hardie (2013),
    The gamma-gamma model of monetary value.
    """
    m, x = np.asarray(mean_value, float), np.asarray(frequency, float)
    bad = (x > 0) & ~(m > 0)
    if bad.any() or not (x > 0).any():
        rows = np.flatnonzero(bad)
        raise FrameError(
            "The purchase values can't be used.",
            expected="some repeat buyers, each with a mean value above 0",
            found=f"{len(rows)} that are not" if bad.any() else "nobody bought again",
            where="rows " + ", ".join(map(str, rows[:5])) if bad.any() else None,
        )
    m, x = m[x > 0], x[x > 0]
    unit = float(np.mean(m))
    rows, counts = np.unique(np.column_stack([m / unit, x]), axis=0, return_counts=True)
    value, again = np.asarray(rows[:, 0], float), np.asarray(rows[:, 1], float)
    best = _search(
        lambda log: _gamma_gamma_loss(log, value, again, counts),
        np.log([3.0, 3.0, 0.5]),
        "gamma-gamma",
    )
    p, q, gamma = np.exp(best.x)
    likelihood = -best.fun - counts.sum() * np.log(unit)
    return GammaGamma(float(p), float(q), float(gamma * unit), float(likelihood))


def _gamma_gamma_loss(
    log: Array, m: Array, x: Array, counts: NDArray[np.int64]
) -> tuple[float, Array]:
    p, q, gamma = np.exp(log)
    px = p * x
    value = special.gammaln(px + q) - special.gammaln(px) - special.gammaln(q) + q * np.log(gamma)
    value += (px - 1) * np.log(m) + px * np.log(x) - (px + q) * np.log(gamma + m * x)
    d_px = special.digamma(px + q) - special.digamma(px) + np.log(m * x) - np.log(gamma + m * x)
    d_q = special.digamma(px + q) - special.digamma(q) + np.log(gamma) - np.log(gamma + m * x)
    d_gamma = q / gamma - (px + q) / (gamma + m * x)
    gradient = np.array([counts @ d for d in (d_px * x, d_q, d_gamma)]) * np.exp(log)
    return -float(counts @ value), -gradient


def lifetime_value(
    table: pd.DataFrame, *, horizon: float, margin: float = 1.0, discount: float = 0.0
) -> Finding:
    """Expected margin of each customer over the coming time, with what it rests on.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a customer: `customer`, `frequency` (repeat purchases), `recency`, `age` (one
        unit of time) and `mean_value` (of repeat purchases; may be empty where frequency is 0).
    horizon : float
        How far to look, in that unit.
    margin : float
        Share 0..1 of a purchase's value that is margin.
    discount : float
        Interest per unit of time (0.001 a week is about 5 % a year).

    Returns
    -------
    Finding
        `table`: `customer`, `alive` (0..1), `purchases` (expected within the horizon),
        `purchase_value` (expected), `lifetime_value` (margin over the horizon, discounted).
        `details`: `bg_nbd`, `gamma_gamma`, `spend_correlation` (Pearson, of mean value and
        frequency; the model supposes about 0).

    Raises
    ------
    FrameError, SettingsError
        As in `fit_bg_nbd` and `fit_gamma_gamma`; also when `margin` or `horizon` makes no sense.

    Notes
    -----
    The horizon is cut into twelve parts, each discounted at its middle. An expectation over
    customers alike: for a single customer it says little.
    """
    wanted = ["customer", "frequency", "recency", "age", "mean_value"]
    absent = [c for c in wanted if c not in table.columns]
    if absent:
        raise FrameError(
            "The purchase table lacks columns.",
            expected=", ".join(wanted),
            found="no " + ", ".join(absent),
        )
    if horizon <= 0 or not 0 < margin <= 1 or discount < 0:
        raise SettingsError(
            "The horizon, margin or discount makes no sense.",
            expected="horizon > 0, 0 < margin <= 1, discount >= 0",
            found=f"{horizon:g}, {margin:g}, {discount:g}",
        )
    x, t, big = (table[c].to_numpy(float) for c in ("frequency", "recency", "age"))
    spend = table["mean_value"].to_numpy(float)
    buying, spending = fit_bg_nbd(x, t, big), fit_gamma_gamma(np.where(x > 0, spend, 1.0), x)
    steps = np.linspace(0, horizon, 13)
    reached = np.stack([buying.expected(x, t, big, s) if s else np.zeros(len(x)) for s in steps])
    factor = (1 + discount) ** -((steps[1:] + steps[:-1]) / 2)
    value = spending.expected(spend, x)
    result = pd.DataFrame(
        {
            "customer": table["customer"].to_numpy(),
            "alive": buying.alive(x, t, big),
            "purchases": reached[-1],
            "purchase_value": value,
            "lifetime_value": margin * value * (factor @ np.diff(reached, axis=0)),
        }
    )
    again = x > 0
    flat = np.ptp(spend[again]) == 0 or np.ptp(x[again]) == 0
    together = np.nan if flat else float(np.corrcoef(spend[again], x[again])[0, 1])
    details = {"bg_nbd": buying, "gamma_gamma": spending, "spend_correlation": together}
    notes = [*_spend_notes(together), *_alike_notes(buying)]
    return Finding(result, _words(result), tuple(notes), details)


def _alike_notes(buying: BgNbd) -> list[Words]:
    if max(abs(np.log(buying.a)), abs(np.log(buying.b))) < 9.1:
        return []
    return [
        Words(
            fi=(
                "Asiakkaat eivät näytä eroavan siinä, kuinka helposti he lopettavat: mallissa "
                "kaikilla on sama pieni todennäköisyys."
            ),
            en=(
                "Customers don't seem to differ in how easily they stop: the model gives all the "
                "same small chance."
            ),
        )
    ]


def _spend_notes(together: float) -> list[Words]:
    if not abs(together) > 0.2:
        return []
    return [
        Words(
            fi=(
                "Ostojen koko ja tiheys kulkevat yhdessä (r = "
                f"{number(together, 'fi', decimals=2)}), "
                "vaikka malli olettaa ne riippumattomiksi: arvot voivat olla vinoja."
            ),
            en=(
                "Purchase value and frequency go together (r = "
                f"{number(together, 'en', decimals=2)}), "
                "though the model takes them as independent: values may be off."
            ),
        )
    ]


def _words(result: pd.DataFrame) -> Words:
    value = np.sort(result["lifetime_value"].to_numpy())[::-1]
    top = max(1, round(0.2 * len(value)))
    share = value[:top].sum() / value.sum()
    mean = value.mean()
    n = len(value)
    return Words(
        fi=(
            f"{number(n, 'fi')} asiakkaan odotettu elinkaariarvo on keskimäärin "
            f"{number(mean, 'fi')}; "
            f"arvokkain viidennes tuo siitä {percent(share, 'fi')}."
        ),
        en=(
            f"The expected lifetime value of {number(n, 'en')} customers is "
            f"{number(mean, 'en')} on "
            f"average; the most valuable fifth bring {percent(share, 'en')} of it."
        ),
    )
