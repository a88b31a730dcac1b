"""What a feature is: one column customers are grouped on, and the set of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..model import Finding, FrameError, Words

__all__ = ["KINDS", "OTHER", "Feature", "FeatureError", "FeatureSet", "level_text"]

KINDS = ("numeric", "count", "ordinal", "nominal")
OTHER = "__other__"


class FeatureError(FrameError, ValueError):
    """A column can't be a feature of a segmentation, or a table can't be clustered."""


@dataclass(frozen=True)
class Feature:
    """One column that customers are grouped on.

    Attributes
    ----------
    name : str
        Column.
    kind : str
        numeric (Gaussian), count (Poisson), ordinal or nominal (multinomial).
    levels : tuple of str
        Levels of an ordinal (in order) or nominal feature. `__other__` gathers rare levels.
    log : bool
        Whether log(1 + x) is taken before a numeric feature is used.
    reason : Words
        Why it is of this kind.
    label : Words
        How people call it.
    level_labels : dict
        How people call its levels.
    """

    name: str
    kind: str
    levels: tuple[str, ...] = ()
    log: bool = False
    reason: Words = field(default_factory=Words)
    label: Words = field(default_factory=Words)
    level_labels: Mapping[str, Words] = field(default_factory=dict)

    @property
    def categorical(self) -> bool:
        """Whether it has levels."""
        return self.kind in ("ordinal", "nominal")

    def title(self, language: str = "en") -> str:
        """The feature's name for people."""
        return self.label.to(language) or self.name.replace("_", " ")

    def level_title(self, level: str, language: str = "en") -> str:
        """A level's name for people."""
        if level in self.level_labels:
            return self.level_labels[level].to(language)
        if level == OTHER:
            return {"fi": "muut"}.get(language, "other")
        return {"True": {"fi": "kyllä"}.get(language, "yes")}.get(
            level, {"False": {"fi": "ei"}.get(language, "no")}.get(level, level)
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "name": self.name,
            "kind": self.kind,
            "levels": list(self.levels),
            "log": self.log,
            "reason": dict(self.reason),
            "label": dict(self.label),
            "level_labels": {k: dict(v) for k, v in self.level_labels.items()},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Feature:
        """The feature that `to_dict` wrote."""
        return cls(
            data["name"],
            data["kind"],
            tuple(data["levels"]),
            data["log"],
            Words(data["reason"]),
            Words(data["label"]),
            {k: Words(v) for k, v in data["level_labels"].items()},
        )


@dataclass(frozen=True)
class FeatureSet:
    """The declared features, the columns left out with the reason, and what to know.

    Iterating gives the features; `finding()` shows all as a table.
    """

    features: tuple[Feature, ...]
    left_out: Mapping[str, Words] = field(default_factory=dict)
    warnings: tuple[Words, ...] = ()
    missing: Mapping[str, float] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Feature]:
        return iter(self.features)

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, name: str) -> Feature:
        for feature in self.features:
            if feature.name == name:
                return feature
        raise FeatureError(
            f"There is no feature `{name}`.", expected=", ".join(self.names), found=name
        )

    @property
    def names(self) -> list[str]:
        """Columns in order."""
        return [f.name for f in self.features]

    def subset(self, names: Sequence[str]) -> FeatureSet:
        """The named features only."""
        return FeatureSet(tuple(self[n] for n in names), {}, self.warnings, self.missing)

    def table(self, language: str = "en") -> pd.DataFrame:
        """One row a column: feature, label, kind, log, levels, missing (share), used, reason."""
        rows = [
            {
                "feature": f.name,
                "label": f.title(language),
                "kind": f.kind,
                "log": f.log,
                "levels": len(f.levels),
                "missing": self.missing.get(f.name, 0.0),
                "used": True,
                "reason": f.reason.to(language),
            }
            for f in self.features
        ]
        rows += [
            {
                "feature": name,
                "label": name,
                "kind": "",
                "log": False,
                "levels": 0,
                "missing": self.missing.get(name, np.nan),
                "used": False,
                "reason": why.to(language),
            }
            for name, why in self.left_out.items()
        ]
        return pd.DataFrame(rows)

    def finding(self) -> Finding:
        """The table with one sentence and the warnings."""
        out = len(self.left_out)
        return Finding(
            self.table(),
            Words(
                fi=f"{len(self)} muuttujaa on mukana ryhmittelyssä, {out} jätettiin pois.",
                en=f"{len(self)} features go into the grouping, {out} were left out.",
            ),
            self.warnings,
        )


def level_text(value: Any) -> str:
    """A level as text: 3.0 and 3 are the same level."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)
