"""environment.yml says the same as pyproject.toml, and the lock file holds hashes only."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
# conda splits these packages; the -base one is what pip users get
CONDA_NAMES = {"matplotlib": "matplotlib-base", "seaborn": "seaborn-base"}
CONDA_ONLY = {"python", "libvoikko"}


def _split(requirement: str) -> tuple[str, str]:
    name, bounds = re.match(r"([A-Za-z0-9_.-]+)(.*)", requirement).groups()
    return name.lower(), bounds.replace(" ", "")


def _project() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return dict(map(_split, project["dependencies"]))


def _conda() -> dict[str, str]:
    content = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    plain = [d for d in content["dependencies"] if isinstance(d, str) and d != "pip"]
    from_pip = next(d["pip"] for d in content["dependencies"] if isinstance(d, dict))
    return dict(map(_split, [*plain, *(r for r in from_pip if not r.startswith("--"))]))


def test_environment_names_and_bounds_equal_those_of_the_project() -> None:
    wanted = {CONDA_NAMES.get(name, name): bounds for name, bounds in _project().items()}
    found = {name: bounds for name, bounds in _conda().items() if name not in CONDA_ONLY}
    assert found == wanted


def test_python_has_the_same_lower_bound_and_no_cap() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert _conda()["python"] == project["requires-python"]
    assert "<" not in project["requires-python"]


def test_the_lock_has_hashes_for_each_package_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert "index-url" not in lock
    entries = re.findall(r"^\S+==\S+.*?(?=^\S|\Z)", lock, flags=re.M | re.S)
    assert len(entries) > 100
    assert [e.split()[0] for e in entries if "--hash=sha256:" not in e] == []


def test_the_lock_holds_each_dependency_of_the_project() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9_.-]+)==", lock, flags=re.M))
    assert {n for n in _project() if n not in locked} == set()
