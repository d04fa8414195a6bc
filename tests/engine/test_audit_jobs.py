"""The processes of an audit: they end with the one that began them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """\
import os, signal, time
from forkpolicy.engine import audit_jobs

def start(job):
    print(os.getpid(), flush=True)

def terminate(sync):
    os.kill(int(os.environ["MAIN"]), signal.SIGTERM)
    time.sleep(1)

if __name__ == "__main__":
    os.environ["MAIN"] = str(os.getpid())
    audit_jobs._start, audit_jobs._audit_there = start, terminate
    list(audit_jobs.audit_merges(None, None, [1, 2, 3, 4], 2))
"""


def test_they_end_with_a_terminated_audit(tmp_path: Path) -> None:
    script = tmp_path / "audit.py"
    script.write_text(SCRIPT)
    done = subprocess.run([sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    assert done.returncode == 143
    processes = [int(line) for line in done.stdout.split()]
    assert processes
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
