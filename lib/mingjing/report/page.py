"""What every page of a run shares: its style, its language, and the shell of the pages no notebook makes."""

from functools import cache
from html import escape
from importlib import resources

HTML_LANG = {"zh": "zh-CN", "en": "en"}


@cache
def css() -> str:
    return resources.files(__package__).joinpath("template", "report.css").read_text("utf-8")


def page(title: str, body: str, lang: str) -> str:
    """A whole page around HTML that is already escaped."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html>\n<html lang="{HTML_LANG[lang]}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>{escape(title)}</title>'
        f"<style>{css()}</style></head><body><main><h1>{escape(title)}</h1>{body}</main></body></html>\n"
    )
