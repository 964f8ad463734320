"""What requests have in common: the agent and the connection that they name, call data, enumerated fields."""

from collections.abc import Callable
from enum import IntEnum
from typing import Final, TypeVar

from ctios_fast.core import Message
from ctios_fast.protocol.codes import NULL_ID, NULL_SKILL_GROUP
from ctios_fast.protocol.enums import (
    AnsweringMachine,
    CallMannerType,
    CallOption,
    CallPlacementType,
    ControlFailureCode,
    CTIServiceMask,
    FacilityType,
    StatusCode,
)
from ctios_fast.sim.plant import (
    CallContext,
    Connection,
    ContradictingAgent,
    PlantAgent,
    SkillGroup,
    UnknownAgent,
)

from .client_session import ClientSession
from .refusal import ControlFailed, Refused
from .registered_variables import CALL_VARIABLES
from .server_pair import ServerPair

__all__ = [
    "agent_of_request",
    "arrays_of",
    "carry_out",
    "check_call_options",
    "connection_of",
    "context_of",
    "controlled_agent",
    "ecc_of",
    "find_agent",
    "must_name_agent",
    "skill_group_of",
    "text_of",
    "variables_of",
]

_ALL_EVENTS: Final = CTIServiceMask.CTI_SERVICE_ALL_EVENTS.value
_MUST_NAME: Final = (
    CTIServiceMask.CTI_SERVICE_ALL_EVENTS | CTIServiceMask.CTI_SERVICE_PERIPHERAL_MONITOR
).value
"""Services whose clients must name the agent or the supervisor that a request is about."""

_FOR_OTHERS: Final = (
    CTIServiceMask.CTI_SERVICE_ALL_EVENTS
    | CTIServiceMask.CTI_SERVICE_PERIPHERAL_MONITOR
    | CTIServiceMask.CTI_SERVICE_SUPERVISOR
).value
_MAX_NAMED_BYTES: Final = 2000

_ENUMERATED: Final[tuple[tuple[str, type[IntEnum], StatusCode], ...]] = (
    ("CallPlacementType", CallPlacementType, StatusCode.E_CTI_INVALID_CALL_PLACEMENT_TYPE),
    ("CallMannerType", CallMannerType, StatusCode.E_CTI_INVALID_CALL_MANNER_TYPE),
    ("CallOption", CallOption, StatusCode.E_CTI_INVALID_CALL_OPTION),
    ("FacilityType", FacilityType, StatusCode.E_CTI_INVALID_FACILITY_TYPE),
    ("AnsweringMachine", AnsweringMachine, StatusCode.E_CTI_INVALID_ANSWERING_MACHINE),
)

T = TypeVar("T")


# --- agents -----------------------------------------------------------------------------------------


def find_agent(pair: ServerPair, message: Message) -> PlantAgent | None:
    """The agent that AgentExtension, AgentID and AgentInstrument name; None if none of them is given.

    Raises Refused for an unknown agent or items that contradict each other.
    """
    extension, agent_id, instrument = (
        message.get(name) or None for name in ("AgentExtension", "AgentID", "AgentInstrument")
    )
    if extension is agent_id is instrument is None:
        return None
    shown = f"AgentExtension={extension!r} AgentID={agent_id!r} AgentInstrument={instrument!r}"
    try:
        return pair.plant.find_agent(agent_id=agent_id, extension=extension, instrument=instrument)
    except UnknownAgent:
        raise Refused(StatusCode.E_CTI_INVALID_AGENT_DATA, "", shown) from None
    except ContradictingAgent:
        raise Refused(StatusCode.E_CTI_INCONSISTENT_AGENT_DATA, "", shown) from None


def agent_of_request(pair: ServerPair, session: ClientSession, message: Message) -> PlantAgent:
    """The named agent, else the own one of a Client Events session without Peripheral Monitor.

    Raises Refused if neither exists, or if it is another agent and the session's services do not allow that.
    """
    agent = find_agent(pair, message)
    if agent is None and not must_name_agent(session):
        agent = session.agent
    if agent is None:
        raise Refused(
            StatusCode.E_CTI_REQUIRED_DATA_MISSING, "AgentExtension/AgentID/AgentInstrument", "missing"
        )
    if agent is not session.agent and not session.services & _FOR_OTHERS:
        raise Refused(
            StatusCode.E_CTI_INVALID_AGENT_DATA, "AgentID", f"{agent.agent_id!r} is not the client's own"
        )
    return agent


def must_name_agent(session: ClientSession) -> bool:
    """Whether a session must name even its own agent: one with All Events or Peripheral Monitor."""
    return bool(session.services & _MUST_NAME)


def controlled_agent(pair: ServerPair, session: ClientSession, instrument: str | None) -> PlantAgent:
    """The agent of an AgentInstrument, else the session's own, if the client may control it.

    Raises Refused without either, ControlFailed for a device that is unknown or another client's.
    """
    if not instrument:
        if session.agent is None:
            raise Refused(StatusCode.E_CTI_REQUIRED_DATA_MISSING, "AgentInstrument", "missing")
        return session.agent
    try:
        agent = pair.plant.find_agent(instrument=instrument)
    except UnknownAgent:
        raise ControlFailed(
            ControlFailureCode.CF_INVALID_CSTA_DEVICE_IDENTIFIER, f"AgentInstrument {instrument!r} is unknown"
        ) from None
    _check_privilege(session, agent)
    return agent


def _check_privilege(session: ClientSession, agent: PlantAgent | None) -> None:
    if agent is not session.agent and not session.services & _ALL_EVENTS:
        name = "another device" if agent is None else f"the device of agent {agent.agent_id}"
        raise ControlFailed(
            ControlFailureCode.CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE,
            f"a Client Events session controls its own device, not {name}",
        )


# --- connections ------------------------------------------------------------------------------------


def connection_of(
    pair: ServerPair,
    session: ClientSession,
    message: Message,
    prefix: str,
    without_id: Callable[[PlantAgent], Connection],
    *,
    any_party: bool = False,
) -> Connection:
    """The connection that a request names by its ConnectionCallID and ConnectionDeviceID.

    ``prefix``: what the fields' names begin with: "", "Active", "Held", "Other".
    ``without_id``: finds the connection at the agent's device where ConnectionCallID is 0xFFFFFFFF.
    ``any_party``: whether another party of the client's own call may be named too.

    Raises Refused, ControlFailed or PlantError.
    """
    call_id = message[f"{prefix}ConnectionCallID"]
    connection_id = message.get(f"{prefix}ConnectionDeviceID") or ""
    instrument = message.get("AgentInstrument") or None
    if call_id == NULL_ID:
        return without_id(controlled_agent(pair, session, instrument))
    if instrument is not None:
        controlled_agent(pair, session, instrument)
    connection = pair.plant.find_connection(call_id, connection_id, None if any_party else instrument)
    parties = connection.call.connections if any_party else [connection]
    if not any(party.agent is session.agent and party.agent is not None for party in parties):
        _check_privilege(session, connection.agent)
        if not session.services & _ALL_EVENTS:
            raise ControlFailed(
                ControlFailureCode.CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE,
                f"connection {connection_id!r} is not at the client's device",
            )
    return connection


def carry_out(pair: ServerPair, operation: Callable[[], T], confirm: Callable[[T], None]) -> None:
    """Do something in the plant and confirm it: before its events, or after them where settings say so.

    The reference allows both orders. Raises what the operation raises, and then confirms nothing.
    """
    disorder = pair.plant.disorder
    events_first = pair.settings.events_first if disorder is None else disorder.flip()
    with pair.plant.events_held():
        result = operation()
        if not events_first:
            confirm(result)
    if events_first:
        confirm(result)


# --- call data --------------------------------------------------------------------------------------


def text_of(message: Message, name: str) -> str | None:
    """A floating text; None if it is absent."""
    value = message.get(name)
    return None if value is None else str(value)


def variables_of(message: Message) -> dict[str, str]:
    """The call variables that a request carries."""
    return {name: value for name in CALL_VARIABLES if (value := message.get(name)) is not None}


def ecc_of(message: Message) -> dict[str, str]:
    """The named variables that a request carries.

    Raises Refused E_CTI_TOO_MUCH_DATA for more than 2000 bytes of named variables and arrays.
    """
    named = {item.name: item.value for item in message.get("NamedVariable") or ()}
    size = sum(len(name) + len(value) + 2 for name, value in named.items())
    size += sum(len(item.name) + len(item.value) + 3 for item in message.get("NamedArray") or ())
    if size > _MAX_NAMED_BYTES:
        raise Refused(
            StatusCode.E_CTI_TOO_MUCH_DATA,
            "NamedVariable/NamedArray",
            f"{size} bytes, at most {_MAX_NAMED_BYTES}",
        )
    return named


def arrays_of(message: Message) -> dict[str, dict[int, str]]:
    """The elements of named arrays that a request carries."""
    arrays: dict[str, dict[int, str]] = {}
    for item in message.get("NamedArray") or ():
        arrays.setdefault(item.name, {})[item.index] = item.value
    return arrays


def context_of(message: Message) -> CallContext:
    """The data that a request gives to a new call."""
    return CallContext(
        user_to_user_info=message.get("UserToUserInfo") or b"",
        wrapup=message.get("CallWrapupData") or "",
        variables=variables_of(message),
        ecc=ecc_of(message),
        arrays=arrays_of(message),
    )


def check_call_options(message: Message) -> None:
    """Check the enumerated fields of a request for a new call. Raises Refused."""
    for name, values, status in _ENUMERATED:
        given = message.get(name)
        if given is not None and given not in values.__members__.values():
            raise Refused(status, name, given)
    if message.get("CallPlacementType") == CallPlacementType.CPT_OUTBOUND and message.get("CCT") is None:
        raise Refused(StatusCode.E_CTI_REQUIRED_DATA_MISSING, "CCT", "missing with CPT_OUTBOUND")


def skill_group_of(pair: ServerPair, message: Message) -> SkillGroup | None:
    """The skill group of SkillGroupNumber, None for NULL_SKILL_GROUP. Raises Refused for an unknown one."""
    number = message.get("SkillGroupNumber", NULL_SKILL_GROUP)
    if number == NULL_SKILL_GROUP:
        return None
    group = pair.plant.population.skill_groups.get(number)
    if group is None:
        raise Refused(StatusCode.E_CTI_INVALID_SKILL_GROUP, "SkillGroupNumber", number)
    return group
