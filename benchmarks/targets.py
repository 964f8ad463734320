"""What is to be reached, as data: each row names two sides of a comparison and the bound of their ratio.

``above`` over ``below``: the time that the first takes, divided by the time of the second.
"""

from typing import Final, NamedTuple

from .comparisons.logins import LOGINS
from .loops import LOOPS


class Target(NamedTuple):
    """One ratio and its bound. ``added``: of what the first costs beyond the second, to the second."""

    row: str
    comparison: str
    above: str
    below: str
    at_least: float | None = None
    at_most: float | None = None
    figure: str | None = None  # the comparison's own unless given
    added: bool = False

    def met(self, ratio: float) -> bool:
        """Whether that ratio is good enough."""
        return (self.at_least is None or ratio >= self.at_least) and (
            self.at_most is None or ratio <= self.at_most
        )

    @property
    def wanted(self) -> str:
        """The bound in signs."""
        return f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}"


READING = "AGENT_STATE_EVENT, bytes to a handler that reads three fields, 64 MiB"
EMPTY = "AGENT_STATE_EVENT, bytes to an empty handler, 64 MiB"
DICT = "AGENT_STATE_EVENT, one event to a dict of all its fields, 64 MiB"
CALL_DICT = "CALL_DELIVERED_EVENT, one event to a dict of all its fields, 64 MiB"
MODEL = "AGENT_STATE_EVENT of a known agent, bytes to updated Agent and sink, 64 MiB"
CROWD = "AGENT_STATE_EVENT of so many agents, bytes to a handler that reads three fields, 64 MiB"
MODEL_CROWD = "AGENT_STATE_EVENT of so many known agents, bytes to updated Agent, 64 MiB"


def _loops() -> list[Target]:
    rows = []
    for loop in LOOPS:
        rows.append(
            Target(
                f"10,000 logins on one connection, client's processor time against struct and futures, {loop}",
                f"{LOGINS:,} logins on one connection, {loop}",
                "Session",
                "struct and futures, with time limit",
                at_most=0.5,
            )
        )
    return rows


TARGETS: Final = (
    Target("bytes to a handler that reads 3 fields, against eager", READING, "eager", "typed handler", 25),
    Target("bytes to a handler that reads 3 fields, against frugal", READING, "frugal", "typed handler", 5),
    Target(
        "split, view and lookup with an empty handler, added to a bare call of it",
        EMPTY, "empty handler", "bare call", at_most=0.8, added=True,
    ),
    Target("every field to a dict, AGENT_STATE_EVENT", DICT, "eager", "to_dict", 5),
    Target("every field to a dict, CALL_DELIVERED_EVENT", CALL_DICT, "eager", "to_dict", 5),
    Target(
        "SET_AGENT_STATE_REQ built and encoded, against struct",
        "SET_AGENT_STATE_REQ, built and encoded", "struct", "Class.encode", 4,
    ),
    Target(
        "MAKE_CALL_REQ built and encoded, against struct",
        "MAKE_CALL_REQ, built and encoded", "struct", "Class.encode", 4,
    ),
    Target("a whole CTI OS event with one sink, in bare calls", MODEL, "one sink", "bare call", at_most=60),
    Target("a whole CTI OS event without listener, in bare calls", MODEL, "no listener", "bare call", at_most=15),
    Target("typed handler, 100,000 agents against 100", CROWD, "100,000 agents", "100 agents", at_most=1.05),
    Target(
        "through the Agent model, 100,000 agents against 100",
        MODEL_CROWD, "100,000 agents", "100 agents", at_most=4,
    ),
    *_loops(),
)  # fmt: skip
