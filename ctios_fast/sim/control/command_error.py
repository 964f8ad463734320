"""The error of a command that cannot be carried out, and how refusals become one."""

from collections.abc import Iterator
from contextlib import contextmanager

from ctios_fast.sim.plant import PlantError

__all__ = ["CommandError", "refusals"]


class CommandError(ValueError):
    """A command is not understood, or the rules of the contact centre forbid it; nothing has changed.

    Its text is one sentence: the "error" of the answer.
    """


@contextmanager
def refusals() -> Iterator[None]:
    """Turn the refusals of the plant and of the pair into CommandError."""
    try:
        yield
    except CommandError:
        raise
    except PlantError as refusal:
        raise CommandError(refusal.reason) from refusal
    except ValueError as refusal:
        raise CommandError(str(refusal)) from refusal
