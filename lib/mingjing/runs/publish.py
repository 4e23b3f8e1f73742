"""A run for readers outside: checked before it is let out, and a record of it kept inside, beside the public folder."""

import hashlib
import hmac
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from mingjing.audit import Audit
from mingjing.errors import UsageError
from mingjing.intake import Intake
from mingjing.release import check_leaks, own_texts
from mingjing.runs.manifest import NAME, RECORD, read_manifest, sha256, write_manifest

_SHOWN = ("period", "as_of", "units", "lang", "audience", "engine")


def record_of(target: Path) -> Path:
    """Where the record of a public report is kept: never inside it."""
    return target.with_name(target.name + RECORD)


def check_target(target: Path, audience: str) -> None:
    """UsageError where the new report would take the place of something else, or of a report for other readers."""
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if not (target / NAME).exists():
        raise UsageError(f"{target} holds something that is not a report", todo="Choose another --out")
    held = read_manifest(target).get("parameters", {}).get("audience", "internal")
    if held != audience:
        raise UsageError(
            f"{target} holds a report for {held} readers, this one is for {audience} readers",
            todo="Choose another --out",
        )


def inputs_of(intake: Intake) -> dict[str, Any]:
    """What was read, by what, and what was corrected on the way."""
    fields = ("file", "sheet", "sha256", "table", "status", "rows_read", "accepted", "rejected", "not_data")
    corrections = intake.corrections.drop(columns="_rid")
    return {
        "inputs": [{name: getattr(source, name) for name in fields} for source in intake.sources],
        "read_by": [dict(zip(("kind", "file", "sha256"), s, strict=True)) for s in intake.settings],
        "corrections": json.loads(corrections.to_json(orient="records", date_format="iso", date_unit="s")),
    }


def publish(
    audit: Audit, notebooks: list[Path], folder: Path, record: Path, body: dict[str, Any], target: Path
) -> None:
    """Checks the finished folder for leaks, seals it with a manifest that names no input, and writes the record.

    LeakError when a value that became a code is found in it: then nothing is let out.
    """
    found = audit.release
    shutil.rmtree(folder / "notebooks")
    own = own_texts(notebooks) + "\n".join(found.open_values)
    checked = check_leaks(folder, found.known, own, found.policy.words)
    inputs = inputs_of(found.source)
    sealed = hmac.digest(found.policy.key, json.dumps(inputs, sort_keys=True).encode(), hashlib.sha256).hex()
    public = body | {
        "inputs": [],
        "inputs_sealed": sealed,
        "beside": {},
        "read_by": [],
        "corrections": [],
        "parameters": {k: v for k, v in body["parameters"].items() if k in _SHOWN},
        "failed": dict.fromkeys(body["failed"], ""),
        "leak_check": vars(checked),
    }
    write_manifest(folder, public, previous=target / NAME)
    record.mkdir(mode=0o700)
    _to_csv(found.suppressed(), record / "suppressed.csv")
    _to_csv(pd.DataFrame(found.ids, columns=["public_id", "finding_id"]), record / "findings.csv")
    published = {
        p.relative_to(folder).as_posix(): sha256(p) for p in sorted(folder.rglob("*")) if p.is_file()
    }
    write_manifest(record, body | inputs | {"published": published}, previous=record_of(target) / NAME)
    for path in record.iterdir():
        os.chmod(path, 0o600)


def _to_csv(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
