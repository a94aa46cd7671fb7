"""`python -m components.sandbox`: the sandbox alone, on a port of its own."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from components.sandbox.behaviour import Rule, rule_from
from components.sandbox.documents import DocumentError
from components.sandbox.faults import FAULTS
from components.sandbox.server import SandboxServer
from components.settings import VARIABLES, Settings


def default_data() -> Path:
    """The sandbox's folder inside the program's own: `$PLAYGROUND_DATA`, else where Settings puts it."""
    data = os.environ.get(VARIABLES["data"], "").strip() or str(Settings.model_fields["data"].default)
    return Path(data).expanduser().absolute() / "sandbox"


def main(arguments: list[str] | None = None) -> int:
    """Serves until it is interrupted; prints the address. The exit status: 1 when it cannot start."""
    parser = argparse.ArgumentParser(
        prog="python -m components.sandbox",
        description=__doc__,
        epilog=_list_of_faults(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
    parser.add_argument("--port", type=int, default=8796, help="port to try first (default: 8796; 0: any)")
    parser.add_argument("--data", type=Path, default=None, help="folder for generations and files")
    parser.add_argument(
        "--documents",
        type=Path,
        default=None,
        help="folder of OpenAPI documents to serve, besides those in the folder `documents` of --data",
    )
    pace = parser.add_mutually_exclusive_group()
    pace.add_argument("--seconds", type=float, default=None, help="from create to completed (default: 4)")
    pace.add_argument("--documented", action="store_true", help="as long as the models' documents say")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        type=_fault,
        metavar="NAME[:ON]",
        help="a fault that is on from the start; ON is create, retrieve or file",
    )
    asked = parser.parse_args(arguments)
    server = SandboxServer(
        asked.data or default_data(),
        host=asked.host,
        port=asked.port,
        seconds=asked.seconds,
        documents=asked.documents,
        pace="documented" if asked.documented else "quick",
        faults=asked.fault,
    )
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        origin = server.start()
    except (OSError, DocumentError) as error:
        print(f"The sandbox cannot start: {error}", file=sys.stderr)
        return 1
    print(f"Sandbox: {origin}", flush=True)
    stopped.wait()
    server.stop()
    return 0


def _list_of_faults() -> str:
    widest = max(map(len, FAULTS))
    rows = [f"  {fault.name:<{widest}}  {fault.does}" for fault in FAULTS.values()]
    return "\n".join(["faults:", *rows])


def _fault(text: str) -> Rule:
    name, _, on = text.partition(":")
    try:
        return rule_from({"fault": name, **({"on": on} if on else {})})
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


if __name__ == "__main__":
    raise SystemExit(main())
