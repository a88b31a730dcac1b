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
    "goals": Words(fi="Tavoitteet ja arvo", en="Goals and value"),
    "ways": Words(fi="Toimintatavat", en="Ways of acting"),
    "expectations": Words(fi="Odotukset", en="Expectations"),
    "pains": Words(fi="Kipupisteet vaiheittain", en="Pains by phase"),
}
CARD_WORDS = {
    "apart": Words(fi="Mikä erottaa muista (95 %:n väli)", en="What sets it apart (95% interval)"),
    "metrics": Words(fi="Mittarit (95 %:n luottamusväli)", en="Metrics (95% interval)"),
    "quotes": Words(fi="Heidän sanojaan", en="In their own words"),
    "unknown": Words(fi="ei tiedossa", en="not known"),
    "held": Words(fi="pysyvyys", en="stability"),
    "small": Words(
        fi="Pieni ryhmä: luvut ovat vain suuntaa antavia.",
        en="A small group: the numbers are only indicative.",
    ),
    "shaky": Words(
        fi="Ryhmä ei palaa varmasti, kun aineistoa ravistellaan: älä rakenna sen varaan.",
        en="The group does not surely come back when the data are shaken: don't build on it.",
    ),
    "draft": Words(
        fi="Persoonaluonnos, koottu aineistosta. Täydennä ja muokkaa; luku kuvaa ryhmää, ei "
        "jokaista sen jäsentä.",
        en="A persona draft, gathered from the data. Complete and edit it; numbers describe the "
        "group, not each of its members.",
    ),
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
    source: Words | str

    def where(self, language: str) -> str:
        """The source in the reader's language."""
        return self.source if isinstance(self.source, str) else self.source.to(language)


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
    strengths : tuple of float
        How strongly each trait does, -1..1.
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
    strengths: tuple[float, ...] = ()
    parts: Mapping[str, tuple[Words, ...]] = field(default_factory=dict)
    measures: tuple[Measure, ...] = ()
    sayings: tuple[Saying, ...] = ()

    def heading(self, language: str) -> str:
        """The id with the name."""
        name = self.name.to(language)
        return self.group if name in ("", self.group) else f"{self.group} · {name}"

    def size_line(self, language: str) -> str:
        """How many, and how well the group holds."""
        held = f"{VERDICTS[self.verdict].to(language)} (Jaccard "
        held += f"{number(self.jaccard, language, decimals=2)})"
        share = percent(self.share, language)
        word = CARD_WORDS["held"].to(language)
        return f"n = {number(self.n, language)} ({share}) · {word}: {held}"

    def cautions(self, language: str) -> list[str]:
        """What a reader must know: a small group, a group that does not hold."""
        keys = ["small"] if self.n < _SMALL else []
        keys += ["shaky"] if self.verdict in ("dissolves", "doubtful") else []
        return [CARD_WORDS[key].to(language) for key in keys]

    def sections(self, language: str) -> list[tuple[str, list[str]]]:
        """Headings with their lines; an empty part says that it is not known."""
        nothing = [CARD_WORDS["unknown"].to(language)]
        traits = [t.to(language) for t in self.traits]
        found = [(CARD_WORDS["apart"].to(language), traits or nothing)]
        for key, title in PARTS.items() if self.parts else ():
            lines = [w.to(language) for w in self.parts.get(key, ())]
            found.append((title.to(language), lines or nothing))
        if self.measures:
            lines = [
                f"{m.name.to(language)} {m.text.to(language)} (n = {number(m.n, language)})"
                for m in self.measures
            ]
            found.append((CARD_WORDS["metrics"].to(language), lines))
        return found


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
        name=Words({x: segmentation.title(group, x) for x in ("fi", "en")}),
        n=int(first["n"]),
        share=float(first["share"]),
        jaccard=float(first["jaccard"]),
        verdict=str(first["verdict"]),
        traits=tuple(
            Words({lang: trait_text(t, features, lang) for lang in ("fi", "en")})
            for t in mine.head(_TRAITS).to_dict("records")
        ),
        strengths=tuple(float(v) for v in mine["strength"].head(_TRAITS)),
        parts={k: tuple(v) for k, v in (parts or {}).items()},
        measures=tuple(measures),
        sayings=tuple(sayings),
    )


def card_html(card: ProfileCard, *, language: str = "en") -> str:
    """The card as an HTML fragment with classes `cx-card…` and no script or style."""
    lines = [
        f'<article class="cx-card" id="card-{html.escape(card.group)}">',
        f"<h3>{html.escape(card.heading(language))}</h3>",
        f'<p class="cx-card-size">{html.escape(card.size_line(language))}</p>',
        *(
            f'<p class="cx-card-warning">{html.escape(text)}</p>'
            for text in card.cautions(language)
        ),
    ]
    nothing = CARD_WORDS["unknown"].to(language)
    for title, texts in card.sections(language):
        lines.append(f"<section><h4>{html.escape(title)}</h4>")
        items = "".join(f"<li>{html.escape(t)}</li>" for t in texts)
        empty = texts == [nothing]
        lines.append(f'<p class="cx-card-empty">{nothing}</p>' if empty else f"<ul>{items}</ul>")
        lines.append("</section>")
    if card.sayings:
        lines.append(f"<section><h4>{html.escape(CARD_WORDS['quotes'].to(language))}</h4>")
        lines += [
            f"<blockquote>{html.escape(s.text)}<footer>{html.escape(s.where(language))}</footer>"
            "</blockquote>"
            for s in card.sayings
        ]
        lines.append("</section>")
    return "\n".join([*lines, "</article>"])
