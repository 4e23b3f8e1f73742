"""A manifest signed with a key the user already has, by OpenSSH: `ssh-keygen -Y sign` and `-Y verify`."""

import shutil
import subprocess
from pathlib import Path

from mingjing.errors import InputError
from mingjing.runs.manifest import NAME, SIGNATURE

_NAMESPACE = "mingjing"


def sign(folder: Path, key: Path) -> None:
    """Writes `manifest.json.sig` beside the manifest. A key with a passphrase needs an agent: nobody is asked."""
    if not key.is_file():
        raise InputError("the key to sign with is not there", file=key, todo="Name a private SSH key")
    done = _run(["-Y", "sign", "-n", _NAMESPACE, "-f", str(key), str(folder / NAME)])
    if done.returncode or not (folder / SIGNATURE).exists():
        raise InputError(
            f"signing failed: {_last(done.stderr)}",
            file=key,
            todo="Load the key into ssh-agent, or name another",
        )


def signer(folder: Path, allowed: Path) -> str:
    """Who signed the manifest, by the file of allowed signers (`name ssh-ed25519 AAAA…`); InputError if nobody there did."""
    if not allowed.is_file():
        raise InputError(
            "the list of allowed signers is not there", file=allowed, todo="One line: name and public key"
        )
    if not (folder / SIGNATURE).is_file():
        raise InputError("the run is not signed", file=folder / NAME, todo="Run with --sign KEY")
    signed = ["-f", str(allowed), "-s", str(folder / SIGNATURE)]
    named = _run(["-Y", "find-principals", *signed])
    names = named.stdout.split("\n")[0].strip() if named.returncode == 0 else ""
    text = (folder / NAME).read_bytes()
    for name in filter(None, names.split(",")):
        if _run(["-Y", "verify", "-n", _NAMESPACE, "-I", name, *signed], text).returncode == 0:
            return name
    raise InputError(
        "the signature is not one of the allowed signers’, or the manifest was changed after signing",
        file=folder / NAME,
        todo="Do not rely on this report",
    )


def _run(arguments: list[str], text: bytes | None = None) -> subprocess.CompletedProcess:
    program = shutil.which("ssh-keygen")
    if program is None:
        raise InputError("ssh-keygen is not installed", todo="Install OpenSSH (Debian: openssh-client)")
    done = subprocess.run(  # noqa: S603
        [program, *arguments], input=text or b"", capture_output=True, check=False, timeout=60
    )
    return subprocess.CompletedProcess(
        done.args,
        done.returncode,
        done.stdout.decode("utf-8", "replace"),
        done.stderr.decode("utf-8", "replace"),
    )


def _last(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "no reason given")
