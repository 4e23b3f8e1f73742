"""The finished report by e-mail. Only a report made for the public leaves the house unless the schedule says otherwise."""

import os
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from mingjing.errors import InputError, UsageError
from mingjing.runs.manifest import read_manifest
from mingjing.runs.schedule.plan import Occurrence

PASSWORD = "MINGJING_SMTP_PASSWORD"  # noqa: S105
_LARGEST = 20_000_000
_SECURITY = ("starttls", "tls", "none")


def send(mail: dict[str, Any], occurrence: Occurrence, folder: Path, findings: int, lang: str) -> None:
    """Every page of the report as an attachment: each is whole by itself and opens without a network."""
    _check_audience(mail.get("audience", "public"), folder)
    security = mail.get("security", "starttls")
    if security not in _SECURITY:
        raise UsageError(f"mail security “{security}” is not offered", todo=f"Choose {', '.join(_SECURITY)}")
    user, password = mail.get("user"), os.environ.get(PASSWORD, "")
    if user and security == "none":
        raise UsageError(
            "mail security “none” would send the password as it is", todo="Choose starttls or tls"
        )
    if user and not password:
        raise UsageError(f"there is no password for mail user “{user}”", todo=f"Set {PASSWORD}")
    host, port = mail.get("host", "localhost"), mail.get("port", 587)
    message = _message(mail, occurrence, folder, findings, lang)
    try:
        safe = ssl.create_default_context()
        with (
            smtplib.SMTP_SSL(host, port, timeout=60, context=safe)
            if security == "tls"
            else smtplib.SMTP(host, port, timeout=60) as server
        ):
            if security == "starttls":
                server.starttls(context=safe)
            if user:
                server.login(user, password)
            refused = server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise InputError(
            f"mail to {host}:{port} failed: {error}", todo="The report stands; see section “mail”"
        ) from None
    if refused:
        raise InputError(f"mail was refused for {', '.join(sorted(refused))}", todo="Check the addresses")


def _check_audience(audience: str, folder: Path) -> None:
    made_for = read_manifest(folder).get("parameters", {}).get("audience", "internal")
    if audience not in ("public", "internal"):
        raise UsageError(f"audience “{audience}” is not offered", todo="Choose public or internal")
    if audience == "public" and made_for != "public":
        raise UsageError(
            "the report is for internal readers and was not sent",
            file=folder,
            todo="Set audience = “internal” in section “mail” if these recipients may have it",
        )


def _message(
    mail: dict[str, Any], occurrence: Occurrence, folder: Path, findings: int, lang: str
) -> EmailMessage:
    title = f"{occurrence.job.title(lang)} {occurrence.period}"
    message = EmailMessage()
    message["Subject"] = (
        f"明镜：{title}，{findings}条发现" if lang == "zh" else f"Mingjing: {title}, {findings} findings"
    )
    message["From"], message["To"] = mail.get("sender", "mingjing@localhost"), ", ".join(mail["to"])
    pages = [folder / "index.html", *sorted(p for p in folder.glob("*.html") if p.name != "index.html")]
    if sum(page.stat().st_size for page in pages) > _LARGEST:
        raise InputError(
            "the report is too large for e-mail", file=folder, todo="Name fewer areas in the job"
        )
    message.set_content(
        "附件各页可离线打开，先看 index.html。疑点只是线索，待核。\n"
        if lang == "zh"
        else "Each page opens without a network; begin with index.html. A suspect is a lead to be checked, no more.\n"
    )
    for page in pages:
        message.add_attachment(page.read_bytes(), maintype="text", subtype="html", filename=page.name)
    return message
