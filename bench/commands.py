"""The commands that several rows measure."""

import sys
from pathlib import Path

FORKPOLICY = str(Path(sys.executable).with_name("forkpolicy"))

PYTHON_START = [sys.executable, "-c", "import pygit2, pydantic, ruamel.yaml, click, pathspec"]
"""What "Python's start" means in a bar."""
