"""The configuration under which the app is served, as Streamlit itself reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WANTED = {
    "server.address": "127.0.0.1",
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.fileWatcherType": "none",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "browser.gatherUsageStats": False,
    "global.developmentMode": False,
}
ASK = """
import json, sys
from streamlit import config
print(json.dumps({name: config.get_option(name) for name in json.loads(sys.argv[1])}))
"""


def test_it_listens_here_alone_shows_no_code_and_reports_to_nobody() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT")}
    done = subprocess.run([sys.executable, "-c", ASK, json.dumps(list(WANTED))], cwd=ROOT,
                          env=clean, capture_output=True, text=True, check=True)  # fmt: skip
    assert json.loads(done.stdout.splitlines()[-1]) == WANTED
