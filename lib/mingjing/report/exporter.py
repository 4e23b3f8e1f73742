"""Executed notebook → one HTML file that asks the network for nothing."""

from importlib import resources
from pathlib import Path

from nbconvert.exporters import HTMLExporter

from mingjing.report.page import HTML_LANG, css
from mingjing.report.svg import font_face

WORDS = {
    "zh": {"skip": "跳到正文", "code": "查看代码"},
    "en": {"skip": "Skip to content", "code": "Show code"},
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
        lang = parameters.get("lang", "zh")
        nb = nb.copy()
        other = {"zh": "en", "en": "zh"}[lang]
        left_out = {other, "parameters", "injected-parameters"}
        nb.cells = [cell for cell in nb.cells if not left_out & set(cell.metadata.get("tags", []))]
        resources = resources or {}
        resources["mingjing"] = {
            "html_lang": HTML_LANG[lang],
            "title": _title(nb),
            "css": css(),
            "words": WORDS[lang],
        }
        body, resources = super().from_notebook_node(nb, resources, **more)
        return body.replace("</style>", f"{font_face(body)}</style>", 1), resources


def _title(nb) -> str:
    headings = (
        line for cell in nb.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()
    )
    return next((line[2:] for line in headings if line.startswith("# ")), "Mingjing")
