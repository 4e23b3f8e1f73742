"""The last check before a public report is let out: no value that became a code may be found in any of its files."""

import base64
import binascii
import gzip
import html
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from urllib.parse import unquote

import pyarrow.parquet as pq

from mingjing.errors import MingjingError
from mingjing.release.patterns import personal

# Tags within a word are taken out; any other stands between: run together, the ticks of an axis are a number like any other.
_WITHIN = re.compile(r"</?(?:a|b|em|i|mark|small|span|strong|sub|sup|tspan|u|wbr)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_PLAIN = re.compile(r"[\x21-\x7e]+")
_NUMBER = re.compile(r"[\d.,:/ -]+")
_SHORTEST, _FEWEST_DIGITS = 4, 7
_DEEPEST = 3


class LeakError(MingjingError):
    """A public report would have shown what it must not; nothing was published."""

    exit_code = 1


@dataclass(frozen=True)
class Checked:
    """How much was looked at: files, readings of them, values looked for, values too common to be looked for."""

    files: int
    readings: int
    values: int
    passed_over: int


def check_leaks(folder: Path, known: Iterable[str], own: str, words: Iterable[str] = ()) -> Checked:
    """LeakError for the first file that holds one of the values, or a personal number, in whatever encoding.

    own: texts the report holds in its own right. A value that is part of them cannot be told from them and is passed
    over, as are single characters and short numbers; the tables and findings hold codes for these all the same.
    """
    wanted = {text for text in known if _tellable(text) and text not in own} - set(words)
    index = _index(wanted)
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    readings = 0
    for path in paths:
        name = path.relative_to(folder).as_posix()
        for text in (name, *readings_of(path)):
            readings += 1
            found = next(_found(text, index), None) or next((p for p in personal(text) if p not in own), None)
            if found:
                raise LeakError(
                    f"“{found}” would have been published; nothing was",
                    file=name,
                    todo="If it is an ordinary word and no name, list it under [public] words in the configuration",
                )
    return Checked(len(paths), readings, len(wanted), len(set(known)) - len(wanted))


def own_texts(notebooks: Iterable[Path]) -> str:
    """Everything the workbook itself may write into a page: its catalogue, tables, templates, code and notebooks."""
    parts = [path.read_text("utf-8") for path in notebooks]
    parts += [text for text in map(_decoded, parts) if text]
    folders = [resources.files("mingjing")]
    while folders:
        for item in sorted(folders.pop().iterdir(), key=lambda item: item.name):
            if item.is_dir():
                folders += [item] if item.name != "sample" else []
            elif item.name.endswith((".py", ".toml", ".css", ".js", ".j2")):
                parts.append(item.read_text("utf-8"))
    # what dates and periods are put together from
    parts += [f"{month}月" for month in range(1, 13)] + [f"第{quarter}季度" for quarter in range(1, 5)]
    return "\n".join(parts)


def readings_of(path: Path) -> Iterator[str]:
    """The text of a file in every way it could be read: as it stands, unescaped, without tags, unpacked."""
    if path.suffix == ".parquet":
        yield from _parquet(path)
    else:
        yield from _readings(path.read_bytes(), 0)


def _readings(data: bytes, depth: int) -> Iterator[str]:
    for opened in (gzip.decompress, zlib.decompress, lambda packed: zlib.decompress(packed, -15)):
        try:
            unpacked = opened(data)
        except (OSError, EOFError, zlib.error):
            continue
        if depth < _DEEPEST and unpacked:
            yield from _readings(unpacked, depth + 1)
        break
    try:
        text = data.decode("utf-8", "strict" if depth else "ignore")
    except UnicodeDecodeError:
        return  # a picture or a hash, not a text
    yield text
    yield from {_decoded(text), unquote(text)} - {text, ""}
    if depth < _DEEPEST:
        for blob in set(_BASE64.findall(text)):
            try:
                unpacked = base64.b64decode(blob.replace("-", "+").replace("_", "/") + "==")
            except (binascii.Error, ValueError):
                continue
            if not unpacked.startswith(b"wOF"):  # a font holds outlines of characters, no text
                yield from _readings(unpacked, depth + 1)


def _decoded(text: str) -> str:
    """Entities and escapes read, tags taken out, so that a name cut by one is whole again."""
    text = _ESCAPED.sub(lambda m: chr(int(m[1] or m[2], 16)), text)
    return html.unescape(_TAG.sub("\n", _WITHIN.sub("", text)))


def _parquet(path: Path) -> Iterator[str]:
    table = pq.read_table(path)
    for column in table.columns:
        yield "\n".join(str(value) for value in column.to_pylist() if value is not None)
    for pair in (table.schema.metadata or {}).items():
        for part in pair:
            yield from _readings(part, 0)
    yield "\n".join(table.column_names)


def _tellable(text: str) -> bool:
    """Whether finding it in a page would mean anything."""
    if _NUMBER.fullmatch(text):
        return sum(c.isdigit() for c in text) >= _FEWEST_DIGITS
    return len(text) >= (_SHORTEST if _PLAIN.fullmatch(text) else 2)


def _index(wanted: set[str]) -> dict[str, list[str]]:
    """By the first two characters."""
    found: dict[str, list[str]] = {}
    for text in sorted(wanted):
        found.setdefault(text[:2], []).append(text)
    return found


def _found(text: str, index: dict[str, list[str]]) -> Iterator[str]:
    """Values that occur in the text; one of letters and digits only as a whole word."""
    for place in range(len(text) - 1):
        for value in index.get(text[place : place + 2], ()):
            if text.startswith(value, place) and _alone(text, place, place + len(value)):
                yield value


def _alone(text: str, start: int, end: int) -> bool:
    def joined(a: str, b: str) -> bool:
        return a.isascii() and a.isalnum() and b.isascii() and (b.isalnum() or b == "_")

    before = start and joined(text[start], text[start - 1])
    after = end < len(text) and joined(text[end - 1], text[end])
    return not (before or after)
