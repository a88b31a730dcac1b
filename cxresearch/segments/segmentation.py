"""What a segmentation is once made: members, stability, models; saved as JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ..model import CxresearchError, Finding, Words, check_frame, number, percent
from .features import FeatureSet
from .mixture import MixedLatentClass
from .score_engines import MixedGaussian, MixedWard, ScoreEngine
from .stability import VERDICTS

__all__ = ["SCHEMA", "UNASSIGNED", "Segmentation", "SegmentationFileError", "data_hash"]

SCHEMA = 2
_READABLE = (1, 2)  # schema 1 knew the latent class engine only
UNASSIGNED = "unassigned"
SURE = 0.6
# pandas 3 has a text dtype of its own, pandas 2 keeps text as objects
_TEXT = pd.Series(["a"]).dtype


class SegmentationFileError(CxresearchError):
    """A saved segmentation can't be read by this version, or is damaged."""


@dataclass(frozen=True)
class Segmentation:
    """Customers in segments, and in profiles inside them, with how well each holds.

    Attributes
    ----------
    membership : pandas.DataFrame
        The contract `membership`: customer; segment (`S1` is the largest; `unassigned` where the
        highest posterior is under 0.6); profile (`S1.P1`, missing where the segment has none or
        the customer falls between two); probability (posterior of the most probable segment).
    segments : pandas.DataFrame
        One row a segment: segment, n, share, probability (mean of its members), jaccard (mean
        over bootstraps), verdict (dissolves, doubtful, stable, very_stable).
    profiles : pandas.DataFrame
        The same for profiles, with share inside the segment; empty without a second level.
    refused : pandas.DataFrame
        Segments without profiles: segment, reason_fi, reason_en.
    comparison : Finding
        From `compare_numbers`; after loading, its table and sentences.
    model : MixedLatentClass, MixedGaussian or MixedWard
        The first level; its class i is segment i + 1.
    profile_models : dict
        Segment to the model of its profiles.
    features : FeatureSet
        Of the first level.
    engines_ari : float
        Adjusted Rand index between this and the second engine (factors and k-means).
    seed : int
        Random state.
    data_hash : str
        SHA-256 of the feature columns that it was fitted on.
    names : dict
        Segment or profile to its name, given by people.
    proposed : dict
        Segment or profile to a name from its strongest traits, used where people gave none.
    warnings : tuple of Words
    """

    membership: pd.DataFrame
    segments: pd.DataFrame
    profiles: pd.DataFrame
    refused: pd.DataFrame
    comparison: Finding
    model: MixedLatentClass | ScoreEngine
    features: FeatureSet
    engines_ari: float
    seed: int
    data_hash: str
    profile_models: Mapping[str, MixedLatentClass] = field(default_factory=dict)
    names: Mapping[str, Words] = field(default_factory=dict)
    proposed: Mapping[str, Words] = field(default_factory=dict)
    warnings: tuple[Words, ...] = ()

    @property
    def number(self) -> int:
        """How many segments."""
        return len(self.segments)

    def title(self, group: str, language: str = "en") -> str:
        """The name that people gave, else the one proposed from its traits, else the id."""
        words = self.names.get(group) or self.proposed.get(group)
        return words.to(language) if words else group

    def named(self, names: Mapping[str, Words]) -> Segmentation:
        """The same segmentation with these names, and no others."""
        return replace(self, names=dict(names))

    def proposing(self, names: Mapping[str, Words]) -> Segmentation:
        """The same segmentation with names proposed for groups that people gave none."""
        return replace(self, proposed=dict(names))

    def finding(self) -> Finding:
        """The segments with size and stability, one sentence, and all warnings."""
        table = self.segments.copy()
        n = len(self.membership)
        unsure = int((self.membership["segment"] == UNASSIGNED).sum())
        weakest = table.loc[table["jaccard"].idxmin()]
        kind, held = VERDICTS[weakest["verdict"]], weakest["jaccard"]
        typology = isinstance(self.model, MixedWard)
        whom = (
            Words(fi="ihmistä", en="people") if typology else Words(fi="asiakasta", en="customers")
        )
        left = Words(
            fi=f" Ilman segmenttiä jäi {number(unsure, 'fi')} ({percent(unsure / n, 'fi')}), koska "
            "mikään ei ole riittävän todennäköinen.",
            en=f" {number(unsure)} ({percent(unsure / n)}) stay unassigned because no segment is "
            "probable enough.",
        )
        return Finding(
            table,
            Words(
                fi=f"{number(n, 'fi')} {whom.to('fi')} jakautuu {self.number} segmenttiin; heikoin "
                f"on {weakest['segment']}, {kind.to('fi')} (Jaccard "
                f"{number(held, 'fi', decimals=2)}).{'' if typology else left.to('fi')}",
                en=f"{number(n)} {whom.to('en')} fall into {self.number} segments; the weakest is "
                f"{weakest['segment']}, {kind.to('en')} (Jaccard "
                f"{number(held, decimals=2)}).{'' if typology else left.to('en')}",
            ),
            self.warnings,
            {"profiles": self.profiles, "refused": self.refused, "comparison": self.comparison},
        )

    def assign(self, customers: pd.DataFrame) -> pd.DataFrame:
        """Segment and profile of customers that may be new, by posterior.

        Parameters
        ----------
        customers : pandas.DataFrame
            Contract `customers` with the features. A level never seen counts as missing. Of whom
            no feature is known, stays unassigned (and without a profile), however large a group.

        Returns
        -------
        pandas.DataFrame
            Contract `membership`.

        Raises
        ------
        FrameError
            A feature is absent, a customer is there twice, a number is infinite.
        """
        check_frame(customers, "customers")
        likely = self.model.predict_proba(customers)
        ids = self.segments["segment"].to_numpy()
        best = likely.argmax(axis=1)
        sure = likely.max(axis=1)
        told = _something_known(customers, self.model)
        segment = np.where((sure >= SURE) & told, ids[best], UNASSIGNED).astype(object)
        profile = np.full(len(customers), None, dtype=object)
        for group, model in self.profile_models.items():
            rows = np.flatnonzero(segment == group)
            if len(rows):
                inside = model.predict_proba(customers.iloc[rows])
                names = np.array(
                    [f"{group}.P{i + 1}" for i in range(inside.shape[1])], dtype=object
                )
                clear = (inside.max(axis=1) >= SURE) & _something_known(customers.iloc[rows], model)
                profile[rows[clear]] = names[inside.argmax(axis=1)][clear]
        table = pd.DataFrame(
            {
                "customer": customers["customer"].to_numpy(),
                "segment": pd.Series(segment, dtype=_TEXT),
                "profile": pd.Series(profile, dtype=_TEXT),
                "probability": np.clip(sure, 0.0, 1.0),
            }
        )
        return check_frame(table, "membership")

    def to_json(self, *, members: bool = True) -> str:
        """The whole as JSON text: schema, seed, data hash, parameters, tables.

        `members=False` leaves the membership out (a model to share holds no customer).
        """
        return json.dumps(
            {
                "what": "cxresearch segmentation",
                "schema": SCHEMA,
                "seed": self.seed,
                "data_hash": self.data_hash,
                "engines_ari": self.engines_ari,
                "model": self.model.to_dict(),
                "profile_models": {k: m.to_dict() for k, m in self.profile_models.items()},
                "left_out": {k: dict(v) for k, v in self.features.left_out.items()},
                "missing": dict(self.features.missing),
                "names": {k: dict(v) for k, v in self.names.items()},
                "proposed": {k: dict(v) for k, v in self.proposed.items()},
                "warnings": [dict(w) for w in self.warnings],
                "feature_warnings": [dict(w) for w in self.features.warnings],
                "comparison": {
                    "sentences": dict(self.comparison.sentences),
                    "warnings": [dict(w) for w in self.comparison.warnings],
                    "candidate": self.comparison.details.get("candidate"),
                    "jaccard": {
                        str(k): np.asarray(v).round(6).tolist()
                        for k, v in self.comparison.details.get("jaccard", {}).items()
                    },
                    "table": _columns(self.comparison.table),
                },
                "segments": _columns(self.segments),
                "profiles": _columns(self.profiles),
                "refused": _columns(self.refused),
                "membership": _columns(self.membership) if members else None,
            },
            ensure_ascii=False,
            allow_nan=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Segmentation:
        """The segmentation that `to_json` wrote.

        Raises
        ------
        SegmentationFileError
            The text is no segmentation, is damaged, or was written by a newer schema.
        """
        data = _checked(text)
        model = _engine(data["model"])
        compared = data["comparison"]
        reason = Words(compared["sentences"])
        return cls(
            membership=_frame(data["membership"], _MEMBERSHIP, text=("profile",)),
            segments=_frame(data["segments"], _GROUPS),
            profiles=_frame(data["profiles"], ("segment", "profile", *_GROUPS[1:])),
            refused=_frame(data["refused"], ("segment", "reason_fi", "reason_en")),
            comparison=Finding(
                _frame(compared["table"], ()),
                reason,
                tuple(Words(w) for w in compared["warnings"]),
                {
                    "candidate": compared["candidate"],
                    "engine": data["model"].get("engine", "latent_class"),
                    "reason": reason,
                    "jaccard": {int(k): np.array(v) for k, v in compared["jaccard"].items()},
                },
            ),
            model=model,
            features=FeatureSet(
                model.features_,
                {k: Words(v) for k, v in data["left_out"].items()},
                tuple(Words(w) for w in data["feature_warnings"]),
                data["missing"],
            ),
            engines_ari=data["engines_ari"],
            seed=data["seed"],
            data_hash=data["data_hash"],
            profile_models={
                k: MixedLatentClass.from_dict(m) for k, m in data["profile_models"].items()
            },
            names={k: Words(v) for k, v in data["names"].items()},
            proposed={k: Words(v) for k, v in data.get("proposed", {}).items()},
            warnings=tuple(Words(w) for w in data["warnings"]),
        )


_GROUPS = ("segment", "n", "share", "probability", "jaccard", "verdict")
_MEMBERSHIP = ("customer", "segment", "profile", "probability")


def _columns(frame: pd.DataFrame) -> dict[str, list[Any]]:
    out = {}
    for name in frame.columns:
        values = frame[name].astype(object)
        out[str(name)] = [
            None if pd.isna(v) else v.item() if isinstance(v, np.generic) else v for v in values
        ]
    return out


def _frame(
    columns: Mapping[str, list[Any]] | None,
    names: tuple[str, ...],
    *,
    text: tuple[str, ...] = (),
) -> pd.DataFrame:
    frame = pd.DataFrame(columns or {n: [] for n in names})
    for name in text:
        frame[name] = pd.Series(frame[name].to_numpy(dtype=object), dtype=_TEXT)
    return frame


def _something_known(customers: pd.DataFrame, model: MixedLatentClass | ScoreEngine) -> np.ndarray:
    """Whether any feature is known: otherwise the posterior is only the size of the groups."""
    names = [f.name for f in model.features_]
    return customers[names].notna().any(axis=1).to_numpy()


def _engine(data: Mapping[str, Any]) -> MixedLatentClass | ScoreEngine:
    engines = {"gaussian": MixedGaussian, "ward": MixedWard, "latent_class": MixedLatentClass}
    name = data.get("engine", "latent_class")
    if name not in engines:
        raise SegmentationFileError(
            "The segmentation was made by an engine that this version does not have.",
            expected=", ".join(engines),
            found=str(name)[:40],
            next_step="Update cxresearch, or run the segmentation again.",
        )
    return engines[name].from_dict(data)  # type: ignore[attr-defined, no-any-return]


def _checked(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as problem:
        raise SegmentationFileError(
            "The saved segmentation is not valid JSON.",
            found=f"a fault at character {problem.pos}",
            next_step="Run the segmentation again.",
        ) from problem
    if not isinstance(data, dict) or data.get("what") != "cxresearch segmentation":
        raise SegmentationFileError(
            "This is no saved segmentation.", expected='"what": "cxresearch segmentation"'
        )
    if data.get("schema") not in _READABLE:
        raise SegmentationFileError(
            "The segmentation was saved by another version of cxresearch.",
            expected=f"schema {' or '.join(map(str, _READABLE))}",
            found=f"schema {data.get('schema')}",
            next_step="Update cxresearch, or run the segmentation again.",
        )
    return data


def data_hash(table: pd.DataFrame, columns: list[str]) -> str:
    """SHA-256 of the columns' names and values in order; the same on every machine."""
    digest = hashlib.sha256()
    for name in columns:
        values = table[name]
        digest.update(name.encode() + b"\0")
        if values.dtype.kind in "iufb" and not pd.api.types.is_extension_array_dtype(values.dtype):
            digest.update(values.to_numpy(dtype="<f8").tobytes())
        else:
            # not `astype(str)`: a missing value must not equal the text "nan"
            cells = ("\1" if pd.isna(v) else str(v) for v in values.astype(object))
            digest.update("\0".join(cells).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
