"""A public run as a person starts it, in a process of its own; then, from the rules that ran once, what it would have
said inside and in English.

    python planted_run.py LEDGERS OUT     prints JSON: code, inside (rows of findings), english (text)
"""

import json
import sys
from pathlib import Path

from mingjing import Audit
from mingjing.analyse import module_of
from mingjing.cli import main
from mingjing.runs.notebooks import notebooks

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def run(data: str, out: str) -> dict:
    """What came of it."""
    publish, seen = Audit.public, []

    def watched(true: Audit, policy) -> Audit:
        seen.append((true, policy))
        return publish(true, policy)

    Audit.public = watched
    words = ["run", "--audience", "public", "--data", data, "--period", "2021", "--out", out, "--jobs", "2"]
    code = main([*words, "--notebooks", str(NOTEBOOKS)])
    true, policy = seen[0]
    inside = true.check(list(notebooks(NOTEBOOKS))).to_pandas()
    true.lang = "en"
    return {
        "code": code,
        "inside": inside.to_json(orient="records", date_format="iso", force_ascii=False),
        "english": "\n".join(english(publish(true, policy))),
    }


def english(audit: Audit):
    """What the notebooks of every area show first, and all that its rules found."""
    for area in notebooks(NOTEBOOKS):
        yield from (audit.headline(area).html, audit.rules_run(area).html, audit.check(area)._repr_html_())
        yield audit.check(area).to_pandas().to_csv()
        module = module_of(area)
        if hasattr(module, "first_screen"):
            yield str(module.first_screen(audit))
    yield from (audit.claims().html, audit.one_page().html, audit.data_quality().html)


if __name__ == "__main__":
    answer = run(*sys.argv[1:3])
    print(json.dumps(answer, ensure_ascii=False))
