"""What is due is done once, whatever was missed, crashed or ran at the same time."""

import ast
import json
import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from mingjing.cli import main
from mingjing.errors import InputError, UsageError
from mingjing.runs.manifest import write_manifest
from mingjing.runs.schedule import due as module
from mingjing.runs.schedule.due import coming, due, run_due
from mingjing.runs.schedule.export import export
from mingjing.runs.schedule.mail import send
from mingjing.runs.schedule.plan import occurrences, read_schedule, working_days
from mingjing.runs.schedule.visits import commit, read_terms, reveal, visits

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "schedule.toml").read_text("utf-8")
UNITS = [f"U{n:02d}" for n in range(1, 8)]


@pytest.fixture
def schedule(tmp_path):
    path = tmp_path / "schedule.toml"
    path.write_text(TEXT, "utf-8")
    return read_schedule(path)


@pytest.fixture
def runs(monkeypatch, schedule):
    """Runs that only say they were asked for; `broken` names those that fail."""
    asked, broken = [], set()

    def run(_, occurrence, audience):
        asked.append(occurrence.id)
        if occurrence.id in broken:
            raise InputError("broken")
        return {
            "index": str(schedule.file.parent / "index.html"),
            "findings": 2,
            "alert": False,
            "unreadable": [],
        }

    monkeypatch.setattr(module, "_run", run)
    return asked, broken


def test_stock_takes_fall_on_working_days_of_the_official_calendar(schedule):
    found = {o.id: o for o in occurrences(schedule, date(2022, 12, 31))}
    assert found["stock-take-2021-12"].due == date(2022, 1, 4)  # the 3rd is New Year's rest
    assert found["stock-take-2022-01"].due == date(2022, 2, 7)  # Spring Festival until the 6th
    assert found["stock-take-2022-03"].due == date(2022, 4, 6)  # Tomb-sweeping 3rd to 5th; swapped day before
    assert found["year-end-2021"].period == "2021" and found["year-end-2021"].due == date(2022, 1, 10)


def test_each_of_the_five_holidays_is_looked_at_before_and_after(schedule):
    found = {o.id: o for o in occurrences(schedule, date(2022, 12, 29)) if o.job.name == "holiday"}
    names = {"春节", "五一", "中秋", "国庆"}
    assert {f"holiday-2022-{n}-{side}" for n in names for side in ("before", "after")} <= found.keys()
    eve, late = found["holiday-2022-国庆-before"], found["holiday-2022-国庆-after"]
    assert (eve.due, eve.period) == (date(2022, 9, 30), "2022-09-16..2022-09-30")
    assert (late.due, late.period) == (date(2022, 10, 18), "2022-09-16..2022-10-17")


def test_nothing_before_the_start_is_due_and_the_hour_counts(schedule):
    assert due(schedule, datetime(2022, 1, 3, 23)) == []
    assert due(schedule, datetime(2022, 1, 4, 5)) == []
    assert [o.id for o in due(schedule, datetime(2022, 1, 4, 6))] == ["stock-take-2021-12"]
    assert [o.id for o in coming(schedule, datetime(2022, 1, 4, 6), 1)] == ["year-end-2021"]


def test_missed_runs_are_caught_up_once_and_a_failed_one_stays_due(schedule, runs):
    asked, broken = runs
    broken.add("stock-take-2022-01")
    now = datetime(2022, 3, 20, 8)
    first = run_due(schedule, now)
    assert asked == [o.id for o in occurrences(schedule, now.date())] and first.due == len(asked)
    assert list(first.failed) == ["stock-take-2022-01"] and first.exit_code == 1
    assert first.late == first.due - 1 and first.findings == 2 * (first.due - 1)
    asked.clear(), broken.clear()
    second = run_due(schedule, now)
    assert asked == ["stock-take-2022-01"] and second.exit_code == 0
    assert run_due(schedule, now).line("en").startswith("MINGJING OK: 0 of 0 due done; next 2022-04-06")


def test_two_calls_never_overlap_and_a_stuck_one_is_reported(schedule, monkeypatch, runs):
    seen, entered, leave = [], threading.Event(), threading.Event()

    def slow(_, occurrence, audience):
        entered.set()
        leave.wait(20)
        return {"index": str(schedule.file), "findings": 0, "alert": False, "unreadable": []}

    monkeypatch.setattr(module, "_run", slow)
    other = threading.Thread(target=lambda: seen.append(run_due(schedule, datetime(2022, 1, 4, 8))))
    other.start()
    assert entered.wait(20)
    blocked, stuck = (run_due(schedule, datetime(2022, 1, 4, hour)) for hour in (9, 23))
    leave.set()
    other.join()
    assert blocked.busy == "2022-01-04T08:00:00" and blocked.exit_code == 0 and not blocked.done
    assert stuck.exit_code == 1 and seen[0].done == ["stock-take-2021-12"]


def test_visits_skip_no_unit_are_the_same_every_time_and_can_be_proved(tmp_path):
    public = commit(tmp_path, 2022, UNITS, 2, working_days(2022))
    drawn = list(visits(read_terms(public)))
    assert {unit for _, unit, _ in drawn} == set(UNITS) and len(drawn) == 8
    assert all(day in set(working_days(2022)) and (day.month - 1) // 3 + 1 == q for q, _, day in drawn)
    assert drawn == list(visits(read_terms(public)))
    secret = tmp_path / "2022.secret.json"
    assert secret.stat().st_mode & 0o077 == 0
    assert not any(seed in public.read_text("utf-8") for seed in json.loads(secret.read_text()).values())
    assert reveal(public, date(2022, 7, 1)) == ["1", "2"]
    secret.unlink()  # an outsider has only what is published
    assert list(visits(read_terms(public))) == [visit for visit in drawn if visit[0] <= 2]


def test_a_seed_or_a_list_of_units_changed_afterwards_is_refused(tmp_path):
    public = commit(tmp_path, 2022, UNITS, 7, working_days(2022))
    body = json.loads(public.read_text("utf-8"))
    body["terms"]["units"].remove("U03")
    public.write_text(json.dumps(body), "utf-8")
    with pytest.raises(InputError, match="not the one committed"):
        read_terms(public)
    with pytest.raises(UsageError, match="committed already"):
        commit(tmp_path, 2022, UNITS, 7, working_days(2022))
    with pytest.raises(UsageError, match="Choose 2 to 7"):
        commit(tmp_path, 2023, UNITS, 1, working_days(2023))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "monthly"', 'kind = "montly"', "monthly"),
        ("day = 3", "day = 31", "1 至 28"),
        ('"春节"', '"清明节"', "清明"),
        ('name = "holiday"', 'name = "year-end"', "同名"),
        ("start = 2022-01-01", 'start = "soon"', "不是日期"),
        ("hour = 6", 'hour = "six"', "int"),
    ],
)
def test_a_schedule_that_means_nothing_is_refused_in_one_line(tmp_path, capsys, old, new, said):
    path = tmp_path / "schedule.toml"
    path.write_text(TEXT.replace(old, new, 1), "utf-8")
    assert main(["schedule", "next", "--schedule", str(path), "--now", "2022-01-01"]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_exports_call_run_due_and_the_dag_compiles(schedule):
    assert "CRON_TZ=Asia/Shanghai\n15 6 * * * cd " in export(schedule, "crontab")
    assert "Persistent=true" in export(schedule, "systemd")
    dag = export(schedule, "airflow")
    ast.parse(dag)
    assert "PapermillOperator" in dag and "run-due" in dag
    with pytest.raises(UsageError):
        export(schedule, "windows")


class Inbox:
    def __init__(self):
        self.messages = []

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(envelope)
        return "250 OK"


@pytest.fixture
def report(schedule, tmp_path):
    """What is due, and its report, made for readers inside."""
    (occurrence,) = due(schedule, datetime(2022, 1, 4, 6))
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "index.html").write_text("<p>明镜</p>", "utf-8")
    write_manifest(folder, {"parameters": {}})
    return occurrence, folder


@contextmanager
def served(inbox, **more):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(inbox, hostname="127.0.0.1", port=port, **more)
    server.start()
    try:
        yield {"to": ["a@example.cn"], "host": "127.0.0.1", "port": port, "audience": "internal"}
    finally:
        server.stop()


def test_mail_goes_to_a_real_server_and_internal_reports_stay_unless_told(report):
    inbox = Inbox()
    with served(inbox) as mail:
        with pytest.raises(UsageError, match="internal readers"):
            send(mail | {"security": "none", "audience": "public"}, *report, 2, "zh")
        assert inbox.messages == []
        send(mail | {"security": "none"}, *report, 2, "zh")
    (envelope,) = inbox.messages
    assert envelope.rcpt_tos == ["a@example.cn"] and b'filename="index.html"' in envelope.content


@pytest.mark.skipif(not shutil.which("openssl"), reason="makes its certificate with openssl")
def test_mail_logs_in_over_starttls_only_to_a_server_it_can_trust(report, tmp_path, monkeypatch):
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    wanted = (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    )
    words = ["openssl", *wanted.split(), "-keyout", key, "-out", certificate]
    subprocess.run(words, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    inbox = Inbox()
    needs = {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": _known}
    with served(inbox, **needs) as mail:
        mail |= {"user": "mingjing"}
        monkeypatch.delenv("MINGJING_SMTP_PASSWORD", raising=False)
        with pytest.raises(UsageError, match="Set MINGJING_SMTP_PASSWORD"):
            send(mail, *report, 2, "zh")
        monkeypatch.setenv("MINGJING_SMTP_PASSWORD", "wrong")
        with pytest.raises(UsageError, match="as it is"):
            send(mail | {"security": "none"}, *report, 2, "zh")
        with pytest.raises(InputError, match="CERTIFICATE_VERIFY_FAILED"):
            send(mail, *report, 2, "zh")
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
        with pytest.raises(InputError, match="535"):
            send(mail, *report, 2, "zh")
        assert inbox.messages == []
        monkeypatch.setenv("MINGJING_SMTP_PASSWORD", "pass word")
        send(mail, *report, 2, "zh")
    assert len(inbox.messages) == 1


def _known(server, session, envelope, mechanism, told):
    right = (told.login, told.password) == (b"mingjing", b"pass word")
    return AuthResult(success=right, handled=False)


@pytest.mark.notebook
def test_run_due_makes_a_report_for_real(tmp_path, capsys):
    path = tmp_path / "schedule.toml"
    text = TEXT.replace('"data/sample"', f'"{ROOT}/data/sample"').replace(
        '"notebooks"', f'"{ROOT}/notebooks"'
    )
    path.write_text(text, "utf-8")
    assert main(["schedule", "run-due", "--schedule", str(path), "--now", "2022-01-04T08:00"]) == 0
    assert "MINGJING OK: 到期 1 项，完成 1 项" in capsys.readouterr().out
    assert (tmp_path / "reports/stock-take-2021-12/firearms.html").exists()
