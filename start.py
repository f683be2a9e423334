"""Sets Emo-Care up and starts it. Needs Python 3.11 or newer and nothing else.

    python start.py              make .venv, install what is pinned, start the app
    python start.py --demo       the same set-up, then a clinic of made-up people for a look
    python start.py test [...]   the same set-up, then all tests (further words go to pytest)
    python start.py soak [...]   the same set-up, then the long counts of docs/soak.md
    python start.py audit        looks the pins up in the lists of known faults, with pip-audit

Standard library only; Linux, macOS and Windows.
"""

from __future__ import annotations

import argparse
import getpass
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements.txt"
STAMP = VENV / "requirements.sha256"
INSTEAD = {"test": "pytest", "soak": "tests.soak"}
"""First word -> module that runs instead of the app, with the further words."""
OLDEST = (3, 11)
FIRST_PORT = 8501
DEMO_KEEPS = ("EMOCARE_MODELS_DIR", "EMOCARE_SAMPLES_DIR", "EMOCARE_COUNTRY")
"""Settings of this machine that the demo clinic takes over; a clinic's own stay away from it."""


def main(arguments: list[str]) -> int:
    """Runs one of the commands and returns the exit code."""
    if sys.version_info < OLDEST:
        print(f"Emo-Care needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        return 2
    parser = argparse.ArgumentParser(
        description="Sets Emo-Care up and starts it.",
        epilog="python start.py test [...] runs all tests instead; further words go to pytest. "
               "python start.py soak [...] runs the long counts; soak --help names them. "
               "python start.py audit looks the pins up in the lists of known faults.",
    )
    parser.add_argument("--port", type=int, help="port on 127.0.0.1 (default: first free one)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    parser.add_argument("--demo", action="store_true",
                        help="open a throw-away clinic of made-up people")
    instead = INSTEAD.get(arguments[0]) if arguments else None
    auditing = arguments == ["audit"]
    options = parser.parse_args([] if instead or auditing else arguments)
    try:
        set_up()
    except subprocess.CalledProcessError as error:
        print(f"Set-up stopped: {error}. Mend what is named above and run the command again.")
        return 1
    if instead:
        words = arguments[1:] or (side_by_side() if instead == "pytest" else [])
        return subprocess.call([str(venv_python()), "-m", instead, *words], cwd=ROOT)
    if auditing:
        return audit()
    start = serve_demo if options.demo else serve
    return start(options.port or free_port(), open_browser=not options.no_browser)


def side_by_side() -> list[str]:
    """Words for pytest: all tests in two processes where there are two processors."""
    words = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    return words if (os.cpu_count() or 1) > 1 else []


def venv_python() -> Path:
    """The Python of the project's own environment."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def set_up() -> None:
    """Makes ``.venv`` and installs the pinned requirements, unless that is done already.

    Raises:
        subprocess.CalledProcessError: A step failed; its own output says why.
    """
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="ascii") == wanted and venv_python().exists():
        return
    if not venv_python().exists():
        print("Making .venv ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    print("Installing the pinned requirements (once, a few minutes) ...", flush=True)
    subprocess.run(
        [str(venv_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "-r", str(REQUIREMENTS)],
        check=True, cwd=ROOT,
    )  # fmt: skip
    STAMP.write_text(wanted, encoding="ascii")


def audit() -> int:
    """Asks pip-audit for known faults of the pinned packages and says what it found.

    Returns:
        What pip-audit returned; 0 where it is not installed or cannot reach its lists, because
        then nothing was found out either way. It says so.
    """
    command = [str(venv_python()), "-m", "pip_audit", "--requirement", str(REQUIREMENTS),
               "--progress-spinner", "off", "--format", "json"]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if "No module named pip_audit" in done.stderr:
        print("Nothing was checked: pip-audit is not installed. It is no part of Emo-Care; to "
              f"use it once: {venv_python()} -m pip install pip-audit")  # fmt: skip
        return 0
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        print(f"Nothing was checked: pip-audit could not do its work, perhaps without a network "
              f"({last[:200]}).")  # fmt: skip
        return 0
    faults = [(one["name"], one.get("version", ""), fault["id"])
              for one in packages for fault in one.get("vulns", [])]  # fmt: skip
    for name, version, fault in faults:
        print(f"{name} {version}: {fault}")
    print(f"{len(packages)} packages looked up, {len(faults)} known faults.")
    return done.returncode


def free_port() -> int:
    """The first port from 8501 on that nobody listens to on this machine."""
    for port in range(FIRST_PORT, FIRST_PORT + 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise SystemExit(f"No free port from {FIRST_PORT} to {FIRST_PORT + 99}. Give one with --port.")


def unlock() -> None:
    """Makes the key of a new installation and says its recovery key; asks for a passphrase.

    A fault is not said here: the app shows it with what to do.
    """
    command = [str(venv_python()), "-m", "emocare", "key", "new", "--if-missing"]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False).stdout
    if said.strip() == "passphrase" and "EMOCARE_PASSPHRASE" not in os.environ:
        os.environ["EMOCARE_PASSPHRASE"] = getpass.getpass("Passphrase of the Emo-Care database: ")


def serve_demo(port: int, *, open_browser: bool) -> int:
    """Makes the demo clinic in a new temporary folder, serves it, and removes the folder, in which
    its key lies too."""
    with tempfile.TemporaryDirectory(
        prefix="emocare-demo-", ignore_cleanup_errors=True
    ) as folder:
        clinic = Path(folder) / "clinic"
        return run(port, open_browser=open_browser, environment=demo_environment(str(clinic)),
                   first=lambda: make_demo(clinic))  # fmt: skip


def make_demo(clinic: Path) -> int:
    """Makes the demo clinic beside its place, while the app starts, and then puts it there, so
    that the app never sees half of it."""
    new = clinic.with_name("new")
    make = [str(venv_python()), "-m", "emocare", "demo", str(new)]
    code = subprocess.call(make, cwd=ROOT, env=demo_environment(str(new), making=True),
                           stdout=subprocess.DEVNULL)  # fmt: skip
    if code == 0:
        new.with_name("new-key").rename(clinic.with_name("clinic-key"))
        new.rename(clinic)
        print(f"The demo clinic is in {clinic}. It is removed at the end.", flush=True)
    return code


def demo_environment(folder: str, *, making: bool = False) -> dict[str, str]:
    """The environment without the settings of a clinic; EMOCARE_DATA_DIR, while it is made, is
    the clinic's own still, so that the demo can refuse to start beside it."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("EMOCARE_") or name in DEMO_KEEPS}  # fmt: skip
    if not making:
        return {**kept, "EMOCARE_DATA_DIR": folder, "EMOCARE_DEMO": "true"}
    clinic = os.environ.get("EMOCARE_DATA_DIR")
    return kept if clinic is None else {**kept, "EMOCARE_DATA_DIR": clinic}


def serve(port: int, *, open_browser: bool) -> int:
    """Sees to the key, then starts the app."""
    unlock()
    return run(port, open_browser=open_browser)


def run(
    port: int, *, open_browser: bool, environment: dict[str, str] | None = None,
    first: Callable[[], int] | None = None,
) -> int:  # fmt: skip
    """Starts the app, says its address and waits until it ends.

    Args:
        environment: Of the app; this process's own when None.
        first: Done while the app starts; its exit code, when it is not 0, ends everything.
    """
    command = [str(venv_python()), "-m", "streamlit", "run", str(ROOT / "asgi.py"),
               "--server.port", str(port), "--server.headless", "true"]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    address = f"http://127.0.0.1:{port}"
    try:
        if first is not None and (code := first()):
            process.terminate()
            process.wait(timeout=20)
            return code
        if wait_until_up(process, address):
            print(f"\nEmo-Care is ready: {address}   (stop with Ctrl+C)\n", flush=True)
            if open_browser:
                webbrowser.open(address)
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait(timeout=20)
        return 0
    finally:
        if process.poll() is None:
            process.kill()


def wait_until_up(process: subprocess.Popen[bytes], address: str) -> bool:
    """True once the app answers; False when it ended before that."""
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    return False


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
