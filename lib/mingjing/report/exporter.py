"""Executed notebook → one HTML file that asks the network for nothing."""

import re
from html import escape, unescape
from importlib import resources
from pathlib import Path

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from mingjing.period import Period, parse_as_of
from mingjing.report.code import one_language
from mingjing.report.findings import only_units
from mingjing.report.lab import in_page
from mingjing.report.page import WORDS, bottom, top
from mingjing.report.plots.base import UNDRAWN
from mingjing.report.svg import font_face
from mingjing.wording import listed

_OWN = {
    "zh": {"code": "查看代码", "about": "期间 {} · 截至 {}", "units": " · 仅限 {}"},
    "en": {"code": "Show code", "about": "Period {} · as of {}", "units": " · only {}"},
}
# the first screen where no rule could judge a row of the units asked for
_NOTHING_TOLD = '<p class="verdict grey" data-units='
_HEADING = re.compile(r"<h2>(.*?)</h2>", re.S)


# what a reader outside must know to read the page rightly: withheld is not the same as nothing there
PUBLIC = {
    "zh": "公开版：人员、编号和文字以代号表示，同一篇报告里同一代号指同一人或同一内容，同一人在各领域的代号不同；枪支弹药与问题线索的台账及细节不公布；"
    "过小的数、不公开的日期以“＊”或空格代替。没有画出的图、画斜线的格，可能是未检查，也可能是不公布，都不等于没有问题。",
    "en": "Public edition. People, numbers and texts are shown as codes, the same code for the same one throughout a report; a person has another code in each area. The "
    "ledgers and details of guns, ammunition and disciplinary leads are withheld; counts that are too small, and dates that are personal, are “＊” or "
    "blank. A plot that is not drawn and a hatched cell may be unchecked or withheld; neither means that all is well.",
}


class ReportExporter(HTMLExporter):
    """Registered with nbconvert as `mingjing`. The language is the notebook's `lang` parameter, zh unless given."""

    export_from_notebook = "Mingjing report"

    def __init__(self, config=None, **more):
        folder = Path(str(resources.files("mingjing.report") / "template"))
        super().__init__(
            config=config, template_name="template", extra_template_basedirs=[str(folder.parent)], **more
        )

    @property
    def default_config(self):
        config = super().default_config
        config.HTMLExporter.exclude_anchor_links = True
        return config

    def from_notebook_node(self, nb, resources=None, **more):
        parameters = nb.metadata.get("papermill", {}).get("parameters", {})
        lang, audience = parameters.get("lang", "zh"), parameters.get("audience", "internal")
        nb = nb.copy()
        nb.cells = _with_their_code(_with_matter(_of_readers(nb.cells, lang, audience)), lang)
        if audience == "public":
            nb.cells.insert(1, new_markdown_cell(PUBLIC[lang]))
        resources = resources or {}
        resources["mingjing"] = {"words": _OWN[lang]}
        body, resources = super().from_notebook_node(nb, resources, **more)
        body = in_page(body)
        contents: list[tuple[str, str]] = []
        # the page's head needs what only the body tells: its headings and the glyphs of its plots
        body = _HEADING.sub(lambda found: _numbered(found[1], contents), body)
        title, about = _title(nb), _about(nb, lang, only_units(body))
        if about:
            body = body.replace("</h1>", f'</h1><p class="about">{escape(about)}</p>', 1)
        printed = " · ".join(filter(None, (WORDS[lang]["brand"], title, about)))
        return top(title, lang, contents, printed, font_face(body)) + body + bottom(), resources


def _of_readers(cells: list, lang: str, audience: str) -> list:
    """The cells of one language; of two texts that differ by who reads them, the one for this audience."""
    others = {"zh": "en", "en": "zh"}[lang], "internal" if audience == "public" else "public"
    left_out = {*others, "parameters", "injected-parameters"}
    return [cell for cell in cells if not left_out & set(cell.metadata.get("tags", []))]


def _with_matter(cells: list) -> list:
    """Without the headings and texts of sections whose code showed nothing: a notebook does so only where the reader was told
    before why, such as of a unit that keeps no arms. What could not be checked shows a sentence, but for units of which the
    first screen says that no ledger tells anything, sections of plots that could not be drawn say nothing more."""
    told = any(_NOTHING_TOLD in html for cell in cells for html in _shown(cell))
    sections: list[list] = [[]]
    for cell in cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            sections.append([])
        sections[-1].append(cell)
    if told:
        sections = [_silenced(section) if _undrawn(section) else section for section in sections]
    return [
        cell for section in sections for cell in section if cell.cell_type == "code" or not _empty(section)
    ]


def _shown(cell) -> list[str]:
    """What a cell showed but did not print."""
    return [output["data"].get("text/html", "") for output in cell.get("outputs", []) if "data" in output]


def _undrawn(section: list) -> bool:
    """Whether all a section showed are plots that could not be drawn."""
    shown = [html for cell in section for html in _shown(cell)]
    return bool(shown) and all(UNDRAWN in html for html in shown)


def _silenced(section: list) -> list:
    """The section with its code and without what that showed."""
    return [cell if cell.cell_type == "markdown" else NotebookNode(cell, outputs=[]) for cell in section]


def _empty(section: list) -> bool:
    code = [cell for cell in section if cell.cell_type == "code"]
    ran = bool(code) and all(cell.execution_count for cell in code)
    return ran and section[0].cell_type == "markdown" and not any(cell.outputs for cell in code)


def _with_their_code(cells: list, lang: str) -> list:
    """Code that shows nothing goes to the next cell that does: one place to look for each thing shown."""
    kept, silent = [], []
    for cell in cells:
        if cell.cell_type == "code":
            source = one_language(cell.source, lang)
            if not cell.outputs:
                silent.append(source)
                continue
            cell = cell.copy()
            cell.source, silent = "\n\n".join([*silent, source]), []
        kept.append(cell)
    last = next((cell for cell in reversed(kept) if cell.cell_type == "code"), None)
    if last is not None:
        last.source = "\n\n".join([last.source, *silent])
    return kept


def _numbered(heading: str, contents: list[tuple[str, str]]) -> str:
    key = f"s{len(contents) + 1}"
    contents.append((key, unescape(re.sub(r"<[^>]*>", "", heading))))
    return f'<h2 id="{key}">{heading}</h2>'


def _about(nb, lang: str, units: list[str]) -> str:
    """What the report looks at, in one line; nothing where the notebook is not about a period (its metadata say so where
    it takes the common parameters all the same). units: those it is limited to by name, as far as the page knows them."""
    parameters = nb.metadata.get("papermill", {}).get("parameters", {})
    if "period" not in parameters or nb.metadata.get("mingjing", {}).get("undated"):
        return ""
    span, words = Period.parse(parameters["period"]), _OWN[lang]
    text = words["about"].format(span.words(lang), parse_as_of(parameters.get("as_of") or None, span))
    units = units or parameters.get("units")
    return text + (words["units"].format(listed(units, lang)) if units else "")


def _title(nb) -> str:
    headings = (
        line for cell in nb.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()
    )
    return next((line[2:] for line in headings if line.startswith("# ")), "Mingjing")
