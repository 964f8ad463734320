"""Repairs: what a kind of object contributes to the repair after a gap in the events.

The recovery knows no kind of object. It runs the steps of all kinds, in the order of the kinds, and reports
the numbers that the steps leave in ``Context.tally``.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from ctios_fast.errors import CtiOsError

__all__ = ["NotRepeated", "RepairStep", "Repairable", "Repairs"]


class NotRepeated(Exception):
    """A repair that failed so that another attempt would fail too.

    ``error``: why.
    """

    def __init__(self, error: CtiOsError) -> None:
        super().__init__(error)
        self.error = error


class Repairable(Protocol):
    """One thing that the server is asked for after a gap, such as an object or the calls of a device."""

    def needs_repair(self) -> bool:
        """Whether the server has to be asked. Events may bring the answer while the question is open."""

    async def repair(self) -> None:
        """Ask the server.

        Returns when the question is answered, also by a refusal that answers it. Raises any other error of
        the request, which is followed by another attempt, and ``NotRepeated`` for one that is not.
        """


class RepairStep(NamedTuple):
    """One step of a repair.

    - ``find``: returns what the step has to ask for. It is called when the step begins, and again for each
      further attempt, so it returns only what is still to be asked for.
    - ``keyword``: the keyword of OnRecovered that counts what the step asked for, None for none.
    - ``of_objects``: whether it asks for objects of the model, which are counted as repaired or given up.
      What is given up of other steps has a count of its own.
    - ``at_opening``: whether the step also follows the first opening of a mode.
    """

    find: Callable[[], Iterable[Repairable]]
    keyword: str | None
    of_objects: bool = True
    at_opening: bool = False


class Repairs:
    """What one kind of object contributes to a repair. The base class contributes nothing.

    - ``steps``: in their order. The next one begins when the one before is over.
    - ``late_steps``: the steps that follow the first opening of agent mode when the state of the session's
      agent is known. What the server announces by itself has come then.
    - ``keywords``: the keywords of OnRecovered that the steps count in ``Context.tally``, beside their own.
    """

    steps: tuple[RepairStep, ...] = ()
    late_steps: tuple[RepairStep, ...] = ()
    keywords: tuple[str, ...] = ()

    def gap_began(self) -> None:
        """Events may be missed from now on. Called by the registry."""

    def gap_ended(self) -> None:
        """No repair follows, since the mode is open for the first time. Called by the registry."""

    def details(self) -> Mapping[str, Any]:
        """Keywords of OnRecovered that are not counts. Called by the recovery if the event has listeners."""
        return {}

    def repair_ended(self) -> None:
        """Nothing more is asked for by the repair, or at the opening. Called by the recovery."""
