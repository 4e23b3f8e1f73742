"""One source of versions: pyproject says what is wanted, the lock what is installed, conda users get the lock."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK, SPARK = ((ROOT / f"requirements{name}.lock").read_text("utf-8") for name in ("", "-spark"))
PINS, SPARK_PINS = (dict(re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock, re.M)) for lock in (LOCK, SPARK))


def test_every_dependency_is_locked_at_a_version_it_allows():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for text in project["dependencies"] + project["optional-dependencies"]["test"]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(PINS[canonicalize_name(wanted.name)]), text


def test_the_lock_of_spark_adds_it_and_changes_no_other_version():
    (text,) = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"][
        "spark"
    ]
    assert Requirement(text).specifier.contains(SPARK_PINS["pyspark"])
    assert {name for name in SPARK_PINS if PINS.get(name) != SPARK_PINS[name]} == {"pyspark", "py4j"}


@pytest.mark.parametrize("lock", [LOCK, SPARK], ids=["base", "spark"])
def test_a_lock_carries_hashes_and_no_address(lock):
    assert len(re.findall(r"^[\w.-]+==", lock, re.M)) == len(
        re.findall(r"^[\w.-]+==.*?\\\n    --hash=sha256:", lock, re.M)
    )
    assert "://" not in lock and "index-url" not in lock


def test_conda_users_get_the_same_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    (pip,) = [item["pip"] for item in environment["dependencies"] if isinstance(item, dict)]
    assert pip == ["--requirement requirements.lock"]
    named = {Requirement(item).name for item in environment["dependencies"] if isinstance(item, str)}
    assert named == {"python", "pip"}, "every other version comes from the lock"
    python = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert f"python {python}" in environment["dependencies"]
