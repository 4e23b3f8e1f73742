"""Inputs made to do harm are refused or read as plain data, in one line, and never changed."""

import hashlib
import io
import os
import zipfile
import zlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hostile import (
    CELLS,
    CODE,
    CONFIGS,
    CORRECTION,
    FAR,
    HEADER,
    LINKED,
    NAMES,
    PARAMETERS,
    PATTERN,
    REFUSED,
    ROW,
    SHEET,
    bomb,
    ledger,
    parameters,
    workbook,
)

from mingjing.cli import main
from mingjing.config import read_config
from mingjing.errors import InputError
from mingjing.intake import archive, read_folder


@pytest.mark.parametrize("name", REFUSED)
def test_a_bomb_is_refused_in_one_line_that_states_the_limit(tmp_path, capsys, name):
    content, said = REFUSED[name]
    assert len(content) < 200_000
    (tmp_path / name).write_bytes(content)
    assert main(["check", "--data", str(tmp_path), "--lang", "en"]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert said in line and name in line
    assert (tmp_path / name).read_bytes() == content


def test_a_bomb_is_refused_before_it_is_inflated(monkeypatch):
    inflated = []
    pieces = archive._pieces
    monkeypatch.setattr(
        archive, "_pieces", lambda *given: (inflated.append(len(p)) or p for p in pieces(*given))
    )
    with pytest.raises(InputError):
        archive.inspect_workbook(bomb(300 << 20))
    assert sum(inflated) <= archive.FREE + archive._CHUNK


def packed_as_it_is(packed: bytes) -> bytes:
    """A workbook whose one part is packed to these bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("xl/sharedStrings.xml", packed)
    content = bytearray(out.getvalue())
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):  # deflated, not stored
        content[content.rindex(mark) + place] = 8
    return bytes(content)


def test_entities_behind_a_start_that_unpacks_to_nothing_are_seen():
    nothing, text = b"\x00\x00\x00\xff\xff" * 60_000, b'<!DOCTYPE x [<!ENTITY a "ha">]>'
    packed = nothing + zlib.compress(text, wbits=-15)
    with pytest.raises(InputError, match="declares entities"):
        archive.inspect_workbook(packed_as_it_is(packed))


def test_a_parquet_file_of_a_billion_rows_is_refused_by_what_it_says_of_itself(tmp_path, monkeypatch):
    pq.write_table(pa.table({"隐患编号": ["H1"] * 1000}), tmp_path / "隐患台账.parquet")
    monkeypatch.setattr(archive, "MAX_CELLS", 999)
    (source,) = read_folder(tmp_path).sources
    assert source.status == "unreadable" and "1000 rows" in source.notes[0][1]


def test_a_sheet_of_all_the_rows_excel_has_is_accounted_for(tmp_path):
    (tmp_path / "隐患台账.xlsx").write_bytes(workbook(SHEET.format(FAR.replace("XFD", "B"))))
    (source,) = read_folder(tmp_path).sources
    assert (source.rows_read, source.not_data) == (1048576, 1048576)


@pytest.mark.parametrize("cell", ["H1048576", "CV100", "A1000000"])
def test_a_long_or_a_wide_sheet_is_no_large_one(cell):
    archive.inspect_workbook(workbook(SHEET.format(f'<row r="9"><c r="{cell}"><v>1</v></c></row>')))


@pytest.mark.parametrize("cell", CELLS, ids=range(len(CELLS)))
def test_a_hostile_cell_is_text_and_the_terminal_is_not_steered(tmp_path, capsys, cell):
    path = tmp_path / "隐患台账.csv"
    path.write_bytes(ledger(cell))
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    assert main(["check", "--data", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert all(c.isprintable() or c == "\n" for c in said.out + said.err)
    intake = read_folder(tmp_path)
    assert intake.conservation().kept.all() and len(intake.rejected) == 1
    (text,) = intake.tables["hazard"]["hazard_desc"].to_pylist()
    assert len(text) >= len(cell.strip("\ufeff")) - 12 and text.isprintable()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_links_to_other_workbooks_are_not_followed(tmp_path):
    (tmp_path / "隐患台账.xlsx").write_bytes(LINKED)
    assert "root:" not in repr(read_folder(tmp_path))


def test_what_is_no_plain_file_inside_the_folder_is_listed_with_the_reason(tmp_path):
    outside, data = tmp_path / "out", tmp_path / "data"
    (data / "sub").mkdir(parents=True), outside.mkdir()
    (outside / "s.csv").write_text(HEADER, "utf-8")
    (data / "good.csv").write_text("a,b\n", "utf-8")
    (data / "file.csv").symlink_to(outside / "s.csv")
    (data / "folder").symlink_to(outside)
    (data / "loop").symlink_to(data)
    (data / "broken.csv").symlink_to(data / "nothing.csv")
    os.mkfifo(data / "sub" / "pipe.csv")
    found = {s.file: (s.status, s.notes[0][1].split(";")[0]) for s in read_folder(data).sources}
    assert found == {
        "broken.csv": ("skipped", "not a plain file (a broken link or a device)"),
        "file.csv": ("skipped", "a link that leads out of the data folder"),
        "folder": ("skipped", "a link to a folder"),
        "good.csv": ("unrecognised", "not recognised as any ledger"),
        "loop": ("skipped", "a link to a folder"),
        "sub/pipe.csv": ("skipped", "not a plain file (a broken link or a device)"),
    }


def test_a_folder_that_may_not_be_opened_is_listed(tmp_path, monkeypatch):
    (tmp_path / "good.csv").write_text("a,b\n", "utf-8")
    (tmp_path / "shut").mkdir()
    scan = os.scandir

    def refuse(path):
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert {s.file: s.status for s in read_folder(tmp_path).sources} == {
        "good.csv": "unrecognised",
        "shut": "skipped",
    }


def test_a_file_that_cannot_be_opened_is_named_in_one_line(tmp_path, monkeypatch, capsys):
    (tmp_path / "a.csv").write_text("a,b\n", "utf-8")
    monkeypatch.setattr(
        "pathlib.Path.read_bytes", lambda path: (_ for _ in ()).throw(PermissionError(13, "no"))
    )
    assert main(["check", "--data", str(tmp_path)]) == 2
    assert "a.csv: 无法读取：没有权限打开。请关闭" in capsys.readouterr().err


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_file_name_is_written_out(tmp_path, capsys, name):
    with open(os.fsencode(tmp_path) + b"/" + name, "w", encoding="utf-8") as file:
        file.write(f"{HEADER}\n{ROW.format('x')}\n")
    assert main(["check", "--data", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert all(c.isprintable() or c == "\n" for c in said.out + said.err)
    (source,) = read_folder(tmp_path).sources
    assert source.accepted == 1 and source.file.isprintable()


@pytest.mark.parametrize(("text", "said"), CONFIGS.items())
def test_a_strangers_configuration_is_data_and_reads_nothing_outside_its_folder(tmp_path, text, said):
    (tmp_path / "c.toml").write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        read_config(tmp_path / "c.toml")
    assert said in str(caught.value) and str(caught.value).isprintable()


def test_a_strangers_pattern_takes_no_longer_than_its_text(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("No,Text\n1," + "a" * 5000 + "!\n", "utf-8")
    (tmp_path / "map.toml").write_text(PATTERN, "utf-8")
    intake = read_folder(tmp_path / "data", tmp_path / "map.toml")
    assert intake.sources[0].not_data == 2


def test_an_expression_in_a_register_of_corrections_is_never_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "data"
    data.mkdir()
    (data / "隐患台账.csv").write_text(f"{HEADER}\n{ROW.format('x')}\n", "utf-8")
    (tmp_path / "c.toml").write_text(CORRECTION, "utf-8")
    intake = read_folder(data, corrections=tmp_path / "c.toml")
    assert intake.tables["hazard"]["hazard_desc"].to_pylist() == [CODE] and not (tmp_path / "ran").exists()


@pytest.mark.parametrize("words", PARAMETERS, ids=range(len(PARAMETERS)))
def test_a_hostile_parameter_is_refused_in_one_line_before_anything_runs(
    tmp_path, capsys, monkeypatch, words
):
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "data"
    data.mkdir()
    (data / "隐患台账.csv").write_bytes(ledger("x"))
    assert main(parameters(data, tmp_path / "out", words)) == 2
    said = capsys.readouterr()
    assert said.err.startswith("mingjing: ") and said.err.count("\n") == 1 and said.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
