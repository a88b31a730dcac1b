"""What the engines share: a table of mixed columns in, its features declared."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import validate_data

from .features import Feature, FeatureError, FeatureSet, declare_features

__all__ = ["MixedInput"]


class MixedInput:
    """Tables and arrays as a DataFrame, with scikit-learn's checks where all is numeric."""

    feature_types: Any

    def _frame(self, X: Any, *, reset: bool) -> pd.DataFrame:
        if isinstance(X, pd.DataFrame) and not _all_floats(X):
            if reset:
                self.feature_names_in_ = np.asarray([str(c) for c in X.columns], dtype=object)
                self.n_features_in_ = X.shape[1]
            if not len(X):
                raise FeatureError("The table is empty.", expected="rows", found="0 sample(s)")
            return X.rename(columns=str)
        array = validate_data(self, X, reset=reset, dtype=float, ensure_all_finite="allow-nan")
        names = list(X.columns) if isinstance(X, pd.DataFrame) else None
        return pd.DataFrame(array, columns=names or [f"x{i}" for i in range(array.shape[1])])

    def _declare(self, frame: pd.DataFrame) -> tuple[Feature, ...]:
        if isinstance(self.feature_types, FeatureSet):
            return self.feature_types.features
        if self.feature_types is None and _all_floats(frame):
            return tuple(Feature(str(c), "numeric") for c in frame.columns)
        return declare_features(frame, types=self.feature_types).features

    def _check_size(self, rows: int, classes: Any) -> None:
        if not isinstance(classes, (int, np.integer)) or classes < 1:
            raise FeatureError(
                "The number of classes must be a whole number from 1.", found=str(classes)
            )
        if rows < classes:
            raise FeatureError(
                "There are more classes than rows.",
                expected=f"at least n_samples = {classes}",
                found=f"n_samples = {rows}",
                next_step="Ask for fewer classes.",
            )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.input_tags.allow_nan = True
        return tags


def _all_floats(X: pd.DataFrame) -> bool:
    return all(d.kind == "f" for d in X.dtypes)
