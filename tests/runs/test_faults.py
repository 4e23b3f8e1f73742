"""A run that is killed, starved or crowded leaves what stood before, one clear line, and nothing in the next one's way."""

import resource

import pytest
from kills import PHASES, ROOT, Bureau, kill_at, kill_in


@pytest.fixture(scope="module")
def bureau(tmp_path_factory):
    made = Bureau(tmp_path_factory.mktemp("bureau"))
    made.begin()
    return made


@pytest.mark.notebook
@pytest.mark.parametrize(("made", "phase"), PHASES)
def test_a_killed_run_leaves_the_report_before_whole_and_no_process_behind(bureau, made, phase):
    fell, stands = kill_in(bureau, made, 0.0)
    assert fell != "reading" and (stands == "old" or fell in ("after", "done"))
    assert bureau.faults() == []
    assert bureau.alive() == 0


@pytest.mark.notebook
def test_the_run_after_a_killed_one_succeeds_by_itself(bureau):
    kill_at(bureau, 1.5)
    left = bureau.target.with_name(".2021Q1.building")
    left.mkdir(exist_ok=True)
    (left / "half.html").write_text("half")
    code, said = bureau.run()
    assert (code, bureau.faults(), left.exists()) == (0, [], False), said


@pytest.mark.notebook
def test_two_runs_into_one_folder_are_one_run_and_one_clear_line(bureau):
    bureau.change()
    first = bureau.start()
    second = bureau.start()
    said = [process.communicate()[1] for process in (first, second)]
    codes = sorted(process.returncode for process in (first, second))
    if codes != [0, 0]:  # one had finished before the other began to build
        assert codes == [0, 2]
        (line,) = (text for text in said if "另一次运行" in text)
        assert line.count("\n") == 1 and "Traceback" not in line
    assert bureau.faults() == []


@pytest.mark.notebook
def test_a_full_disk_is_one_clear_line_and_costs_nothing_that_stood(bureau):
    before = bureau.seal()
    bureau.change()

    def starved():
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    code, said = bureau.run(preexec_fn=starved)
    assert code == 2 and "Traceback" not in said
    assert said.splitlines()[-1].startswith("mingjing: ")
    assert bureau.seal() == before and bureau.faults() == []


def test_a_place_that_cannot_be_written_is_one_clear_line(bureau, capsys):
    from mingjing.cli import main

    data = str(bureau.ledger.parent)
    notebooks = str(ROOT / "notebooks")
    code = main(
        [
            "run",
            "canteen",
            "--data",
            data,
            "--period",
            "2021Q1",
            "--out",
            "/proc/nowhere/2021Q1",
            "--notebooks",
            notebooks,
        ]
    )
    said = capsys.readouterr().err
    assert code == 2 and said.count("\n") == 1 and "/proc/nowhere" in said
