"""SIGTERM, which would end Python on the spot, as an exception: what was begun is cleaned up."""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Never

_TERMINATED = 128 + signal.SIGTERM


@contextmanager
def exit_on_sigterm() -> Generator[None, None, None]:
    """Exit with the code that shells give for SIGTERM when it comes; whoever has a handler keeps it."""
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _exit)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


# Private


def _exit(_signal: int, _frame: FrameType | None) -> Never:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # another one would cut the cleaning up short
    raise SystemExit(_TERMINATED)
