"""The journey and codebook that a study starts with until it has its own."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

from ..model import Code, Codebook, Phase, Stage, Touchpoint, Words

__all__ = ["default_codebook", "default_journey", "default_text", "default_touchpoints"]


def default_text(name: str) -> str:
    """The TOML text of `journey` or `codebook` as it is copied into a new study."""
    place = files("cxresearch.exchange") / "starting" / f"{name}.toml"
    return place.read_text(encoding="utf-8")


@lru_cache(maxsize=2)
def _parsed(name: str) -> dict:  # type: ignore[type-arg]
    return tomllib.loads(default_text(name))


def default_journey() -> tuple[Phase, ...]:
    """Three phases with their stages and the words that place a sentence in them."""
    return tuple(
        Phase(
            p["phase"],
            Words(p["name"]),
            tuple(
                Stage(s["stage"], Words(s["name"]), _terms(s.get("cues")))
                for s in p.get("stages", [])
            ),
            _terms(p.get("cues")),
        )
        for p in _parsed("journey")["phases"]
    )


def default_touchpoints() -> tuple[Touchpoint, ...]:
    """Common touchpoints with their ownership class, channel, stages and terms."""
    return tuple(
        Touchpoint(
            t["touchpoint"],
            Words(t["name"]),
            t["ownership"],
            t.get("channel", ""),
            tuple(t.get("stages", [])),
            terms=_terms(t.get("terms")),
        )
        for t in _parsed("journey")["touchpoints"]
    )


def default_codebook() -> Codebook:
    """General codes of customer experience with lexical terms in Finnish, English and Swedish."""
    return Codebook(
        tuple(
            Code(
                **{k: v for k, v in c.items() if k not in ("name", "terms")},
                name=Words(c["name"]),
                terms=_terms(c.get("terms")),
            )
            for c in _parsed("codebook")["codes"]
        )
    )


def _terms(cues: dict[str, list[str]] | None) -> dict[str, tuple[str, ...]]:
    return {language: tuple(words) for language, words in (cues or {}).items()}
