"""What every page of a run shares: its head, style, script, language and printed edge."""

import base64
import hashlib
import json
import re
from functools import cache
from html import escape
from importlib import resources

HTML_LANG = {"zh": "zh-CN", "en": "en"}
WORDS = {
    "zh": {
        "skip": "跳到正文",
        "contents": "目录",
        "brand": "明镜",
        "script": {
            "search": "搜索",
            "all": "全部",
            "copy": "复制到 Excel",
            "save": "下载 CSV",
            "shown": "{} / {} 条",
            "none": "：没有符合的，请放宽搜索或筛选",
            "copied": "已复制 {} 条，可以粘贴到 Excel",
            "back": "上一页",
            "next": "下一页",
            "id": "编号",
        },
    },
    "en": {
        "skip": "Skip to content",
        "contents": "Contents",
        "brand": "Mingjing",
        "script": {
            "search": "Search",
            "all": "All",
            "copy": "Copy for Excel",
            "save": "Download CSV",
            "shown": "{} of {}",
            "none": ": nothing fits, widen the search or the filters",
            "copied": "{} copied, ready to paste into Excel",
            "back": "Previous",
            "next": "Next",
            "id": "Id",
        },
    },
}


@cache
def css() -> str:
    # each report carries it: without the comments
    return re.sub(r"/\*.*?\*/\n", "", _read("report.css"), flags=re.S)


@cache
def css_of_pieces() -> tuple[str, str, str, str]:
    """The colours by day, those by night, the rules of what also stands outside a page, in a notebook, and those on a
    narrow screen."""
    day, night = re.findall(
        r":root\{color-scheme:light dark;([^}]*)\}\n@media[^{]*\{:root\{([^}]*)\}", css()
    )[0]
    rules = "".join(re.findall(r"/\*piece\*/\n(.*?)/\*page\*/", _read("report.css"), re.S))
    narrow = re.findall(r"^@media screen and \(max-width:\d+rem\)\{(.*)\}$", _read("report.css"), re.M)
    return day, night, rules, "".join(narrow)


@cache
def script() -> str:
    # each report carries it: without the comments and the indents
    return re.sub(r"^ *(//.*\n *)*", "", _read("report.js"), flags=re.M)


def _read(name: str) -> str:
    return resources.files(__package__).joinpath("template", name).read_text("utf-8")


def top(
    title: str, lang: str, contents: list[tuple[str, str]] = (), printed: str = "", style: str = ""
) -> str:
    """Everything before the page's own matter. contents: (id of a heading, its text); printed: the edge of each sheet."""
    words = WORDS[lang]
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
        f"script-src 'sha256-{_hash()}'; base-uri 'none'; form-action 'none'"
    )
    links = "".join(f'<li><a href="#{escape(key)}">{escape(text)}</a></li>' for key, text in contents)
    label = words["contents"]
    nav = (
        f'<nav class="contents" aria-label="{label}"><details><summary>{label}</summary><ol>{links}</ol></details></nav>'
        if links
        else ""
    )
    edge = f"@page{{@top-left{{content:{_css_text(printed or title)};font:9pt sans-serif}}}}"
    return (
        f'<!doctype html>\n<html lang="{HTML_LANG[lang]}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n<title>{escape(title)}</title>\n'
        f"<style>{css()}{edge}{style}</style>\n</head>\n"
        f"<body data-words='{escape(json.dumps(words['script'], ensure_ascii=False))}'>\n"
        f'<a class="skip" href="#main">{words["skip"]}</a>\n{nav}<main id="main">\n'
    )


def bottom() -> str:
    return f"\n</main>\n<script>{script()}</script>\n</body>\n</html>\n"


def page(title: str, body: str, lang: str, contents: list[tuple[str, str]] = (), printed: str = "") -> str:
    """A whole page around HTML that is already escaped."""
    return f"{top(title, lang, contents, printed)}<h1>{escape(title)}</h1>{body}{bottom()}"


@cache
def _hash() -> str:
    return base64.b64encode(hashlib.sha256(script().encode()).digest()).decode()


def _css_text(text: str) -> str:
    """A CSS string; only letters, digits and spaces stand as they are, so that it can end neither string nor style."""
    return '"' + "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in text) + '"'
