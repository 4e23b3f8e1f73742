"""The pieces of a report as a notebook shows them: JupyterLab, VS Code and nbconvert's own pages lack the style of a report's page."""

from functools import cache

from mingjing.report.page import css_of_pieces

# what JupyterLab sets and a report's page does not; the font of plots may be another here, and wider
_UNDONE = (
    "table{table-layout:auto;width:auto}tr{text-align:left}th,td{line-height:1.55}dt,dd{float:none;width:auto}.figures dt{font-weight:400}"
    ".plot svg{overflow:visible}"
    ".parts{display:flex;flex-wrap:wrap;gap:0 2.5rem}.parts>section{max-width:100%}"
    ".shelf{columns:20em;list-style:none;margin:0;padding:0}"
)
# by the width of the cell, not of the window: what is wider scrolls, and the columns of findings give way before that
_CELL = "overflow-x:auto;container-type:inline-size"
_LESS = "@container (max-width:64rem){.findings{.u{min-width:5.5em}.f{min-width:13em;width:auto}.o{min-width:6em}th,td{padding:.4rem .35rem}}}"
_CLOSE = "</div><!--mingjing-->"


def in_lab(html: str) -> str:
    """HTML that brings its colours and its table's style along, and changes nothing outside of itself."""
    return f"{_open()}{html}{_CLOSE}"


def in_page(html: str) -> str:
    """Without what `in_lab` added: a report's page has it once, for all."""
    return html.replace(_open(), "").replace(_CLOSE, "")


@cache
def _open() -> str:
    day, night, rules, narrow = css_of_pieces()
    # by the notebook's theme, whatever the system's: JupyterLab's and nbconvert's attribute, VS Code's class
    dark = "[data-jp-theme-light=false] .mingjing,.vscode-dark .mingjing"
    # stronger than JupyterLab's own rules, which set every cell flush right
    small = f"@container (max-width:44rem){{{narrow}}}"
    own = f":root .mingjing.mingjing{{{rules}{_UNDONE}{_LESS}{small}}}.mingjing{{{_CELL}}}"
    return f'<style>.mingjing{{{day}}}{dark}{{{night}}}{own}</style><div class="mingjing">'
