"""`mingjing check`: what was read and what was rejected, as a table and a line for each row to look at."""

import argparse
import json
import sys
import unicodedata
from typing import TYPE_CHECKING

from mingjing.cli_options import options
from mingjing.errors import printable

if TYPE_CHECKING:  # pandas takes a second to load, and every command passes here
    import pandas as pd

_SUM = (
    "共{sheets}张表，读入{read:,}行，退回{rejected:,}行，存疑{doubtful:,}处。",
    "{sheets} sheets, {read:,} rows read, {rejected:,} rejected, {doubtful:,} in doubt.",
)
# never seen, and never to be missed
_LOST = ("（行数对不上）", " (rows do not add up)")


def add_check(commands: argparse._SubParsersAction) -> None:
    check = commands.add_parser(
        "check",
        help="read the ledgers and say what was read and what was rejected",
        epilog="example: mingjing check --data ledgers",
    )
    check.set_defaults(command=_check)
    options(check, "--data", "--mapping", "--config", "--lang", "--json")


def _check(args: argparse.Namespace) -> int:
    from mingjing.config import read_config
    from mingjing.intake import read_folder

    settings = read_config(args.config).files
    intake = read_folder(args.data, **(settings | ({"mapping": args.mapping} if args.mapping else {})))
    frame = intake.conservation()
    if args.json:
        rejected = intake.rejected.to_dict("records")
        print(
            json.dumps(
                {"sources": json.loads(frame.to_json(orient="records")), "rejected": rejected},
                ensure_ascii=False,
            )
        )
    else:
        print("\n".join(_sheets(frame, len(intake.issues), args.lang)))
        for part in (intake.rejected, intake.issues):
            for row in part.to_dict("records"):
                print(_place(row, args.lang))
    for source in intake.sources:
        for zh, en in source.notes:
            print(printable(f"{source.file}: {zh if args.lang == 'zh' else en}"), file=sys.stderr)
    return 2 if intake.unreadable else 0


def _sheets(frame: "pd.DataFrame", doubtful: int, lang: str) -> list[str]:
    """The sheets in columns, then their sums; a sheet whose rows do not add up says so."""
    from mingjing.intake.words import SHEETS, STATUS
    from mingjing.tables import tables

    en = lang == "en"
    frame = frame.assign(
        table=[tables()[name].label(lang) if isinstance(name, str) else "" for name in frame.table],
        status=[
            STATUS[status][en] + ("" if kept else _LOST[en])
            for status, kept in zip(frame.status, frame.kept, strict=True)
        ],
    )
    names = [name for name in SHEETS if name in frame]
    lines = [[SHEETS[name][en] for name in names], *frame[names].astype(str).to_numpy().tolist()]
    right = [frame[name].dtype.kind in "iuf" for name in names]
    widths = [max(map(_wide, column)) for column in zip(*lines, strict=True)]
    table = ["  ".join(map(_padded, line, widths, right)).rstrip() for line in lines]
    read, rejected = int(frame.rows_read.sum()), int(frame.rejected.sum())
    return [
        *table,
        _SUM[en].format(sheets=len(frame), read=read, rejected=rejected, doubtful=doubtful),
    ]


def _padded(text: str, width: int, right: bool) -> str:
    text, blank = printable(text), " " * (width - _wide(text))
    return blank + text if right else text + blank


def _wide(text: str) -> int:
    """Columns of a terminal that the text takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in printable(text))


def _place(row: dict, lang: str) -> str:
    from pandas import isna

    place = " ".join(filter(None, (row["source_file"], row["sheet"])))
    at = "" if isna(row["row"]) else f"第{row['row']}行" if lang == "zh" else f"row {row['row']}"
    return printable(
        " ".join(filter(None, (place, at))) + ("：" if lang == "zh" else ": ") + row[f"reason_{lang}"]
    )
