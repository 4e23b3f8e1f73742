"""How the objects of the lab show themselves in JupyterLab: escaped HTML, no request, plain text beside it."""

from collections.abc import Callable, Iterable

import pandas as pd

from mingjing.errors import UsageError, nearest
from mingjing.report.findings import Panel, escape, escape_all, frame_panel, in_chinese
from mingjing.report.findings_table import findings_table
from mingjing.report.lab import in_lab
from mingjing.report.labels import label, labelled
from mingjing.report.rule_notes import rule_notes, threshold_value
from mingjing.rules import catalogue
from mingjing.rules.reasons import OUTCOMES, checked, reason_text
from mingjing.tables import tables
from mingjing.wording import listed


def parts_html(parts: Iterable[tuple[str, pd.DataFrame]], lang: str) -> str:
    """Tables under their headings, side by side as far as they fit; an empty one says so."""
    none = "无" if lang == "zh" else "none"
    told = "".join(
        f"<section><h4>{escape(head)}</h4>"
        + (f"<p>{none}</p>" if frame.empty else frame_panel(labelled(frame, lang), "").html)
        + "</section>"
        for head, frame in parts
    )
    return in_lab(f"<div class=parts>{told}</div>")


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
        # in columns: some hundred of them in a table would fill eight screens
        told = (f"<li><code>{escape(name)}</code> {escape(label)}" for name, label in self._labels.items())
        return in_lab(f"<ul class=shelf>{''.join(told)}</ul>")


class Explanation(str):
    """A rule in words, as text; in JupyterLab the same as a report shows it."""

    html: str = ""

    @classmethod
    def of(cls, audit, rule_id: str) -> "Explanation":
        """The rule in words, its thresholds, its legal basis, and the SQL that ran or why nothing did."""
        entry, outcome, zh = audit.entry(rule_id), audit.outcome(rule_id), audit.lang == "zh"
        bracketed = "{}：{}（{}）" if zh else "{}: {} ({})"
        thresholds = [
            bracketed.format(p.zh if zh else p.en, threshold_value(p, audit.lang), p.where_from(audit.lang))
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
        return in_lab(self.html.replace("<details id", "<details open id", 1))

    def __repr__(self) -> str:
        return str(self)


def audit_panel(audit) -> Panel:
    """What the audit looks at: period, day, units, ledgers with their rows. Runs no rule."""
    zh = audit.lang == "zh"
    units = listed((audit.names.get(unit, unit) for unit in audit.units), audit.lang) or (
        "全部" if zh else "all"
    )
    words = "明镜：{}，截至{}，单位：{}" if zh else "Mingjing: {}, as of {}, units: {}"
    head = words.format(audit.period.words(audit.lang), audit.as_of, units)
    heads = ["name", "台账", "行"] if zh else ["name", "Ledger", "Rows"]
    rows = [
        (name, tables()[name].label(audit.lang), len(table)) for name, table in audit.intake.tables.items()
    ]
    todo = (
        '接着用：audit.check()、audit.leads()、audit.trace("…")、audit.tables.…、audit.rules["ST-02"]'
        if zh
        else 'Next: audit.check(), audit.leads(), audit.trace("…"), audit.tables.…, audit.rules["ST-02"]'
    )
    ledgers = frame_panel(pd.DataFrame(rows, columns=heads), "台账" if zh else "Ledgers")
    html = f"<p><b>{in_chinese(escape(head), audit.lang)}</b></p>{ledgers.html}<p>{escape(todo)}</p>"
    return Panel(html, f"{head}\n{ledgers.text}\n{todo}")


_SHOWN = 50


def outcome_panel(outcome) -> Panel:
    """What one rule came to: result, reason, rows checked, the first hits with their evidence, the queries."""
    zh = outcome.lang == "zh"
    told = f"{outcome.rule_id} {OUTCOMES[outcome.outcome][not zh]}"
    counts = "查了{}，命中{}处" if zh else "{} checked, {} hits"
    rows = "{}行" if zh else "{} row(s)"
    looked = checked(outcome.rows_checked, catalogue()[outcome.rule_id], outcome.lang, rows)
    head = f"{told}{'：' if zh else ': '}{counts.format(looked, len(outcome.hits))}"
    if reason := reason_text(outcome.reason, outcome.lang):
        head += f"{'；' if zh else '; '}{reason}"
    hits = pd.DataFrame([_hit(hit, outcome) for hit in outcome.hits[:_SHOWN]])
    more = len(outcome.hits) - len(hits)
    caption = (f"前{_SHOWN}处" if zh else f"first {_SHOWN} hits") if more else ("命中" if zh else "hits")
    html, text = f"<p><b>{in_chinese(escape(head), outcome.lang)}</b></p>", head
    if not hits.empty:
        shown = frame_panel(hits, caption)
        html, text = html + shown.html, f"{text}\n{shown.text}"
    if outcome.sql:
        query = escape_all("\n\n".join(outcome.sql.values()))
        words = "查看查询语句" if zh else "Show the query"
        html += f"<details><summary>{words}</summary><pre>{query}</pre></details>"
    return Panel(html, text)


def _hit(hit: dict, outcome) -> dict:
    """A hit for a reader: which case, of whom, and its evidence; columns named as in a report."""
    columns = ("case", "unit", "subject", "date", "amount")
    named = {name: hit[name] for name in columns if hit.get(name) is not None}
    proof = {name.removeprefix("e_"): value for name, value in hit.items() if name.startswith("e_")}
    return {label(name, outcome.lang, outcome.rule_id): value for name, value in (named | proof).items()}


def what_if_html(told) -> str:
    """The sentence, then what would be found more and less."""
    zh = told.lang == "zh"
    head, *rest = repr(told).split("\n")
    html = f"<p><b>{in_chinese(escape(head), told.lang)}</b></p>"
    html += "".join(f"<p>{in_chinese(escape(line), told.lang)}</p>" for line in rest)
    parts = (("新增" if zh else "Gained", told.gained), ("减少" if zh else "Lost", told.lost))
    return in_lab(
        html
        + "".join(
            f"<h4>{name} {len(found)}</h4>{findings_table(found)}" for name, found in parts if len(found)
        )
    )


def register_panel(register) -> Panel:
    """How many findings stand where, and what may be asked of them."""
    zh, frame = register.lang == "zh", register.list()
    counts = (
        frame.groupby(["area", "life", "status"], as_index=False).size().rename(columns={"size": "findings"})
    )
    head = f"{'发现登记簿' if zh else 'Register of findings'}: {register.store}, {len(frame)}"
    todo = "list() show(id) assign(id, owner=…) move(id, status) judge(id, verdict, reason=…) history(id)"
    listed = frame_panel(labelled(counts, register.lang), "")
    html = f"<p><b>{in_chinese(escape(head), register.lang)}</b></p>{listed.html}<p><code>{escape(todo)}</code></p>"
    return Panel(html, f"{head}\n{listed.text}\n{todo}")
