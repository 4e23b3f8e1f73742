"""The same rules on Spark, on a cluster of two workers that are processes of their own: the same findings."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from mingjing import Audit
from mingjing.errors import UsageError
from mingjing.rules import backends, catalogue, rules, run_rule

ROOT = Path(__file__).parents[2]
SAMPLE = "data/sample"
# Few rules in four areas; benchmarks/spark.py holds all of them against DuckDB.
RULES = ("PY-B02", "RX-02", "RX-B04", "AQ-12", "AQ-B02", "CG-01", "JF-04", "JF-B04", "QD-04", "QD-B03")
# Small ledgers: to plan and compile a query costs more than to run it.
DEFAULTS = """\
spark.sql.codegen.wholeStage false
spark.sql.adaptive.enabled false
spark.sql.shuffle.partitions 2
spark.driver.bindAddress 127.0.0.1
spark.driver.host 127.0.0.1
"""


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """Settings under which `spark` is that cluster; the folder that its workers share."""
    lacking = backends.spark_lacks()
    if lacking and os.environ.get("MINGJING_SKIP") != "never":
        pytest.skip(f"the Spark engine needs {lacking}")
    assert not lacking, f"{lacking} is missing, and MINGJING_SKIP=never forbids to skip"
    (tmp_path / "spark-defaults.conf").write_text(DEFAULTS)
    monkeypatch.setenv("SPARK_CONF_DIR", str(tmp_path))
    monkeypatch.setenv(backends.MASTER, "local-cluster[2,1,1024]")
    monkeypatch.setenv(backends.FOLDER, str(tmp_path))
    return tmp_path


def judged(engine: str):
    """What these rules come to and find, in processes of their own as in a run."""
    audit = Audit.open(SAMPLE, engine=engine)
    audit._entries = {rule_id: audit._entries[rule_id] for rule_id in RULES}
    with audit.shared(2):
        return audit.outcomes().to_dict("records"), audit.found()


def test_spark_finds_what_duckdb_finds_with_the_same_ids_evidence_and_order(cluster):
    outcomes, found = judged("spark")
    told, expected = judged("duckdb")
    assert {line["outcome"] for line in told} == {"findings"}
    assert outcomes == told
    assert found == expected
    assert not list(cluster.glob("mingjing-*")), "no ledger stays behind in the folder the workers share"


def made(engine: str, data: Path, out: Path) -> str:
    """What a run of one area says while it goes on; a process of its own, as a person starts it."""
    words = ["run", "venues", "--data", data, "--period", "2021", "--out", out, "--engine", engine]
    done = subprocess.run(
        [sys.executable, "-m", "mingjing", *words], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stderr


def shown(page: Path) -> str:
    """A report without the queries in it."""
    return re.sub("<pre.*?</pre>", "", page.read_text("utf-8"), flags=re.S)


@pytest.mark.notebook
def test_a_run_on_spark_makes_the_same_report_but_for_its_queries(cluster, tmp_path):
    data = tmp_path / "ledgers"
    data.mkdir()
    for name in ("体育场地台账.xlsx", "体育场地登记表.csv"):
        shutil.copy(ROOT / SAMPLE / name, data)
    runs = {engine: tmp_path / "reports" / engine for engine in ("duckdb", "spark")}
    said = {engine: made(engine, data, out) for engine, out in runs.items()}
    mine, other = runs["spark"], runs["duckdb"]
    assert "ERROR" not in said["spark"]
    for name in ("findings.csv", "findings.parquet", "rules.csv", "rejected.csv"):
        assert (mine / name).read_bytes() == (other / name).read_bytes(), name
    for name in ("index.html", "venues.html"):
        assert shown(mine / name) == shown(other / name), name
    told, expected = (json.loads((out / "manifest.json").read_text("utf-8")) for out in (mine, other))
    assert "findings" in {rule["outcome"] for rule in told["rules"]}
    assert {key for key in told if told[key] != expected[key]} <= {
        *("engine", "fingerprint", "started", "seconds", "outputs", "manifest_sha256")
    }
    assert not list(cluster.glob("mingjing-*"))


def test_without_spark_one_clear_line_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(backends, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"needs PySpark \(pip install .*requirements-spark\.lock"):
        backends.connect("spark")
    monkeypatch.setattr(backends, "find_spec", lambda name: True)
    monkeypatch.setattr(backends, "which", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(UsageError, match="needs Java 17"):
        backends.connect("spark")


def test_a_rule_that_another_engine_refuses_is_not_run_and_never_passed(ledgers, monkeypatch, capsys):
    row = {"line_id": "L1", "voucher_date": date(2021, 3, 1), "unit_id": "U1", "invoice_no": None}
    people = {"handler_id": "P1", "reviewer_id": "P2", "approver_id": "P3"}
    asked = ledgers(expense=[row | people])
    asked.everything()

    def refuse(query, told=None):
        raise RuntimeError("no such function")

    monkeypatch.setattr(asked, "fetch", refuse)
    entry, function = catalogue()["JF-B04"], rules()["JF-B04"]
    with pytest.raises(RuntimeError):
        run_rule(entry, function, asked)
    monkeypatch.setattr(asked.backend, "name", "pyspark")
    outcome = run_rule(entry, function, asked)
    assert (outcome.outcome, outcome.reason) == ("not_run", ("engine", ""))
    assert "JF-B04: no such function" in capsys.readouterr().err
