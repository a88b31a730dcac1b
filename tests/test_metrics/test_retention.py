from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxresearch.metrics import retention_curve
from cxresearch.model import FrameError

LUNG = Path(__file__).parents[3] / "shared" / "known_answers" / "csv" / "lung.csv"


@pytest.mark.skipif(not LUNG.exists(), reason="the reference data lung is not here")
def test_curves_and_their_difference_equal_survfit_and_survdiff() -> None:
    table = pd.read_csv(LUNG).assign(dead=lambda t: t["status"] == 2)
    found = retention_curve(table, duration="time", left="dead", at=[180, 365, 730])
    # R survival 3.5-3 summary(survfit(Surv(time, status==2)~1, lung), times=c(180,365,730))
    np.testing.assert_allclose(
        found.table["retained"], [0.7216706534, 0.4092416245, 0.1156930983], atol=1e-9
    )
    np.testing.assert_allclose(
        found.table["se"], [0.02981241947, 0.03582363817, 0.02829819732], atol=1e-9
    )
    assert found.details["median"] == {"all": 310}
    sexes = retention_curve(table, duration="time", left="dead", by="sex")
    # survdiff(Surv(time, status==2)~sex, lung)
    assert sexes.details["logrank"]["chi2"] == pytest.approx(10.32674195, abs=1e-7)


def test_a_curve_by_hand() -> None:
    table = pd.DataFrame({"months": [1, 2, 2, 3, 4, 5], "left": [1, 1, 0, 0, 1, 0]})
    found = retention_curve(table, duration="months", left="left")
    # 5/6, then 4/5 of it, then 1/2 of that
    np.testing.assert_allclose(found.table["retained"], [5 / 6, 4 / 6, 2 / 6])
    assert found.table["at_risk"].tolist() == [6, 5, 2]
    assert (found.table["ci_low"] <= found.table["retained"]).all()


def test_small_groups_are_left_out_and_bad_rows_named() -> None:
    table = pd.DataFrame({"months": [1, 2, 3, 4, 5, 6, 7], "left": [1, 1, 0, 1, 1, 0, 1]})
    table["plan"] = ["x"] * 5 + ["y"] * 2
    found = retention_curve(table, duration="months", left="left", by="plan")
    assert found.table["plan"].unique().tolist() == ["x"]
    assert found.warnings
    with pytest.raises(FrameError, match="rows 0"):
        retention_curve(table.assign(months=[0, *range(1, 7)]), duration="months", left="left")
    with pytest.raises(FrameError, match="nobody left"):
        retention_curve(table.assign(left=0), duration="months", left="left")
