"""Wilson's interval, against a published table and its limits."""

import math

import pytest

from cxresearch.model import wilson_interval


def test_it_equals_a_published_example() -> None:
    # Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, method 3
    assert wilson_interval(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-4)


def test_ends_stay_inside_and_nothing_counted_has_no_interval() -> None:
    assert wilson_interval(0, 10)[0] == 0.0
    assert wilson_interval(10, 10)[1] == 1.0
    assert all(math.isnan(end) for end in wilson_interval(0, 0))
