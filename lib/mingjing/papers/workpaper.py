"""Audit papers of findings: 审计取证单 (evidence, to be confirmed by the unit) and 审计工作底稿 (working paper).

The parts are those that 《中华人民共和国国家审计准则》 (审计署令第8号, 2010) asks of a working paper in its articles on
审计记录: project, matter, course and conclusion, who made it and when, who reviewed it, index number, attachments.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mingjing.analyse.places import finding_of, inside
from mingjing.errors import UsageError, each_of, path_of
from mingjing.findings.message import plain, told_in_yuan
from mingjing.papers.book import Book
from mingjing.report.findings_table import KIND, SEVERITY
from mingjing.report.labels import label, proof
from mingjing.report.rule_notes import threshold_value
from mingjing.rules import Entry

_INDEX = ("索引号", "发现编号", "规则", "程度", "单位", "事项摘要", "金额（元）", "取证单", "底稿")
MOST = 200


def workpaper(audit, finding_ids: str | Iterable[str], folder: str | Path) -> Path:
    """Writes `取证单与底稿_<period>.xlsx`: a numbered index, and for each finding one 取证单 and one 底稿, for each rule the query
    that ran. Gives its path.

    finding_ids: one id or several, in the order they are to be numbered. In Chinese, as the forms are; lines to sign, dates and
    opinions stay blank for people.
    """
    inside(audit, "workpaper()")
    folder = path_of(folder, "the folder of workpaper()")
    wanted = list(dict.fromkeys(each_of(finding_ids)))
    if not 0 < len(wanted) <= MOST:
        raise UsageError(f"{len(wanted)} findings are named", todo=f"Name between 1 and {MOST}")
    findings = [finding_of(audit, finding_id) for finding_id in wanted]
    path = folder / f"取证单与底稿_{audit.period.text}.xlsx"
    with Book(path) as book:
        index = book.form(
            "目录", "审计取证单与工作底稿目录", (10, 24, 26, 7, 20, 50, 14, 10, 10), landscape=True
        )
        index.table(_INDEX, (_index_line(audit, n, f) for n, f in enumerate(findings, start=1)))
        for number, finding in enumerate(findings, start=1):
            _evidence(book, audit, number, finding)
            _paper(book, audit, number, finding)
        for rule_id in dict.fromkeys(finding["rule_id"] for finding in findings):
            _query(book, audit, rule_id)
    return path


def _index_line(audit, number: int, finding: dict) -> tuple:
    entry = audit.entry(finding["rule_id"])
    return (
        f"{number:03d}",
        finding["finding_id"],
        f"{entry.rule_id} {entry.zh}",
        SEVERITY["zh"][finding["severity"]],
        _unit(audit, finding),
        finding["message_zh"],
        finding["amount"],
        f"QZ-{number:03d}",
        f"DG-{number:03d}",
    )


def _unit(audit, finding: dict) -> str:
    return audit.names.get(finding["unit"], finding["unit"]) or "未注明"


def _facts(audit, finding: dict, entry: Entry) -> str:
    values, money = json.loads(finding["evidence"])["values"], told_in_yuan(entry)
    told = [
        f"{label(name, 'zh', entry.rule_id)}：{proof(name, value, values, 'zh', audit.names, money)}"
        for name, value in values.items()
        if not name.endswith("_en")
    ]
    return "\n".join([finding["message_zh"], *told])


def _evidence(book: Book, audit, number: int, finding: dict) -> None:
    entry = audit.entry(finding["rule_id"])
    rows = audit.rows(finding["finding_id"]).to_dict("records")
    form = book.form(f"取证单{number:03d}", "审计取证单", (24, 24, 16, 42))
    form.line(f"索引号：QZ-{number:03d}　　　附件：　　页")
    form.boxes(("项目名称", f"{audit.period.words('zh')}廉政自查"))
    form.boxes(("被审计（调查）单位或个人", _unit(audit, finding)))
    form.boxes(("审计（调查）事项", entry.zh))
    form.text("审计（调查）事项摘要", _facts(audit, finding, entry), height=120)
    form.line("证据出处（行号为原表行号，含表头）")
    form.table(
        ("文件、工作表、行", "该行内容"),
        ((_place(row), _row_text(audit, row, entry.rule_id)) for row in rows[:50]),
    )
    if len(rows) > 50:
        form.line(f"另有{len(rows) - 50}行，见 findings.csv 中 {finding['finding_id']} 的 evidence。")
    form.boxes(("审计人员（签字）", ""), ("编制日期", ""), height=36)
    form.boxes(("证据提供单位意见", "\n\n\n（盖章）\n负责人（签字）：　　　　　　日期："), height=110)
    form.line("说明：证据提供单位对所列事实有异议的，请在意见栏写明并附凭证；意见栏写不下的另附纸。")


def _place(row: dict) -> str:
    return "\n".join(filter(None, (row["_file"], row["_sheet"], f"第{row['_row']}行")))


def _row_text(audit, line: dict, rule_id: str) -> str:
    """What stands in the row: header and cell, blanks left out; an id with the name it stands for."""
    cells = {name: value for name, value in line.items() if not name.startswith("_") and not _blank(value)}
    return "；".join(
        f"{label(n.removeprefix('x_'), 'zh', rule_id)}：{proof(n, plain(v), cells, 'zh', audit.names)}"
        for n, v in cells.items()
    )


def _blank(value: Any) -> bool:
    return value is None or value != value


def _paper(book: Book, audit, number: int, finding: dict) -> None:
    entry = audit.entry(finding["rule_id"])
    thresholds = "\n".join(
        f"{t.zh}：{threshold_value(t, 'zh')}（来源：{t.where_from('zh')}）" for t in entry.params.values()
    )
    form = book.form(f"底稿{number:03d}", "审计工作底稿", (16, 30, 16, 46))
    form.line(f"索引号：DG-{number:03d}　　　附：取证单 QZ-{number:03d}")
    form.boxes(("项目名称", f"{audit.period.words('zh')}廉政自查"), ("被审计单位", _unit(audit, finding)))
    form.boxes(("审计事项", f"{entry.rule_id} {entry.zh}"), ("发现编号", finding["finding_id"]))
    grade = f"{SEVERITY['zh'][finding['severity']]} · {KIND['zh'][finding['kind']]}"
    form.boxes(("程度与性质", grade), ("金额（元）", finding["amount"]))
    form.boxes(("审计人员（签字）", ""), ("编制日期", ""), height=32)
    form.boxes(("审计过程", f"核查期间{audit.period.words('zh')}，截至{audit.as_of}。{entry.words('zh')}"))
    form.boxes(("采用的标准", thresholds or "本规则没有阈值"))
    form.text("认定的事实", _facts(audit, finding, entry), height=90)
    form.boxes(("依据", finding["basis"]))
    form.boxes(("核实办法", entry.verify.get("zh", "调阅原始凭证，向经办人核实")))
    form.boxes(("核实情况", ""), height=60)
    form.boxes(("审计结论", "查实□　　不成立□　　待核□\n理由："), height=60)
    form.boxes(("审核意见", ""), height=60)
    form.boxes(("审核人员（签字）", ""), ("审核日期", ""), height=32)
    form.boxes(("查询语句", f"见工作表“查询{entry.rule_id}”"))


def _query(book: Book, audit, rule_id: str) -> None:
    """What ran, once for all findings of the rule, so that a working paper is one page."""
    form = book.form(f"查询{rule_id}", f"{rule_id} 查询语句", (18, 90))
    form.line(f"{audit.entry(rule_id).zh}。程序实际执行的查询，按序供复核；前面建过的中间表不再重列。")
    for place, query in enumerate(audit.outcome(rule_id).sql.values(), start=1):
        form.text(f"查询 {place}", query, look="code")
