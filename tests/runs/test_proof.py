"""A run can be made again, signed, and held against the runs before it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from mingjing.cli import main
from mingjing.runs.manifest import chain, read_manifest, sha256, write_manifest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LOG = """记录编号,食堂所属单位,记录类型,记录时间,供餐日期,餐次,菜品,留样重量,留样销毁时间,记录人
L1,射击中心,留样,2021-03-01 12:00,2021-03-01,午餐,红烧肉,125,2021-03-03 12:00,张三丰
L2,射击中心,留样,2021-03-01 12:00,2021-03-01,午餐,鱼,124,2021-03-03 12:00,张三丰
"""


@pytest.fixture
def ledgers(tmp_path):
    folder = tmp_path / "ledgers"
    folder.mkdir()
    (folder / "留样与温度记录表.csv").write_text(LOG, encoding="utf-8")
    return folder


def run(ledgers, out, *more):
    common = ["--data", str(ledgers), "--period", "2021Q1", "--out", str(out), "--notebooks", str(NOTEBOOKS)]
    return main(["run", "canteen", *common, "--register", "none", *more])


def reproduce(manifest, *more):
    return main(["reproduce", str(manifest), "--notebooks", str(NOTEBOOKS), "--json", *more])


@pytest.mark.notebook
def test_a_run_is_reproduced_to_the_byte_from_ledgers_that_were_moved(ledgers, tmp_path, capsys):
    assert run(ledgers, tmp_path / "out") == 0
    ledgers.rename(tmp_path / "archive")
    capsys.readouterr()
    assert reproduce(tmp_path / "out" / "manifest.json") == 2
    assert "--data" in capsys.readouterr().err
    assert reproduce(tmp_path / "out", "--data", str(tmp_path / "archive"), "--jobs", "1") == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"compared": 6, "differences": [], "circumstances": []}


@pytest.mark.notebook
def test_a_report_that_was_altered_is_named_and_so_is_another_version(ledgers, tmp_path, capsys):
    out = tmp_path / "out"
    assert run(ledgers, out) == 0
    (out / "canteen.html").write_text("all is well")
    body = read_manifest(out)
    (out / "manifest.json").unlink()
    shutil.rmtree(out / "notebooks")
    write_manifest(out, body | {"versions": {"duckdb": "0.0.1"}})
    capsys.readouterr()
    assert reproduce(out) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["differences"] == [{"file": "canteen.html", "what": "differs", "where": "output"}]
    assert [(c["file"], c["where"]) for c in told["circumstances"]] == [("duckdb", "version")]


@pytest.mark.notebook
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda d: (d / "留样与温度记录表.csv").write_text(LOG + "L3,,,,,,,,,\n", "utf-8"),
            "后来变了",
        ),
        (
            lambda d: (d / "留样与温度记录表.csv").rename(d / "留样与温度记录表 2.csv"),
            "当时没有",
        ),
        (
            lambda d: (d / "市场价格参考表.csv").write_text("食材名称,日期\n", "utf-8"),
            "当时没有",
        ),
    ],
)
def test_changed_ledgers_are_refused(ledgers, tmp_path, capsys, change, said):
    assert run(ledgers, tmp_path / "out") == 0
    change(ledgers)
    assert reproduce(tmp_path / "out") == 2
    assert said in capsys.readouterr().err


@pytest.mark.notebook
def test_a_public_run_is_reproduced_from_its_record_and_replaces_no_internal_report(
    ledgers, tmp_path, capsys
):
    out = tmp_path / "out"
    assert run(ledgers, out, "--audience", "public") == 0
    assert run(ledgers, out) == 2 and "里是 public 版报告" in capsys.readouterr().err
    assert reproduce(out) == 2 and ".internal" in capsys.readouterr().err
    assert reproduce(tmp_path / "out.internal") == 0
    assert main(["verify", str(out)]) == main(["verify", str(tmp_path / "out.internal")]) == 0
    public = (out / "manifest.json").read_text("utf-8")
    assert str(tmp_path) not in public and sha256(ledgers / "留样与温度记录表.csv") not in public
    (out / "canteen.html").write_text("all is well")
    capsys.readouterr()
    assert main(["verify", str(tmp_path / "out.internal")]) == 1
    assert "公开版：canteen.html：已改动" in capsys.readouterr().out


@pytest.fixture
def runs(tmp_path):
    """Three runs in a row, each naming the manifest before it."""
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for place, folder in enumerate(folders):
        folder.mkdir()
        (folder / "index.html").write_text(folder.name)
        write_manifest(
            folder, {"parameters": {}}, previous=folders[place - 1] / "manifest.json" if place else None
        )
    return folders


def test_a_whole_chain_goes_back_to_the_first_run(runs, capsys):
    one, two, three = runs
    assert chain(three, [one, two]) == ([], None)
    assert main(["verify", str(three), "--chain", str(two), "--chain", str(one / "manifest.json")]) == 0
    assert "2 份以前的清单连成一链，直到第一次运行" in capsys.readouterr().out


def test_a_missing_link_is_named_by_its_hash(runs, capsys):
    one, two, three = runs
    found, link = chain(three, [one])
    assert [d.file for d in found] == [str(one)] and link == sha256(two / "manifest.json")
    assert main(["verify", str(three), "--chain", str(two)]) == 0
    assert sha256(one / "manifest.json") in capsys.readouterr().out


def test_a_link_that_was_edited_breaks_the_chain(runs):
    one, two, three = runs
    text = (two / "manifest.json").read_text("utf-8")
    (two / "manifest.json").write_text(
        text.replace('"parameters": {}', '"parameters": {"period": "2020"}'), "utf-8"
    )
    found, link = chain(three, [one, two])
    assert {d.file for d in found} == {str(one), str(two)} and link not in (
        None,
        sha256(two / "manifest.json"),
    )


def test_a_manifest_that_is_not_there_is_one_clear_line(runs, capsys):
    assert main(["verify", str(runs[0]), "--chain", "nowhere"]) == 2
    assert "这里没有清单" in capsys.readouterr().err


@pytest.fixture
def key(tmp_path):
    if shutil.which("ssh-keygen") is None and os.environ.get("MINGJING_SKIP") != "never":
        pytest.skip("ssh-keygen is not installed (Debian: openssh-client)")
    path = tmp_path / "key"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "audit", "-f", str(path)]
    subprocess.run(command, check=True)
    (tmp_path / "signers").write_text(f"audit@bureau {path.with_suffix('.pub').read_text()}")
    return path


def test_a_signed_manifest_names_its_signer_and_no_other(runs, key, tmp_path, capsys):
    from mingjing.runs.signature import sign

    signers = ["--allowed-signers", str(tmp_path / "signers")]
    assert main(["verify", str(runs[0]), *signers]) == 2 and "没有签名" in capsys.readouterr().err
    sign(runs[0], key)
    assert main(["verify", str(runs[0]), *signers]) == 0
    assert "签名人：audit@bureau" in capsys.readouterr().out
    (tmp_path / "signers").write_text(
        "other@bureau "
        + "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGmockmockmockmockmockmockmockmockmockmockmoc\n"
    )
    assert main(["verify", str(runs[0]), *signers]) == 2


def test_a_manifest_rewritten_after_signing_is_refused(runs, key, tmp_path, capsys):
    from mingjing.runs.signature import sign

    sign(runs[0], key)
    (runs[0] / "index.html").write_text("better")
    (runs[0] / "manifest.json").unlink()
    signature = (runs[0] / "manifest.json.sig").read_bytes()
    (runs[0] / "manifest.json.sig").unlink()
    write_manifest(runs[0], {"parameters": {}})
    (runs[0] / "manifest.json.sig").write_bytes(signature)
    assert main(["verify", str(runs[0]), "--allowed-signers", str(tmp_path / "signers")]) == 2
    assert "在签名之后被改动过" in capsys.readouterr().err


@pytest.mark.notebook
def test_a_run_signs_what_it_made(ledgers, key, tmp_path):
    assert run(ledgers, tmp_path / "out", "--sign", str(key)) == 0
    assert main(["verify", str(tmp_path / "out"), "--allowed-signers", str(tmp_path / "signers")]) == 0


def test_a_key_that_is_not_there_is_refused(runs, capsys):
    from mingjing.errors import InputError
    from mingjing.runs.signature import sign

    with pytest.raises(InputError, match="key"):
        sign(runs[0], Path("no-such-key"))
