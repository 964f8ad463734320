"""Streams of one message in two working sets: one that stays in the nearest caches, one that does not."""

from functools import cache

from ctios_fast.core import codec
from ctios_fast.protocol.messages import AGENT_STATE_EVENT

VERSION = 25
SIZES = {"256 KiB": 256 << 10, "64 MiB": 64 << 20}
AGENTS = 500


def agent_state_event(number: int) -> bytes:
    """An event of about 110 bytes with four texts, of one of 500 agents."""
    layout = codec(VERSION).describe(AGENT_STATE_EVENT)
    fields = {field.name: 1 for field in layout.fixed}
    fields |= {"PeripheralID": 5000, "AgentState": number % 5, "NumFltSkillGroups": 0}
    return codec(VERSION).encode(
        AGENT_STATE_EVENT,
        fields,
        [
            ("CTIClientSignature", "wallboard"),
            ("AgentID", str(1001 + number % AGENTS)),
            ("AgentExtension", str(3001 + number % AGENTS)),
            ("AgentInstrument", str(3001 + number % AGENTS)),
        ],
    )


@cache
def agent_states(size: str) -> bytes:
    """So many bytes of these events, the agents in turn."""
    events = [agent_state_event(number) for number in range(AGENTS)]
    whole, rest = divmod(SIZES[size], sum(map(len, events)))
    some = b"".join(events)[:rest]
    return b"".join(events) * whole + some
