"""What can go wrong, each with its exit code and what to do about it. Only the command line catches these."""

from msgspec import Struct


class ForkpolicyError(Exception):
    """An expected failure: its message is a sentence for people.

    `exit_code` is the process's (DESIGN.md, section 6); `hint` is the command or the edit that mends it.
    """

    exit_code = 70

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class RefusedError(ForkpolicyError):
    """What was asked for is not done: it would overwrite somebody's work, or things moved since it was planned."""

    exit_code = 1


class UsageError(ForkpolicyError):
    """The command was called in a way that cannot work."""

    exit_code = 2


class RepositoryError(ForkpolicyError):
    """The repository cannot be used for what was asked."""

    exit_code = 4


class MissingObjectError(RepositoryError):
    """An object is not in the repository: a partial clone, or damage."""


class Problem(Struct, frozen=True):
    """One thing wrong in a policy file; lines and columns count from 1."""

    line: int
    column: int
    key: str
    """The route to the value: `ownership.rules[2].resolve`; empty for the document."""
    message: str
    hint: str | None = None

    @property
    def place(self) -> tuple[int, int]:
        """Line and column."""
        return self.line, self.column


class PolicyError(ForkpolicyError):
    """The policy file is invalid: all its problems at once."""

    exit_code = 3

    def __init__(self, file: str, problems: tuple[Problem, ...]) -> None:
        self.file = file
        self.problems = tuple(sorted(problems, key=_reading_order))
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """One line per problem: `file:line:column: key: what is wrong; what would be right`."""
        return [_line(self.file, problem) for problem in self.problems]


def _reading_order(problem: Problem) -> tuple[int, int, str, str]:
    return problem.line, problem.column, problem.key, problem.message


def _line(file: str, problem: Problem) -> str:
    key = f"{problem.key}: " if problem.key else ""
    hint = f"; {problem.hint}" if problem.hint else ""
    return f"{file}:{problem.line}:{problem.column}: {key}{problem.message}{hint}"
