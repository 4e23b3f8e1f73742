"""The gallery runs on the public data with the published answers, and explains itself where they are absent."""

from pathlib import Path

import nbformat
import papermill
import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
REAL = Path(__file__).parents[3] / "shared" / "real"


def run(target: Path, **parameters) -> str:
    papermill.execute_notebook(str(FOLDER / "13_gallery.ipynb"), str(target), parameters, progress_bar=False)
    outputs = [o for c in nbformat.read(target, 4).cells for o in c.get("outputs", [])]
    shown = [o.get("data", {}) for o in outputs]
    told = [o.get("text", "") for o in outputs]
    return "".join([*told, *(data.get("text/html") or data.get("text/plain", "") for data in shown)])


@pytest.mark.notebook
@pytest.mark.skipif(not REAL.exists(), reason="the public data are not beside the project")
def test_the_gallery_shows_the_published_answers(tmp_path):
    text = run(tmp_path / "out.ipynb", real=str(REAL), lang="en")
    for published in (
        "these methods give every one",
        "3.088",
        "-0.301",
        "0.002336614",
        "50, 11, 10, 98",
        "5,938",
        "6,022",
        "1,369.4",
    ):
        assert published in text, published
    # no table of pandas' own, nothing unlike what was published
    assert '<table border="1" class="dataframe"' not in text and ">no<" not in text
    assert "for certain" in text and "Pairs short program" in text


@pytest.mark.notebook
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_the_data_it_says_so_and_runs_to_the_end(tmp_path, lang):
    text = run(tmp_path / "out.ipynb", real=str(tmp_path / "nowhere"), lang=lang)
    assert ("没有找到公开数据" if lang == "zh" else "The public data are not there") in text
