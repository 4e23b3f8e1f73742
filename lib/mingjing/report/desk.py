"""How the objects of the lab show themselves in JupyterLab: escaped HTML, no request, plain text beside it."""

from collections.abc import Callable, Iterable

import pandas as pd

from mingjing.errors import UsageError, nearest
from mingjing.report.findings import Panel, escape, frame_panel, in_chinese
from mingjing.report.labels import labelled
from mingjing.report.rule_notes import rule_notes
from mingjing.rules.reasons import reason_text
from mingjing.tables import tables


def parts_html(parts: Iterable[tuple[str, pd.DataFrame]], lang: str) -> str:
    """Tables under their headings; an empty one says so."""
    none = "无" if lang == "zh" else "none"
    return "".join(
        f"<h4>{escape(head)}</h4>"
        + (f"<p>{none}</p>" if frame.empty else frame_panel(labelled(frame, lang), "").html)
        for head, frame in parts
    )


class Shelf:
    """Things by name, with tab completion: `shelf["name"]`, or `shelf.name` where the name allows it."""

    def __init__(self, labels: dict[str, str], get: Callable, what: str):
        self._labels, self._get, self._what = labels, get, what

    def __getitem__(self, name: str):
        if name not in self._labels:
            raise UsageError(f"no {self._what} is called “{name}”", todo=nearest(name, self._labels))
        return self._get(name)

    def __getattr__(self, name: str):
        if name.startswith("_"):
            raise AttributeError(name)
        written = name.replace("_", "-") if name not in self._labels else name
        try:
            return self[written]
        except UsageError as error:
            raise AttributeError(str(error)) from None

    def __dir__(self) -> list[str]:
        return [name.replace("-", "_") for name in self._labels]

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._labels)

    def __iter__(self):
        return iter(self._labels)

    def __len__(self) -> int:
        return len(self._labels)

    def __repr__(self) -> str:
        return "\n".join(f"{name}\t{label}" for name, label in self._labels.items())

    def _repr_html_(self) -> str:
        return frame_panel(pd.DataFrame(self._labels.items(), columns=["name", "label"]), "").html


class Explanation(str):
    """A rule in words, as text; in JupyterLab the same as a report shows it."""

    html: str = ""

    @classmethod
    def of(cls, audit, rule_id: str) -> "Explanation":
        """The rule in words, its thresholds, its legal basis, and the SQL that ran or why nothing did."""
        entry, outcome, zh = audit.entry(rule_id), audit.outcome(rule_id), audit.lang == "zh"
        bracketed = "{}: {} {}（{}）" if zh else "{}: {} {} ({})"
        thresholds = [
            bracketed.format(p.zh if zh else p.en, p.value, p.unit or "", p.source)
            for p in entry.params.values()
        ]
        law = [basis.zh if zh else basis.en for basis in entry.basis]
        silent = outcome.outcome == "not_run"
        ran = [reason_text(outcome.reason, audit.lang)] if silent else list(outcome.sql.values())
        head = [f"{rule_id} {entry.name(audit.lang)}", entry.words(audit.lang)]
        told = cls("\n\n".join([*head, *thresholds, *law, *ran]))
        told.html = rule_notes([rule_id], {rule_id: (entry, outcome.sql)}, audit.lang)
        told.html += f"<p>{escape(ran[0])}</p>" if silent else ""
        return told

    def _repr_html_(self) -> str:
        return self.html.replace("<details id", "<details open id", 1)

    def __repr__(self) -> str:
        return str(self)


def audit_panel(audit) -> Panel:
    """What the audit looks at: period, day, units, ledgers with their rows. Runs no rule."""
    zh = audit.lang == "zh"
    units = "、".join(audit.names.get(unit, unit) for unit in audit.units) or ("全部" if zh else "all")
    words = "明镜：{}，截至{}，单位：{}" if zh else "Mingjing: {}, as of {}, units: {}"
    head = words.format(audit.period.text, audit.as_of, units)
    heads = ["name", "台账", "行"] if zh else ["name", "Ledger", "Rows"]
    rows = [
        (name, tables()[name].label(audit.lang), len(table)) for name, table in audit.intake.tables.items()
    ]
    todo = (
        '接着用：audit.check()、audit.leads()、audit.trace("…")、audit.tables.…、audit.rules["ST-02"]'
        if zh
        else 'Next: audit.check(), audit.leads(), audit.trace("…"), audit.tables.…, audit.rules["ST-02"]'
    )
    listed = frame_panel(pd.DataFrame(rows, columns=heads), "台账" if zh else "Ledgers")
    html = f"<p><b>{in_chinese(escape(head), audit.lang)}</b></p>{listed.html}<p>{escape(todo)}</p>"
    return Panel(html, f"{head}\n{listed.text}\n{todo}")
