"""The targets, as data: each row names two sides of a comparison and the bound of their ratio.

The ratio is the time of the side ``above``, divided by the time of the side ``below``.
"""

from typing import Final, NamedTuple

from .comparisons.logins import LOGINS
from .loops import LOOPS


class Target(NamedTuple):
    """One ratio and its bound.

    ``figure``: the figure that counts; None for that of the comparison.
    ``added``: True for the ratio of the first side's additional cost to the second side.
    """

    row: str
    comparison: str
    above: str
    below: str
    at_least: float | None = None
    at_most: float | None = None
    figure: str | None = None
    added: bool = False

    def met(self, ratio: float) -> bool:
        """Return True if a ratio reaches the target."""
        return (self.at_least is None or ratio >= self.at_least) and (
            self.at_most is None or ratio <= self.at_most
        )

    @property
    def wanted(self) -> str:
        """The bound with its sign."""
        return f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}"


READING = "AGENT_STATE_EVENT, bytes to a handler that reads three fields, 64 MiB"
EMPTY = "AGENT_STATE_EVENT, bytes to an empty handler, 64 MiB"
DICT = "AGENT_STATE_EVENT, one event to a dict of all its fields, 64 MiB"
CALL_DICT = "CALL_DELIVERED_EVENT, one event to a dict of all its fields, 64 MiB"
MODEL = "AGENT_STATE_EVENT of a known agent, bytes to updated Agent and sink, 64 MiB"
CROWD = "AGENT_STATE_EVENT of many agents, bytes to a handler that reads three fields, 64 MiB"
CALLS = "events of calls, bytes to updated Calls and sink, 64 MiB"
COLUMNS = "AGENT_STATE_EVENT to columns of 19 fixed fields and 2 texts, 64 MiB"
MODEL_CROWD = "AGENT_STATE_EVENT of many known agents, bytes to updated Agent, 64 MiB"


def _of_loop(loop: str) -> tuple[Target, ...]:
    stream = f"the mix over loopback TCP to a handler that reads three fields, {loop}, 64 MiB"
    latency = f"request to confirmation over loopback TCP, one at a time, {loop}"
    session, bare = "Session.request", "bare asyncio round trip"
    return (
        Target(
            f"loopback TCP to handler, events a second of processor time against the eager client, {loop}",
            stream, "eager client", "Link, typed handler", 20, figure="cpu",
        ),
        Target(
            f"loopback TCP to a handler of 3 fields, against the eager client, {loop}",
            stream, "eager client", "Link, field handler", 25, figure="cpu",
        ),
        Target(
            f"calls and agents over loopback TCP into the model, against the modelless eager client, {loop}",
            f"calls and agents over loopback TCP to Session, Agent and Call, {loop}, 64 MiB",
            "eager client without a model", "Session, Agent and Call", 8, figure="cpu",
        ),
        Target(
            f"loopback TCP to handler, share of splitting alone's events a second, {loop}",
            stream, "splitting alone", "Link, typed handler", 0.2,
        ),
        Target(
            f"request to confirmation, p50 against a bare round trip, {loop}",
            latency, session, bare, at_most=1.5, figure="p50",
        ),
        Target(
            f"request to confirmation, p99 against a bare round trip, {loop}",
            latency, session, bare, at_most=2, figure="p99",
        ),
        Target(
            f"{LOGINS:,} logins on one connection, processor time against struct and futures, {loop}",
            f"{LOGINS:,} logins on one connection, {loop}",
            "Session", "struct and futures, with time limit", at_most=0.5,
        ),
        Target(
            f"{LOGINS:,} logins on one connection, against struct and futures without any time limit, {loop}",
            f"{LOGINS:,} logins on one connection, {loop}",
            "Session", "struct and futures", at_most=0.5,
        ),
    )  # fmt: skip


TARGETS: Final = (
    Target("bytes to a handler that reads 3 fields, against eager", READING, "eager", "typed handler", 25),
    Target("bytes to a handler that reads 3 fields, against frugal", READING, "frugal", "typed handler", 5),
    Target("bytes to a handler of 3 fields, against eager", READING, "eager", "field handler", 40),
    Target("bytes to a handler of 3 fields, against frugal", READING, "frugal", "field handler", 7.5),
    Target(
        "bytes to a handler of 3 fields, in bare calls of it",
        READING, "field handler", "bare call with three", at_most=2,
    ),
    Target(
        "bytes to a batch handler of 3 fields, reads of 64 KiB, against eager",
        READING, "eager", "batch handler", 120,
    ),
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
    Target(
        "columns of 19 fixed fields and 2 texts, against struct into NumPy",
        COLUMNS, "struct into NumPy", "decode_columns", 60,
    ),
    Target(
        "columns of 19 fixed fields and 2 texts, against splitting alone",
        COLUMNS, "decode_columns", "splitting alone", at_most=3,
    ),
    Target(
        "two threads decoding columns of a buffer each, against one",
        "AGENT_STATE_EVENT to columns, of two buffers, 64 MiB", "one thread", "two threads", 1.8,
    ),
    Target(
        "rejected by a filter of 500 agent ids, against splitting alone",
        "AGENT_STATE_EVENT rejected by a filter, 64 MiB", "500 agent ids", "splitting alone", at_most=2,
    ),
    Target("a whole CTI OS event, one sink, in bare calls", MODEL, "one sink", "bare call", at_most=60),
    Target("a whole CTI OS event, no listener, in bare calls", MODEL, "no listener", "bare call", at_most=8),
    Target(
        "an event of a call into the model, one sink, in bare calls",
        CALLS, "one sink", "bare call", at_most=100,
    ),
    Target(
        "an event of a call into the model, no listener, in bare calls",
        CALLS, "no listener", "bare call", at_most=25,
    ),
    Target("typed handler, 100,000 agents against 100", CROWD, "100,000 agents", "100 agents", at_most=1.05),
    Target(
        "through the Agent model, 100,000 agents against 100",
        MODEL_CROWD, "100,000 agents", "100 agents", at_most=1.8,
    ),
    Target(
        "import ctios_fast, against import asyncio, ssl",
        "import, in a fresh interpreter", "ctios_fast", "asyncio, ssl", at_most=1.3,
    ),
    Target(
        "import of Session and Agent, against import asyncio, ssl",
        "import, in a fresh interpreter", "Session and Agent", "asyncio, ssl", at_most=1.3,
    ),
    *(target for loop in LOOPS for target in _of_loop(loop)),
)  # fmt: skip
