"""One at a time: a lock on the repository that the system takes back from whoever dies."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager

from ..policy.errors import RefusedError
from .git.health import common_dir
from .git.repository import Repository


@contextmanager
def only_one(repo: Repository) -> Generator[None, None, None]:
    """Hold the repository against other runs of `forkpolicy apply`; git itself does not notice.

    The lock is the system's (`flock`) and lies on the git directory: no file is left behind, and nothing is to be
    cleaned up after a crash.

    Raises:
        RefusedError: another run is at work.
    """
    folder = os.open(common_dir(repo), os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        hint = "let it finish, then run the command again: it finds what is done"
        raise RefusedError("another `forkpolicy apply` is at work in this repository", hint) from error
    finally:
        os.close(folder)
