"""Profile cards: who a group is, as a frozen spec, and as HTML."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from ..model import Words, number, percent
from .features import FeatureError, FeatureSet
from .profiles import trait_text
from .segmentation import Segmentation
from .stability import VERDICTS

__all__ = ["Measure", "ProfileCard", "Saying", "card_html", "profile_card"]

PARTS = {
    "needs": Words(fi="Tarpeet", en="Needs"),
    "goals": Words(fi="Tavoitteet", en="Goals"),
    "ways": Words(fi="Toimintatavat", en="Ways of acting"),
    "expectations": Words(fi="Odotukset", en="Expectations"),
    "pains": Words(fi="Kipupisteet", en="Pains"),
}
_TRAITS = 6
_NOTABLE = 0.15
_SMALL = 30


@dataclass(frozen=True)
class Measure:
    """A metric of the group: value with its 95 % interval and n, already as text."""

    name: Words
    text: Words
    n: int


@dataclass(frozen=True)
class Saying:
    """Pseudonymised words of a member, and where they come from."""

    text: str
    source: str


@dataclass(frozen=True)
class ProfileCard:
    """One group on a card; a persona draft when needs and the like are filled in.

    Attributes
    ----------
    group : str
    name : Words
    n : int
        Members.
    share : float
        Of all customers (a segment), or of the segment (a profile).
    jaccard : float
        Stability over bootstraps.
    verdict : str
        dissolves, doubtful, stable, very_stable.
    traits : tuple of Words
        What sets it apart, strongest first, with value, interval and the rest.
    parts : dict
        needs, goals, ways, expectations, pains to lines. Empty ones are shown as not known.
    measures : tuple of Measure
    sayings : tuple of Saying
    """

    group: str
    name: Words
    n: int
    share: float
    jaccard: float
    verdict: str
    traits: tuple[Words, ...] = ()
    parts: Mapping[str, tuple[Words, ...]] = field(default_factory=dict)
    measures: tuple[Measure, ...] = ()
    sayings: tuple[Saying, ...] = ()


def profile_card(
    segmentation: Segmentation,
    group: str,
    *,
    traits: pd.DataFrame,
    features: FeatureSet,
    parts: Mapping[str, Sequence[Words]] | None = None,
    measures: Sequence[Measure] = (),
    sayings: Sequence[Saying] = (),
) -> ProfileCard:
    """Gather what is known of a group on a card.

    Parameters
    ----------
    segmentation : Segmentation
    group : str
        A segment (`S1`) or a profile (`S1.P2`).
    traits : pandas.DataFrame
        The table of `set_apart` at that level.
    features : FeatureSet
        The features of that table.
    parts : mapping, optional
        needs, goals, ways, expectations, pains to lines, from the codings of the members.
    measures : sequence of Measure
        Metrics of the group with n and interval.
    sayings : sequence of Saying
        Approved pseudonymised quotations.

    Returns
    -------
    ProfileCard

    Raises
    ------
    FeatureError
        The group or a part is not known.
    """
    table = segmentation.profiles if "." in group else segmentation.segments
    row = table[table["profile" if "." in group else "segment"] == group]
    if row.empty:
        raise FeatureError(f"There is no group `{group}`.", found=group)
    unknown = sorted(set(parts or {}) - set(PARTS))
    if unknown:
        raise FeatureError(
            "A card has no such part.", expected=", ".join(PARTS), found=", ".join(unknown)
        )
    mine = traits[(traits["group"] == group) & (traits["strength"].abs() >= _NOTABLE)]
    mine = mine[mine["level"].isna() | (mine["strength"] > 0)].drop_duplicates("feature")
    first = row.iloc[0]
    return ProfileCard(
        group=group,
        name=segmentation.names.get(group, Words(fi=group, en=group)),
        n=int(first["n"]),
        share=float(first["share"]),
        jaccard=float(first["jaccard"]),
        verdict=str(first["verdict"]),
        traits=tuple(
            Words({lang: trait_text(t, features, lang) for lang in ("fi", "en")})
            for t in mine.head(_TRAITS).to_dict("records")
        ),
        parts={k: tuple(v) for k, v in (parts or {}).items()},
        measures=tuple(measures),
        sayings=tuple(sayings),
    )


def card_html(card: ProfileCard, *, language: str = "en") -> str:
    """The card as an HTML fragment with classes `cx-card…` and no script or style."""
    fi = language == "fi"
    held = (
        f"{VERDICTS[card.verdict].to(language)} "
        f"(Jaccard {number(card.jaccard, language, decimals=2)})"
    )
    heading = (
        card.group
        if card.name.to(language) == card.group
        else (f"{card.group} · {card.name.to(language)}")
    )
    lines = [
        f'<article class="cx-card" id="card-{html.escape(card.group)}">',
        f"<h3>{html.escape(heading)}</h3>",
        f'<p class="cx-card-size">n = {number(card.n, language)} '
        f"({percent(card.share, language)}) · {'pysyvyys' if fi else 'stability'}: "
        f"{html.escape(held)}</p>",
    ]
    if card.n < _SMALL:
        text = (
            "Pieni ryhmä: luvut ovat vain suuntaa antavia."
            if fi
            else "A small group: the numbers are only indicative."
        )
        lines.append(f'<p class="cx-card-warning">{text}</p>')
    apart = "Mikä erottaa muista" if fi else "What sets it apart"
    lines += _listed(apart, [t.to(language) for t in card.traits], language)
    for key, title in PARTS.items():
        if card.parts:
            texts = [w.to(language) for w in card.parts.get(key, ())]
            lines += _listed(title.to(language), texts, language)
    if card.measures:
        texts = [
            f"{m.name.to(language)} {m.text.to(language)} (n = {number(m.n, language)})"
            for m in card.measures
        ]
        lines += _listed("Mittarit" if fi else "Metrics", texts, language)
    lines += [
        f"<blockquote>{html.escape(s.text)}<footer>{html.escape(s.source)}</footer></blockquote>"
        for s in card.sayings
    ]
    return "\n".join([*lines, "</article>"])


def _listed(title: str, texts: Sequence[str], language: str) -> list[str]:
    nothing = "ei tiedossa" if language == "fi" else "not known"
    items = "".join(f"<li>{html.escape(t)}</li>" for t in texts)
    body = f"<ul>{items}</ul>" if items else f'<p class="cx-card-empty">{nothing}</p>'
    return [f"<h4>{html.escape(title)}</h4>", body]
