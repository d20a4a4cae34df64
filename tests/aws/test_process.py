"""The process of the plugin: it ends with its engine, however that ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.aws.moto import PLUGIN


def test_a_plugin_does_not_outlive_its_engine() -> None:
    engine = subprocess.Popen(
        [sys.executable, "-c", f"import subprocess; print(subprocess.Popen(['{PLUGIN}']).pid, flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with engine:
        assert engine.stdout
        process, port = (int(engine.stdout.readline()) for _ in range(2))
        assert port
        os.kill(engine.pid, signal.SIGKILL)
    until = time.monotonic() + 10
    while Path(f"/proc/{process}").exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not Path(f"/proc/{process}").exists()
