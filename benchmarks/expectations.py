"""The checks that Great Expectations can express, by its own quick start for a data frame; needs no Mingjing.

    PYTHON benchmarks/expectations.py FOLDER      # PYTHON: an environment with great-expectations and pyarrow

Great Expectations asks for other versions of libraries than Mingjing, so it runs in an environment of its own.
Prints a line of JSON a rule: seconds with reading the Parquet file, rows found, peak memory in MB.
"""

import json
import sys
import time
from pathlib import Path

import great_expectations as gx
import pandas as pd
from great_expectations import expectations as gxe
from targets import peak_mb

SAID = {
    "RX-B04": (
        "hotline",
        lambda t: t,
        [
            gxe.ExpectColumnValuesToNotBeNull(
                column="invalid_approval_no",
                row_condition="invalid_flag==True",
                condition_parser="pandas",
            )
        ],
    ),
    "QD-05": (
        "gun_issue",
        lambda t: t[t.in_time < pd.Timestamp("2022-01-01")],
        [
            gxe.ExpectColumnPairValuesToBeEqual(column_A="return_gun_no", column_B="gun_no"),
            gxe.ExpectColumnValuesToBeInSet(column="unload_check", value_set=[True]),
        ],
    ),
}


def main() -> None:
    context = gx.get_context(mode="ephemeral")
    frames = context.data_sources.add_pandas("ledgers")
    for rule_id, (name, within, expectations) in SAID.items():
        start = time.perf_counter()
        frame = within(pd.read_parquet(Path(sys.argv[1]) / f"{name}.parquet"))
        batch = frames.add_dataframe_asset(rule_id).add_batch_definition_whole_dataframe(rule_id)
        result = batch.get_batch(batch_parameters={"dataframe": frame}).validate(
            gx.ExpectationSuite(name=rule_id, expectations=expectations)
        )
        found = sum(r.result["unexpected_count"] for r in result.results)
        seconds = time.perf_counter() - start
        peak = peak_mb()
        print(json.dumps({"what": rule_id, "seconds": seconds, "found": found, "mb": peak}), flush=True)


if __name__ == "__main__":
    main()
