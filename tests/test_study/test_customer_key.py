import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxresearch.study import customer_keys, open_study


def test_one_customer_has_one_key_however_it_is_written(study):
    keys = customer_keys(study, pd.Series(["1001", 1001, 1001.0, " 1001 ", None, "", "1002"]))
    assert keys[:4].nunique() == 1
    assert keys.isna().tolist() == [False] * 4 + [True, True, False]
    assert keys[6] != keys[0]
    assert keys[0].startswith("c")
    assert len(keys[0]) == 17


def test_keys_stay_across_restarts(study, open_it):
    given_keys = pd.Series(["a", "b"])
    assert customer_keys(study, given_keys).equals(customer_keys(open_it(), given_keys))


def test_another_study_has_other_keys(tmp_path):
    keys = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        text = f'schema = 1\n[study]\nname = "{name}"\ntitle = {{en = "x"}}\n'
        (folder / "study.toml").write_text(text, encoding="utf-8")
        with open_study(folder) as study:
            keys.append(customer_keys(study, pd.Series(["1001"]))[0])
    assert keys[0] != keys[1]


def test_index_and_order_are_kept(study):
    values = pd.Series(["b", "a", "b"], index=[7, 3, 9])
    keys = customer_keys(study, values)
    assert keys.index.tolist() == [7, 3, 9]
    assert keys[7] == keys[9] != keys[3]
    assert customer_keys(study, pd.Series([], dtype="str")).empty


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(st.text(min_size=1, max_size=8).map(str.strip).filter(bool), unique=True))
def test_different_customers_have_different_keys_that_show_nothing(study, names):
    keys = customer_keys(study, pd.Series(names, dtype="str"))
    assert keys.nunique() == len(names)
    assert not set(keys) & set(names)
