"""The engine's outputs are those of a stock kernel, cell for cell; what cannot finish is never called complete."""

import json
import re

import nbformat
import papermill
import pytest
from papermill.engines import papermill_engines

from mingjing.runs.engine import ForkEngine, can_fork
from mingjing.runs.notebooks import execute

papermill_engines.register("mingjing", ForkEngine)
AWKWARD = {
    "values": ["1 + 1", "None", "x = [1, 2]\nx", "'半角'"],
    "prints": [
        "print('a')\nprint('b')",
        "import sys\nprint('e', file=sys.stderr)\nprint('o')",
        "print('x', end='')",
    ],
    "below python": ["import os\nos.write(1, b'raw\\n')\nimport time; time.sleep(0.5)"],
    "a shell command": ["!echo hello"],
    "rich": ["from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))\nHTML('<i>y</i>')"],
    "updated display": [
        "from IPython.display import display\nh = display(1, display_id='d')",
        "h.update(2)",
    ],
    "cleared": ["from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('stays')"],
    "awaited": ["import asyncio\nawait asyncio.sleep(0.01)\n'awaited'"],
    "a running loop": ["import asyncio\nasyncio.get_running_loop().is_running()"],
    "raises": ["print('before')\n1 / 0", "print('never')"],
    "syntax error": ["def broken(:\n    pass", "print('never')"],
    "exit": ["import sys\nsys.exit(3)", "print('never')"],
    "input": ["input('name? ')"],
    "huge": ["print('字' * 300_000)"],
    "a table": ["import pandas as pd\npd.DataFrame({'a': [1, 2]})"],
    "a plot": ["import matplotlib.pyplot as plt\nplt.plot([1, 2])\nNone"],
    "a warning": ["import warnings\nwarnings.warn('careful')\n1"],
    "magic": ["%%time\npass\n", "%pwd"],
    "forks": [  # since Python 3.12 a stock kernel, which has threads, warns of it
        "import os, warnings\nwarnings.simplefilter('ignore', DeprecationWarning)\n"
        "pid = os.fork()\nif pid == 0:\n    print('child'); os._exit(0)\nos.waitpid(pid, 0)[1]"
    ],
    "a thread left running": [
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n1"
    ],
    "history": ["7", "_ + 1", "In[1]"],
    "help": ["len?"],
    "main": ["__name__"],
}


def write(path, sources, **metadata):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


def merged(outputs):
    """Streams that follow one another are one: a kernel cuts them by its clock."""
    found = []
    for output in outputs:
        if found and output["output_type"] == "stream" and found[-1].get("name") == output["name"]:
            found[-1]["text"] += output["text"]
        else:
            found.append(output)
    return found


def outcome(path):
    book = nbformat.read(path, 4)
    cells = []
    for cell in book.cells:
        outputs = merged(json.loads(json.dumps(cell.get("outputs", []))))
        for output in outputs:
            output.pop("traceback", None)  # holds process ids and times
            if output.get("name") == "stdout" and "CPU times" in output["text"]:
                output["text"] = "times"
            if "image/png" in output.get("data", {}):
                output["data"]["image/png"] = "picture"
            output |= {"text": re.sub(r"ipykernel_\d+", "pid", output["text"])} if "text" in output else {}
        cells.append((cell.get("execution_count"), cell.metadata.get("papermill", {}).get("status"), outputs))
    return cells, book.metadata.get("language_info")


def run(source, target, engine):
    try:
        papermill.execute_notebook(
            str(source), str(target), engine_name=engine, progress_bar=False, shutdown_kernel="immediate"
        )
    except papermill.PapermillExecutionError as error:
        return outcome(target), error.ename
    return outcome(target), None


@pytest.mark.notebook
@pytest.mark.parametrize("name", AWKWARD)
def test_the_same_outputs_as_a_stock_kernel(tmp_path, monkeypatch, name):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # under it a kernel does not watch what is written below Python
    source = write(tmp_path / "in.ipynb", AWKWARD[name])
    assert run(source, tmp_path / "ours.ipynb", "mingjing") == run(source, tmp_path / "stock.ipynb", None)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import os; os._exit(0)", "DeadKernelError"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "DeadKernelError"),
        ("while True: pass", "CellTimeoutError"),
        ("import sys; sys.exit(0)", "a cell never ran"),
    ],
)
def test_what_stops_half_way_is_never_called_complete(tmp_path, monkeypatch, source, reason):
    # threads that another test has left running would send the notebook to a stock kernel
    monkeypatch.setattr("mingjing.runs.engine.threading.active_count", lambda: 1)
    notebook = write(tmp_path / "in.ipynb", ["1", source, "print('the rest')"])
    assert reason in execute(notebook, tmp_path / "out.ipynb", {}, timeout=2, engine="mingjing")
    statuses = [c.metadata.papermill.status for c in nbformat.read(tmp_path / "out.ipynb", 4).cells]
    assert statuses == ["completed", "failed", "pending"]


@pytest.mark.parametrize(("seconds", "written"), [(1000, 3), (0, 9)])
def test_the_notebook_is_written_once_in_a_while_and_at_the_end(tmp_path, monkeypatch, seconds, written):
    """papermill writes at the start, before and after each cell, and twice when all is done."""
    saves = []
    monkeypatch.setattr("mingjing.runs.engine.threading.active_count", lambda: 1)
    monkeypatch.setattr("mingjing.runs.engine._SAVE_SECONDS", seconds)
    write_it = papermill.iorw.write_ipynb
    for module in ("engines", "execute"):
        monkeypatch.setattr(
            f"papermill.{module}.write_ipynb", lambda nb, path: (saves.append(path), write_it(nb, path))
        )
    source = write(tmp_path / "in.ipynb", ["1", "2", "3"])
    (cells, _), _ = run(source, tmp_path / "out.ipynb", "mingjing")
    assert [outputs[0]["data"]["text/plain"] for *_, outputs in cells] == ["1", "2", "3"]
    assert len(saves) == written


def test_random_numbers_differ_between_notebooks(tmp_path):
    source = write(tmp_path / "in.ipynb", ["import random, numpy\nrandom.random(), numpy.random.random()"])
    first = run(source, tmp_path / "a.ipynb", "mingjing")
    assert first != run(source, tmp_path / "b.ipynb", "mingjing")


def test_only_python_is_forked():
    assert not can_fork("ir")
