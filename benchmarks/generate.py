"""Ledgers of any number of rows, made by DuckDB's range generator and written as Parquet.

    python benchmarks/generate.py FOLDER [ROWS]

Payments (`expense`), complaints (`hotline`), issues of guns (`gun_issue`) and what goes with them (`ammo_txn`). Each
has ROWS rows, one unit per 2,000 of them as a district has (`unit`), and one row in a thousand or so that breaks a rule.
Every value is a hash of the row's number: the same rows every time. They are made and written some at a time, so that
many rows take no more memory than few.
"""

import argparse
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

# A number from 0 to n - 1 that depends on the row `i` and on what it is for.
_PICK = "CREATE OR REPLACE MACRO pick(i, what, n) AS (hash(i * 31 + what) % n)::BIGINT"
_UNIT = "'U' || lpad((i // 2000)::VARCHAR, 6, '0')"
_DAY = "DATE '2021-01-01' + pick(i, 1, 365)::INT"

# A multiple of the rows of a unit, whose running balance must not be cut.
AT_ONCE = 500_000

QUERIES = {
    "unit": """
        SELECT 'U' || lpad(range::VARCHAR, 6, '0') AS unit_id, '单位' || range AS unit_name, 'H' || range AS head_id,
            NULL::VARCHAR AS parent_id, true AS active FROM range(1 + ($rows - 1) // 2000)""",
    "expense": f"""
        SELECT 'L' || n AS line_id, 'V' || n AS voucher_no, {_DAY} AS voucher_date, 2021::BIGINT AS fiscal_year,
            {_UNIT} AS unit_id,
            (['30201', '30211', '30217', '30102', '30299'])[1 + pick(i, 2, 5)] AS econ_item_code,
            (['办公费', '差旅费', '公务接待费', '津贴补贴', '其他'])[1 + pick(i, 2, 5)] AS econ_item,
            round(10 ** (1 + 4 * (hash(i) % 1000003) / 1000003), 2) AS amount,
            '供应商' || pick(i, 3, 1 + rows // 20) || '有限公司' AS payee,
            -- one in a thousand carries the number, payee and sum of its neighbour's invoice
            lpad(pick(i, 4, 100000000)::VARCHAR, 8, '0') AS invoice_no,
            CASE WHEN pick(i, 11, 1000) = 0 THEN '会议餐费'
                ELSE (['办公用品一批', '出差住宿', '班车租赁', '体育器材维护'])[1 + pick(i, 5, 4)] END AS summary,
            'P' || pick(i, 6, 900) AS handler_id,
            CASE WHEN pick(i, 7, 1000) = 0 THEN 'P' || pick(i, 6, 900) ELSE 'P' || (1000 + pick(i, 8, 90)) END
                AS approver_id,
            'P' || (2000 + pick(i, 9, 90)) AS reviewer_id,
            CASE WHEN pick(i, 10, 1000) > 0 THEN '文' || i END AS basis_doc_no
        FROM (SELECT range AS n, range - (hash(range) % 1000 = 0 AND range > 0)::INT AS i, $rows AS rows
            FROM range($first, $last))""",
    "hotline": f"""
        SELECT 'T' || i AS ticket_no, (['12345热线', '网络', '来访', '信访'])[1 + pick(i, 2, 4)] AS channel,
            (['游泳馆', '健身器材', '足球场', '羽毛球馆', '培训班', '乒乓球台'])[1 + pick(i, 3, 6)]
            || (['水质差', '损坏', '收费高', '噪音大', '拒绝退款', '不开放'])[1 + pick(i, 4, 6)] AS title,
            '市民反映' || (['滨江', '城南', '新河', '东湖', '西山', '北苑', '中央', '石桥'])[1 + pick(i, 5, 8)]
            -- two complaints a place, most of them about different things
            || chr(19968 + (pick(i, 11, 1 + rows // 2) % 8000)::INT)
            || chr(19968 + (pick(i, 11, 1 + rows // 2) // 8000 % 8000)::INT) || '小区的'
            || (['游泳馆', '健身器材', '足球场', '羽毛球馆', '培训班', '乒乓球台'])[1 + pick(i, 3, 6)]
            || (['水质差', '损坏', '收费高', '噪音大', '拒绝退款', '不开放'])[1 + pick(i, 4, 6)] || '，请处理' AS content,
            {_UNIT} AS unit_id, (['投诉', '咨询', '建议'])[1 + pick(i, 6, 3)] AS category,
            ({_DAY})::TIMESTAMP + to_minutes(480 + pick(i, 7, 600)) AS accept_time,
            (['紧急', '一般', '疑难'])[1 + pick(i, 8, 3)] AS urgency,
            CASE WHEN pick(i, 9, 1000) > 0 THEN ({_DAY})::TIMESTAMP + to_minutes(1500) END AS reply_time,
            ({_DAY})::TIMESTAMP + to_minutes(2000) AS notice_time, true AS responded, pick(i, 10, 50) > 0 AS resolved,
            (['满意', '基本满意', '不满意'])[1 + (pick(i, 13, 100) > 60)::INT + (pick(i, 13, 100) > 97)::INT]
                AS satisfaction,
            pick(i, 14, 200) = 0 AS invalid_flag,
            CASE WHEN pick(i, 15, 10) > 0 THEN '批' || i END AS invalid_approval_no,
            CASE WHEN pick(i, 16, 50) > 0 THEN ({_DAY})::TIMESTAMP + to_minutes(2500) END AS rework_done_time
        FROM (SELECT range AS i, $rows AS rows FROM range($first, $last))""",
    "gun_issue": f"""
        SELECT 'I' || i AS issue_id, {_UNIT} AS unit_id, 'G' || (i // 40) AS gun_no,
            (['5.6mm步枪弹', '4.5mm气枪铅弹'])[1 + pick(i, 2, 2)] AS ammo_type,
            'A' || (i // 100) AS borrower_id, 'C' || (i // 500) AS coach_id, '训练' AS purpose,
            'P' || pick(i, 3, 50) AS approver_id, out_time - to_minutes(30) AS approve_time, out_time,
            CASE WHEN pick(i, 4, 2000) = 0 THEN out_time + to_hours(30) ELSE out_time + to_hours(2) END AS in_time,
            50::BIGINT AS ammo_out, used AS ammo_used,
            50 - used - (pick(i, 5, 1000) = 0)::BIGINT AS ammo_returned, 0::BIGINT AS dud_count,
            used - (pick(i, 6, 1000) = 0)::BIGINT AS shell_returned,
            'G' || (i // 40) AS return_gun_no, pick(i, 7, 1000) > 0 AS unload_check,
            'K' || pick(i, 8, 40) AS keeper_out1, 'K' || (40 + pick(i, 9, 40)) AS keeper_out2,
            'K' || pick(i, 8, 40) AS keeper_in1, 'K' || (40 + pick(i, 9, 40)) AS keeper_in2
        FROM (SELECT range AS i, 20 + pick(range, 10, 30) AS used,
            TIMESTAMP '2021-01-01 08:00:00' + to_days((range % 40 * 9)::INT) + to_minutes(pick(range, 11, 300))
            AS out_time FROM range($first, $last))""",
    # an issue is booked out and, less what was fired, in again; after 1000 of them the store is filled up
    "ammo_txn": f"""
        SELECT 'X' || i AS txn_id, {_UNIT} AS unit_id, '一号库' AS storeroom, '5.6mm步枪弹' AS ammo_type,
            '2021-01' AS batch_no, TIMESTAMP '2021-01-01 08:00:00' + to_minutes(i % 2000 * 250) AS txn_time,
            CASE WHEN i % 2000 = 0 THEN '期初' WHEN i % 2 = 1 THEN '领出' ELSE '退回' END AS txn_type, qty,
            sum(CASE WHEN i % 2000 > 0 AND i % 2 = 1 THEN -qty ELSE qty END) OVER (PARTITION BY i // 2000 ORDER BY i)
                ::BIGINT - (pick(i, 2, 1000) = 0)::BIGINT AS balance,
            CASE WHEN i % 2000 > 0 THEN 'I' || ((i - 1) // 2) END AS issue_id
        FROM (SELECT range AS i, CASE WHEN range % 2000 = 0 THEN 100000 WHEN range % 2 = 1 THEN 50
            ELSE 50 - 20 - pick((range - 1) // 2, 10, 30) END::BIGINT AS qty FROM range($first, $last))
        ORDER BY i""",
}


def generate(folder: Path, rows: int) -> None:
    """Writes one Parquet file a ledger; `_rid` is the row's number."""
    con = duckdb.connect()
    con.execute(_PICK)
    for name, query in QUERIES.items():
        path, writer = folder / f"{name}.parquet", None
        count = rows if "$last" in query else 1
        for first in range(0, count, AT_ONCE):
            part = query.replace("$first", str(first)).replace("$last", str(min(first + AT_ONCE, rows)))
            numbered = f"SELECT *, row_number() OVER () + {first + 1} AS _rid FROM ({part.replace('$rows', str(rows))})"
            table = con.sql(numbered).to_arrow_table()
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table, row_group_size=100_000)
        writer.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000, metavar="ROWS")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    generate(args.folder, args.rows)
