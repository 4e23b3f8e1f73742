"""A matplotlib figure as SVG for a page: text stays text, colours follow the page, the same bytes each time."""

import base64
import hashlib
import io
import re
import warnings
from functools import cache
from importlib.metadata import files

import matplotlib
from fontTools import subset
from fontTools.ttLib import TTCollection
from matplotlib import font_manager
from matplotlib.figure import Figure

from mingjing.errors import NotebookError

FAMILY = "Noto Sans CJK SC"
EMBEDDED = "Mingjing Plot"
# Colours that matplotlib draws and the page replaces by its own, so that dark mode and print need no second plot.
INK, SOFT, LINE, BAND = "#010203", "#010204", "#010205", "#010206"
SERIES = ("#010211", "#010212", "#010213", "#010214", "#010215", "#010216")
HIGH, MEDIUM, LOW, GREY = "#010221", "#010222", "#010223", "#010224"
_VARIABLES = {
    INK: "--ink",
    SOFT: "--soft",
    LINE: "--line",
    BAND: "--band",
    HIGH: "--high",
    MEDIUM: "--medium",
    LOW: "--low",
    GREY: "--grey",
} | {colour: f"--series-{number}" for number, colour in enumerate(SERIES, start=1)}
HATCHES = ("", "///", "...", "\\\\\\", "xx", "++")
# of the font: ligatures, kerning and vertical lines, which no plot has
_UNUSED = ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx"]
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "mingjing",
    "font.family": FAMILY,
    "font.size": 11,
    "axes.unicode_minus": False,
    "text.parse_math": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": SOFT,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "hatch.color": INK,
    "hatch.linewidth": 0.4,
    "legend.frameon": False,
}


def figure(width: float = 8.0, height: float = 4.0) -> tuple[Figure, "matplotlib.axes.Axes"]:
    """An empty figure with one set of axes, in inches; draw within `with style():`."""
    drawn = Figure(figsize=(width, height), layout="constrained")
    return drawn, drawn.add_subplot()


def style():
    """Settings to draw under. The font comes with the package, so that a machine without Chinese fonts draws the same."""
    _font()
    return matplotlib.rc_context(_STYLE)


@cache
def _font() -> str:
    path = next(str(f.locate()) for f in files("noto-cjk-sans-otc") or () if str(f).endswith(".ttc"))
    if FAMILY not in {entry.name for entry in font_manager.fontManager.ttflist}:
        font_manager.fontManager.addfont(path)
    return path


def preload() -> None:
    """Reads which characters the font draws, so that processes forked from this one need not, each for itself."""
    _drawable()
    _number()


@cache
def _face():
    faces = TTCollection(_font(), lazy=True).fonts
    return next(face for face in faces if face["name"].getDebugName(1) == FAMILY)


@cache
def _drawable() -> frozenset[int]:
    return frozenset(_face().getBestCmap())


def to_svg(drawn: Figure) -> str:
    """SVG of the figure, without ids that could clash in a page; NotebookError for a character that no glyph draws."""
    target = io.StringIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph", UserWarning)  # said below, and not as a warning
        drawn.savefig(target, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = target.getvalue()
    text = text[text.index("<svg") :]
    missing = sorted({c for c in text_of(text) if ord(c) not in _drawable() and not c.isspace()})
    if missing:
        codes = ", ".join(f"{c} (U+{ord(c):04X})" for c in missing)
        raise NotebookError(
            f"a plot cannot draw {codes}", todo="Replace the character in the data or the label"
        )
    text = re.sub(
        r"(<text[^>]*>)-(?=[\d.])", r"\1−", text
    )  # a minus is as wide as the figures are, a hyphen is not
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, f"var({variable})")
    text = re.sub(r"font-family: [^;\"]+; ?", "", text)
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.S)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(
        r'<svg [^>]*viewBox="([^"]+)"[^>]*>',
        r'<svg viewBox="\1" aria-hidden="true" focusable="false">',
        text,
        count=1,
    )
    return _own_ids(re.sub(r">\s+<", "><", text).strip())


def _own_ids(text: str) -> str:
    used = set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', text))
    used = {a or b for a, b in used}
    own = hashlib.sha256(text.encode()).hexdigest()[:8]
    text = re.sub(r' id="([^"]+)"', lambda m: f' id="{own}-{m[1]}"' if m[1] in used else "", text)
    return re.sub(r'(url\(#|href="#)', rf"\g<1>{own}-", text)


def text_of(svg: str) -> str:
    """The characters that the SVG's text elements show."""
    found = "".join(re.findall(r"<text[^>]*>(.*?)</text>", svg, flags=re.S))
    for entity, plain in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        found = found.replace(entity, plain)
    return re.sub(r"<[^>]*>", "", found)


def font_face(html: str) -> str:
    """CSS that embeds the glyphs which the plots of a page use; nothing where there is no plot."""
    needed = frozenset("".join(text_of(svg) for svg in re.findall(r"<svg.*?</svg>", html, flags=re.S)))
    return _face_css("".join(sorted(needed))) if needed else ""


@cache
def _face_css(characters: str) -> str:
    options = subset.Options(flavor="woff2", layout_features=[], hinting=False, notdef_outline=True)
    options.name_IDs, options.font_number, options.recalc_timestamp = [], _number(), False
    options.drop_tables += _UNUSED
    options.desubroutinize = True  # the few glyphs of a page share little: quicker, and smaller
    font = subset.load_font(_font(), options)
    worker = subset.Subsetter(options)
    worker.populate(text=characters)
    worker.subset(font)
    target = io.BytesIO()
    subset.save_font(font, target, options)
    data = base64.b64encode(target.getvalue()).decode()
    return f'@font-face{{font-family:"{EMBEDDED}";src:url(data:font/woff2;base64,{data}) format("woff2")}}'


@cache
def _number() -> int:
    faces = TTCollection(_font(), lazy=True).fonts
    return next(n for n, face in enumerate(faces) if face["name"].getDebugName(1) == FAMILY)
