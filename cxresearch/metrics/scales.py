"""What each experience metric is: its scale, its statistic, which way is better."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import SettingsError, Words

__all__ = ["PEOPLE", "SCALES", "Scale", "answer_name", "scale_for"]

PEOPLE = ("customer", "partner", "employee", "expert")
"""Every kind of respondent but machine customers: `score(..., kinds=PEOPLE)`."""


@dataclass(frozen=True)
class Scale:
    """How the answers of one metric are read.

    Attributes
    ----------
    metric : str
        The metric of the contract "answers" that this scale reads.
    low, high : float
        Both ends of the scale, inclusive.
    statistic : str
        `nps` (percentage answering 9-10 minus percentage answering 0-6, -100..100), `top`
        (share 0..1 of answers at or above `top`) or `mean` (in the scale's own unit).
    name : Words
        The metric's name in sentences and figures; says the direction where it may be doubted.
    top : float
        The lowest answer that counts for `top`.
    whole : bool
        Only whole numbers are answers.
    higher_is_better : bool
        False where a high answer is bad (effort asked as "how much effort").
    """

    metric: str
    low: float
    high: float
    statistic: str
    name: Words
    top: float = 0.0
    whole: bool = True
    higher_is_better: bool = True

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest value that the statistic can take."""
        if self.statistic == "nps":
            return -100.0, 100.0
        return (0.0, 1.0) if self.statistic == "top" else (self.low, self.high)


SCALES: dict[str, Scale] = {
    "nps": Scale("nps", 0, 10, "nps", Words(fi="NPS", en="NPS", sv="NPS")),
    "csat": Scale(
        "csat",
        1,
        5,
        "top",
        Words(fi="CSAT (tyytyväisten osuus)", en="CSAT (share satisfied)", sv="CSAT (andel nöjda)"),
        top=4,
    ),
    "csat_mean": Scale(
        "csat", 1, 5, "mean", Words(fi="CSAT (keskiarvo 1–5)", en="CSAT (mean, 1–5)")
    ),
    "ces": Scale("ces", 1, 5, "mean", Words(fi="CES (1–5, 5 = helppoa)", en="CES (1–5, 5 = easy)")),
    "ces7": Scale(
        "ces", 1, 7, "mean", Words(fi="CES (1–7, 7 = helppoa)", en="CES (1–7, 7 = easy)")
    ),
    "goal": Scale(
        "goal",
        0,
        1,
        "top",
        Words(fi="Tavoitteensa saavuttaneiden osuus", en="Share who reached their goal"),
        top=1,
    ),
    "expectation": Scale(
        "expectation", 1, 5, "mean", Words(fi="Odotus (1–5)", en="Expectation (1–5)")
    ),
    "smiley": Scale(
        "smiley",
        1,
        4,
        "top",
        Words(fi="Hymynaamojen osuus", en="Share of smiling faces"),
        top=3,
    ),
    "score": Scale(
        "score", 0, 100, "mean", Words(fi="Pisteet (0–100)", en="Score (0–100)"), whole=False
    ),
}
"""The usual scales by name; give a `Scale` of your own for another one."""


_ANSWERS = {
    "nps": Words(fi="NPS-vastaus (0–10)", en="NPS answer (0–10)"),
    "csat": Words(fi="tyytyväisyys (1–5)", en="satisfaction (1–5)"),
    "ces": Words(fi="helppous (1–5)", en="ease (1–5)"),
    "goal": Words(fi="tavoite saavutettu", en="goal reached"),
}


def answer_name(metric: str) -> Words:
    """What a single answer (or a customer's mean answer) of a metric is called.

    A customer has no NPS and no share of satisfied answers: only answers.
    """
    return _ANSWERS.get(metric) or (SCALES[metric].name if metric in SCALES else Words(metric))


def scale_for(metric: str, scale: Scale | str | None = None) -> Scale:
    """The scale to read `metric` with: the one given, by name or as it is, or the metric's own.

    Raises
    ------
    SettingsError
        There is no such scale, or it reads another metric.
    """
    chosen = (
        SCALES.get(metric if scale is None else scale) if not isinstance(scale, Scale) else scale
    )
    if chosen is None:
        raise SettingsError(
            f"There is no scale for `{metric if scale is None else scale}`.",
            expected="one of " + ", ".join(SCALES) + ", or a Scale of your own",
            found=str(metric if scale is None else scale),
            next_step="Say the ends and the statistic: Scale(metric, low, high, statistic, name).",
        )
    if chosen.metric != metric:
        raise SettingsError("The scale reads another metric.", expected=metric, found=chosen.metric)
    if chosen.statistic not in ("nps", "top", "mean"):
        raise SettingsError(
            "The scale has a statistic that isn't known.",
            expected="nps | top | mean",
            found=chosen.statistic,
        )
    return chosen
