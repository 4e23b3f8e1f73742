"""`mingjing verify` and `mingjing reproduce`: argument parsing only."""

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path

from mingjing.cli_options import notebook_folder, options
from mingjing.messages import tell


def add_proof(commands: argparse._SubParsersAction) -> None:
    verify = commands.add_parser(
        "verify",
        help="recompute every hash of a finished run and name what changed",
        epilog="example: mingjing verify reports/2021Q3 --allowed-signers signers.txt --chain archive/2021Q2",
    )
    verify.add_argument("dir", metavar="DIR", help="folder of the run")
    moved = {"required": False, "help": "where the ledgers are now, if they were moved"}
    options(verify, "--data", **moved)
    verify.add_argument(
        "--allowed-signers", metavar="FILE", help="who may have signed: a name and a public key a line"
    )
    verify.add_argument(
        "--chain",
        action="append",
        default=[],
        metavar="MANIFEST",
        help="manifest or folder of the run before, the one before that, and so on",
    )
    verify.set_defaults(command=_verify)
    again = commands.add_parser(
        "reproduce",
        help="run again what a manifest records and compare byte for byte",
        epilog="example: mingjing reproduce reports/2021Q3/manifest.json --data archive/ledgers",
    )
    again.add_argument("manifest", metavar="MANIFEST", help="manifest.json of a run")
    options(again, "--data", **moved)
    options(again, "--notebooks", "--jobs")
    again.set_defaults(command=_reproduce)
    for parser in (verify, again):
        options(parser, "--lang", "--json")


def _verify(args: argparse.Namespace) -> int:
    from mingjing.runs.manifest import chain, verify
    from mingjing.runs.signature import signer

    folder = Path(args.dir)
    found, compared, with_inputs = verify(folder, Path(args.data) if args.data else None)
    broken, before = chain(folder, [Path(manifest) for manifest in args.chain]) if args.chain else ([], None)
    found += broken
    signed_by = signer(folder, Path(args.allowed_signers)) if args.allowed_signers else None
    body = {"compared": compared, "inputs": with_inputs, "differences": [asdict(d) for d in found]}
    if args.json:
        print(json.dumps(body | ({"signed_by": signed_by} if signed_by else {}), ensure_ascii=False))
        return 1 if found else 0
    for difference in found:
        print(difference.line(args.lang))
    aside = "" if with_inputs else "; the ledgers were not at hand and were not compared"
    print(tell(f"{compared} files compared, {len(found)} differ", args.lang) + tell(aside, args.lang))
    if args.chain:
        end = f"; the run before it, {before}, was not given" if before else ", back to the first run"
        linked = tell(f"{len(args.chain) - len(broken)} earlier manifests are in the chain", args.lang)
        print(linked + tell(end, args.lang))
    if signed_by:
        print(tell(f"signed by {signed_by}", args.lang))
    return 1 if found else 0


def _reproduce(args: argparse.Namespace) -> int:
    from mingjing.runs.reproduce import reproduce

    done = reproduce(
        Path(args.manifest),
        Path(args.data) if args.data else None,
        notebook_folder(args.notebooks),
        args.jobs or os.cpu_count() or 1,
    )
    if args.json:
        print(json.dumps(asdict(done), ensure_ascii=False))
    else:
        for line in [*done.circumstances, *done.differences]:
            print(line.line(args.lang))
        print(tell(f"{done.compared} files made again, {len(done.differences)} differ", args.lang))
    return 1 if done.differences else 0
