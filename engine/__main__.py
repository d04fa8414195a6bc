"""Run as `python -m forkpolicy.engine`."""

from .cli import main

if __name__ == "__main__":
    main()
