"""One finding, and a run's findings as an analyst holds them in the hand."""

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from itertools import takewhile
from string import Formatter
from typing import TYPE_CHECKING, Any

import pandas as pd

from mingjing.errors import UsageError, nearest
from mingjing.period import in_chinese
from mingjing.rules.catalogue import KINDS, SEVERITIES, Entry, Params, catalogue
from mingjing.rules.engine import Outcome
from mingjing.tables.words import in_english
from mingjing.wording import listed, number, plural, weekday

if TYPE_CHECKING:
    from mingjing.findings.register import Past

COLUMNS = (
    "finding_id rule_id area severity kind unit subject message_zh message_en amount date table source_file sheet "
    "row evidence basis status"
).split()
SEVERITY_WORDS = {"high": ("高", "high"), "medium": ("中", "medium"), "low": ("低", "low")}
# What `where` may be asked for; a wrong word would otherwise give nothing, as if there were nothing.
_CHOICES = {"severity": SEVERITIES, "kind": KINDS}
# Text is folded for comparing when it is read; what a Chinese sentence quotes has its own marks again.
_FOLDED = re.compile(r"(?<=[\u4e00-\u9fff”》）])[,;:?!](?=[\u4e00-\u9fff“《（])")
_WIDE = str.maketrans(",;:?!", "，；：？！")
_ONE_TIME = re.compile(r"(?<![\d.,/-])1 times\b")
_LATIN = re.compile(r"[A-Za-z0-9]")
_PART_OF_YEAR = re.compile(r"\d{4}[HQ]\d")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def finding_id(rule_id: str, unit: str | None, subject: str) -> str:
    """The same rule on the same subject has the same id in every run."""
    text = "\x1f".join((rule_id, unit or "", subject))
    return f"{rule_id}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def plain(value: Any) -> Any:
    """A value as JSON and people can read it: no false precision, dates in ISO form."""
    if isinstance(value, float):
        value = round(value, 6)
        return int(value) if value == int(value) and abs(value) < 1e15 else value
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


# What in a message tells a span of time: a month 2021-05, a year.
_SPANS = ("month", "months", "quarter", "period", "span", "subject")
# Units of measure: a number that has none stands by itself.
_UOMS = ("uom", "uom_en", "measure")
# What names an honour: in its column “other” is enough, in a sentence it is not.
_HONOURS = ("honor_type", "praise")
_OTHER_HONOUR = ("其他荣誉", "another honour")
# What a message says in brackets of inspections without a level; said of none, it is nothing.
_WITHOUT_LEVEL = re.compile(r" ?[（(][^（）()]*\{n_unknown\}[^（）()]*[）)]")
_BEFORE_MARK = re.compile(r" (?=[,;)]|$)")


class _Words(dict):
    """Message values by name; what is blank reads as blank rather than `None`, what was worked out is rounded."""

    def __init__(self, values: Mapping[str, Any], lang: str):
        super().__init__(values)
        self._lang, self._zh = lang, lang == "zh"

    def __getitem__(self, key: str) -> str:
        value = self._rounded(plain(super().__getitem__(key)))
        if key in _SPANS and isinstance(value, str) and self._zh:
            value = in_chinese(value)
        if value is None or value == "":
            if key in _UOMS:
                return ""
            return "未填" if self._zh else "blank"
        if isinstance(value, bool):
            return ("是" if value else "否") if self._zh else ("yes" if value else "no")
        if isinstance(value, list):
            return listed((self._one(key, part) for part in value), self._lang)
        return self._one(key, value)

    def _one(self, key: str, value: Any) -> str:
        if key == "weekday" and isinstance(value, int):
            return weekday(value, self._lang)
        if value == "其他" and key in _HONOURS:
            return _OTHER_HONOUR[not self._zh]
        if key == "example" and value in catalogue():  # a rule that others broke
            return f"“{catalogue()[value].name(self._lang)}”"
        if isinstance(value, str):
            return _chinese(value) if self._zh else in_english(value)
        return number(value, key) if isinstance(value, int | float) else str(value)

    def _rounded(self, value: Any) -> Any:
        """Hours, shares and ratios to two decimals (two digits where there is nothing before them), more where they would
        read like another number of the message, such as the limit. Nobody writes five decimals: fewer are a cell's own.
        """
        if isinstance(value, list):
            return [self._rounded(item) for item in value]
        if not isinstance(value, float) or round(value, 4) == value:
            return value
        others = [v for v in map(plain, self.values()) if isinstance(v, int | float) and v != value]
        first = max(2, 1 - math.floor(math.log10(abs(value))))
        for digits in range(first, 6):
            if round(value, digits) not in [round(other, digits) for other in others]:
                return round(value, digits)
        return value


def _chinese(text: str) -> str:
    """Text as a Chinese sentence holds it: marks between Chinese characters are full-width, spans are named."""
    if _PART_OF_YEAR.fullmatch(text):
        return in_chinese(text)
    return _FOLDED.sub(lambda mark: mark[0].translate(_WIDE), text)


def make_findings(
    entry: Entry,
    outcome: Outcome,
    source_of: Callable[[int], tuple[str, str, str, int]],
    name_of: Callable[[str], str] = lambda written: written,
) -> list[dict[str, Any]]:
    """Findings of one rule: hits on the same subject are one finding that says everything at once.

    source_of: `_rid` → (table, file, sheet, row). name_of: unit or person id → name for messages.
    """
    merged: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for hit in outcome.hits:
        subject = hit["subject"] or "#".join(
            str(part) for rid in hit["_rids"][:1] for part in source_of(rid)[1:]
        )
        merged.setdefault((hit["unit"] or "", subject), []).append(hit)
    return [
        _finding(entry, unit, subject, hits, source_of, name_of) for (unit, subject), hits in merged.items()
    ]


def _finding(entry, unit, subject, hits, source_of, name_of) -> dict[str, Any]:
    rows = [source_of(rid) for rid in dict.fromkeys(rid for hit in hits for rid in hit["_rids"])]
    table, file, sheet, row = rows[0] if rows else ("", "", "", None)
    day = min((h["date"] for h in hits if h["date"]), default=None)
    amounts = [h["amount"] for h in hits if h["amount"] is not None]
    values = {k[2:]: v for hit in hits for k, v in hit.items() if k.startswith("e_") and v is not None}
    evidence = {
        "cases": list(dict.fromkeys(hit["case"] for hit in hits)),
        "values": plain(values),
        "rows": [dict(zip(("table", "file", "sheet", "row"), r, strict=True)) for r in rows],
        "thresholds": plain(Params(entry).as_dict()),
    }
    return {
        "finding_id": finding_id(entry.rule_id, unit, subject),
        "rule_id": entry.rule_id,
        "area": entry.area,
        "severity": min((h["severity"] or entry.severity for h in hits), key=SEVERITIES.index),
        "kind": min((h["kind"] or entry.kind for h in hits), key=KINDS.index),
        "unit": unit or None,
        "subject": subject,
        "message_zh": _message(entry, hits, unit, subject, name_of, "zh"),
        "message_en": _message(entry, hits, unit, subject, name_of, "en"),
        "amount": max(amounts) if amounts else None,
        "date": day,
        "table": table,
        "source_file": file,
        "sheet": sheet,
        "row": row,
        "evidence": json.dumps(evidence, ensure_ascii=False, sort_keys=True),
        "basis": entry.basis_on(day, "zh"),
        "status": "new",
    }


def _message(entry, hits, unit, subject, name_of, lang) -> str:
    sentences = []
    for hit in hits:
        values = {name: hit.get(f"e_{name}") for name in entry.evidence}
        values = {k: name_of(v) if isinstance(v, str) else v for k, v in values.items()}
        values |= {"unit": name_of(unit) if unit else "", "subject": name_of(subject)}
        sentences.append(
            sentence(entry, hit["case"], values | {"date": hit["date"], "amount": hit["amount"]}, lang)
        )
    return ("；" if lang == "zh" else "; ").join(_told_once(list(dict.fromkeys(sentences)), lang))


def _told_once(sentences: list[str], lang: str) -> list[str]:
    """Sentences on one subject, without the clauses that the first has said already."""
    comma = "，" if lang == "zh" else ", "
    first, *others = sentences
    found = [first]
    for other in others:
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(first, other, strict=False))
        cut = "".join(character for character, _ in alike).rfind(comma)
        found.append(other[cut + len(comma) :] if cut >= 0 else other)
    return found


def sentence(entry: Entry, case: str, values: Mapping[str, Any], lang: str) -> str:
    """One of a rule's messages with its values in it, as the reader of that language writes them."""
    words = _Words(Params(entry).as_dict() | dict(values), lang)
    template = entry.messages[case][lang]
    template = template if values.get("n_unknown") else _WITHOUT_LEVEL.sub("", template)
    told = _quoted(_filled(template, words))
    for kind in _OTHER_HONOUR:  # no name of an honour, which alone is quoted
        told = told.replace(f"“{kind}”", kind)
    return told if lang == "zh" else _counted(_BEFORE_MARK.sub("", told))


def _filled(template: str, words: _Words) -> str:
    """The template with its values; where one that ends in a Latin letter or digit is followed at once by one that begins
    with such, a space tells them apart: `XS00002 2021-01-31`, not `XS000022021-01-31`. What stands
    after a colon in the braces is the form of a number."""
    text = ""
    for literal, name, form, _ in Formatter().parse(template):
        text += literal
        if name is not None:
            value = _formed(words[name], form)
            text += " " * bool(not literal and _LATIN.match(text[-1:]) and _LATIN.match(value)) + value
    return text


def _formed(value: str, form: str) -> str:
    """A number as its place in the template wants it: `size` without its sign, `percent` of one in hundredths."""
    if form == "percent":
        return f"{float(value) * 100:g}"
    return value.removeprefix("-") if form == "size" else value


def _counted(text: str) -> str:
    """What an English message writes as `visit(s)` goes by the number before it; what was one time was once."""
    return _ONE_TIME.sub("once", plural(text))


def _quoted(text: str) -> str:
    """Quotations within quotations take the single marks."""
    depth, told = 0, []
    for mark in text:
        depth += mark == "“"
        told.append({"“": "‘", "”": "’"}.get(mark, mark) if depth > 1 else mark)
        depth -= mark == "”" and depth > 0
    return "".join(told)


class Findings:
    """A run's findings: `len()`, iteration over rows, `.to_pandas()`, and a table in JupyterLab.

    `marks`: finding id → what people have said of it, in a few words. `ran`: rule id → (entry as configured, case → SQL);
    `unit_names`: id → name, of units and people. These three are only for showing.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        lang: str = "zh",
        marks: Mapping[str, str] | None = None,
        ran: Mapping[str, tuple[Entry, Mapping[str, str]]] | None = None,
        unit_names: Mapping[str, str] | None = None,
    ):
        self._frame, self.lang, self.marks = frame, lang, marks or {}
        self.ran, self.unit_names = ran or {}, unit_names or {}

    @classmethod
    def of(
        cls, rows: list[dict[str, Any]], lang: str = "zh", past: "Past | None" = None, **shown: Mapping
    ) -> "Findings":
        """In the order of a report. past: what the register knows, for `status` and `marks`; without it all are new."""
        if past:
            rows = [row | {"status": past.status(row["finding_id"], row["status"])} for row in rows]
        frame = pd.DataFrame(rows, columns=COLUMNS)
        rank = frame["severity"].map(SEVERITIES.index)
        order = frame.assign(_rank=rank).sort_values(
            ["area", "_rank", "rule_id", "source_file", "sheet", "row", "finding_id"], kind="stable"
        )
        frame = order.drop(columns="_rank").reset_index(drop=True)
        frame["row"] = frame["row"].astype("Int64")
        frame["amount"] = frame["amount"].astype("float64").round(2)
        return cls(frame, lang, past and past.marks(lang), **shown)

    def __len__(self) -> int:
        return len(self._frame)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._frame.to_dict("records"))

    def to_pandas(self) -> pd.DataFrame:
        return self._frame.copy()

    def where(self, **equal: str) -> "Findings":
        """Those whose columns equal the given values: `findings.where(rule_id="ST-02", severity="high")`; units by id or name."""
        frame = self._frame
        for column, value in equal.items():
            if column not in frame:
                raise UsageError(f"findings have no column “{column}”", todo=nearest(column, COLUMNS))
            if value not in (known := _CHOICES.get(column, (value,))):
                raise UsageError(f"no {column} is called “{value}”", todo=nearest(str(value), known))
            values = self._units(value) if column == "unit" else [value]
            frame = frame[frame[column].isin(values)]
        return Findings(frame.reset_index(drop=True), self.lang, self.marks, self.ran, self.unit_names)

    def _units(self, written: str) -> list[str]:
        """The ids meant: a name may be written for an id, and one that nobody has is no unit without findings."""
        ids = {written} | {unit for unit, name in self.unit_names.items() if name == written}
        here = set(self._frame["unit"].dropna())
        if not ids & (self.unit_names.keys() | here):
            named = [self.unit_names.get(unit, unit) for unit in here]
            raise UsageError(f"no unit is called “{written}”", todo=nearest(written, named))
        return sorted(ids)

    def count(self, severity: str | None = None) -> int:
        return len(self._frame) if severity is None else int((self._frame["severity"] == severity).sum())

    def to_csv(self, path) -> None:
        """UTF-8 with BOM, cells that a spreadsheet would run as formulas made harmless."""
        self._frame.map(neutralise).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")

    def to_parquet(self, path) -> None:
        frame = self._frame.assign(date=pd.to_datetime(self._frame["date"]).dt.date)
        frame.to_parquet(path, index=False)

    def _repr_html_(self) -> str:
        from mingjing.report.findings_table import findings_table
        from mingjing.report.lab import in_lab

        return in_lab(findings_table(self))

    def __repr__(self) -> str:
        return f"Findings({len(self)}: " + ", ".join(f"{s} {self.count(s)}" for s in SEVERITIES) + ")"


def neutralise(value: Any) -> Any:
    """A text that begins like a formula gets a leading apostrophe."""
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value
