"""Touchpoints with their targets, and metrics."""

from __future__ import annotations

from dataclasses import dataclass, field

from .codebook import Terms
from .wording import Words

__all__ = ["Target", "Touchpoint"]


@dataclass(frozen=True)
class Target:
    """What a critical touchpoint must reach, how often it is looked at, and what follows a miss.

    `value` is in the metric's own unit: -100..100 for nps, a share 0..1 for csat and goal,
    the mean for ces and score.
    """

    metric: str
    value: float
    cadence: str = "monthly"
    reaction: Words = field(default_factory=Words)


@dataclass(frozen=True)
class Touchpoint:
    """An encounter in a channel, owned by brand, partner, customer or nobody (social)."""

    touchpoint: str
    name: Words
    ownership: str
    channel: str = ""
    stages: tuple[str, ...] = ()
    critical: bool = False
    target: Target | None = None
    terms: Terms = field(default_factory=dict)
