"""The table of the commands in JSON: name, parameters with their kinds, method of ``Control``, answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ctios_fast.sim.server.frame_faults import BAD_FRAMES

from .control import SUPERVISION
from .parameter_kinds import (
    AGENT,
    CALL,
    COUNT,
    DELAY,
    ECC,
    FLAG,
    ID,
    IDS,
    NAME,
    NUMBER,
    REASON,
    REQUEST,
    SECONDS,
    STATUS,
    VARIABLES,
    Kind,
    choice,
)

__all__ = ["COMMANDS", "Command", "Parameter"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A key of a command.

    ``name``: the key.
    ``kind``: what its value must be.
    ``required``: whether the command needs it.
    ``keyword``: the parameter of the method; "" where it has the key's name.
    """

    name: str
    kind: Kind
    required: bool = True
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A command.

    ``name``: the value of "do", and the name of the method of ``Control``.
    ``parameters``: the other keys.
    ``does``: what it does, in one sentence.
    ``answer``: the key under which the answer has the method's result; "" for no result, "*" for a result
    that is an object whose keys are the answer's.
    """

    name: str
    parameters: tuple[Parameter, ...]
    does: str
    answer: str = ""


_AGENT: Final = Parameter("agent", AGENT)
_SIDE: Final = Parameter("side", choice("A", "B"))
_STATES: Final = choice("LOGIN", "LOGOUT", "NOT_READY", "AVAILABLE", "WORK_NOT_READY", "WORK_READY")
_STATE: Final = Parameter("state", choice("offline", "online"))
_ONE_SIDE: Final = Parameter("side", choice("A", "B"), required=False)
_DATA: Final = (Parameter("variables", VARIABLES, required=False), Parameter("ecc", ECC, required=False))

_NAME: Final = Parameter("name", NAME)
_NAMES: Final = tuple(
    Parameter(name, NAME, required=False) for name in ("first_name", "last_name", "login_name")
)
_GROUP: Final = Parameter("group", ID)
_TEAM: Final = Parameter("team", ID)
_DEVICE: Final = Parameter("device", NUMBER)

_TABLE: Final = (
    Command(
        "call",
        (Parameter("to", NUMBER), Parameter("from", NUMBER, required=False, keyword="caller"), *_DATA),
        "A call comes in from outside, to an agent id, an extension, a queue or a dialled number.",
        "call",
    ),
    Command("answer", (_AGENT,), "The agent answers the call that rings."),
    Command("hold", (_AGENT,), "The agent holds its active call."),
    Command("retrieve", (_AGENT,), "The agent retrieves its held call."),
    Command("alternate", (_AGENT,), "The agent holds its active call and retrieves the held one."),
    Command("reconnect", (_AGENT,), "The agent clears its active call and retrieves the held one."),
    Command(
        "hangup",
        (Parameter("agent", AGENT, required=False), Parameter("call", CALL, required=False)),
        "The agent hangs up, or the caller of the call does; give one of the two.",
    ),
    Command(
        "consult",
        (_AGENT, Parameter("to", NUMBER)),
        "The agent holds its active call and calls an agent id, an extension, a queue or any other number.",
        "call",
    ),
    Command("conference", (_AGENT,), "The agent's held and active calls become one.", "call"),
    Command("transfer", (_AGENT,), "The agent connects its held and active calls and leaves.", "call"),
    Command("set_data", (Parameter("call", CALL), *_DATA), "Data of a call change."),
    Command(
        "agent_state",
        (_AGENT, Parameter("state", _STATES), Parameter("reason", REASON, required=False)),
        "The agent asks for a state; LOGIN leads to NOT_READY.",
    ),
    Command(
        "force_logout",
        (_AGENT, Parameter("reason", REASON, required=False)),
        "The peripheral logs the agent out, by default with reason 50002.",
    ),
    Command(
        "supervise",
        (Parameter("supervisor", AGENT), _AGENT, Parameter("action", choice(*SUPERVISION))),
        "A supervisor monitors, whispers to, barges in on, intercepts or leaves the agent's call.",
    ),
    Command("emergency", (_AGENT,), "The agent calls a supervisor in an emergency.", "call"),
    Command("assist", (_AGENT,), "The agent calls a supervisor for help.", "call"),
    Command(
        "add_agent",
        (_AGENT, Parameter("extension", NUMBER), *_NAMES, Parameter("groups", IDS, required=False)),
        "There is a new agent with a new telephone, logged out, in skill groups by number.",
    ),
    Command("remove_agent", (_AGENT,), "The agent, who is logged out, and its telephone are removed."),
    Command("rename_agent", (_AGENT, *_NAMES), "Names of the agent change; a name left out stays."),
    Command(
        "add_group",
        (_GROUP, _NAME, Parameter("queue", NUMBER, required=False)),
        "There is a new skill group without agents, with a queue device if a number is given.",
    ),
    Command("remove_group", (_GROUP,), "The skill group and its queues are removed."),
    Command("rename_group", (_GROUP, _NAME), "The name of the skill group changes."),
    Command("join_group", (_AGENT, _GROUP), "The agent, who has no call, joins the skill group."),
    Command("leave_group", (_AGENT, _GROUP), "The agent, who has no call, leaves the skill group."),
    Command(
        "add_service",
        (Parameter("service", ID), _NAME, Parameter("groups", IDS, required=False)),
        "There is a new service, with skill groups by number.",
    ),
    Command("remove_service", (Parameter("service", ID),), "The service is removed."),
    Command("add_device", (_DEVICE,), "There is a new device, a route point."),
    Command("remove_device", (_DEVICE,), "The device, neither a telephone nor a queue, is removed."),
    Command("add_team", (_TEAM, _NAME), "There is a new team without members."),
    Command(
        "join_team",
        (
            _TEAM,
            _AGENT,
            Parameter("supervisor", FLAG, required=False),
            Parameter("temporary", FLAG, required=False),
        ),
        "The agent joins the team, as a supervisor or as a temporary agent if that is true.",
    ),
    Command("leave_team", (_TEAM, _AGENT), "The agent or supervisor leaves the team."),
    Command("restore_team", (_TEAM,), "Temporary agents leave the team, and its permanent list is reported."),
    Command(
        "fail_side",
        (
            _SIDE,
            Parameter("how", choice("kill", "freeze", "garbage", "mid_frame", "graceful"), required=False),
        ),
        "A side fails, by default like a process that is killed.",
    ),
    Command("restore_side", (_SIDE,), "A side comes back after any failure."),
    Command("swap", (), "The standby side becomes the active one."),
    Command(
        "peripheral",
        (
            _STATE,
            Parameter("end_calls", FLAG, required=False),
        ),
        "The peripheral goes off-line or comes back; end_calls (true) sends END_CALL_EVENT for all calls.",
    ),
    Command("gateway", (_STATE,), "SYSTEM_EVENT reports the peripheral gateway off-line or back."),
    Command("controller", (_STATE,), "SYSTEM_EVENT reports the central controller off-line or back."),
    Command(
        "delay_frames",
        (Parameter("seconds", DELAY), _ONE_SIDE),
        "Frames are sent that much later from now on, in the same order; 0 ends it.",
    ),
    Command(
        "duplicate_frames",
        (Parameter("count", COUNT, required=False), _ONE_SIDE),
        "The next frames (1) of each connection are sent twice.",
    ),
    Command(
        "bad_frame",
        (Parameter("what", choice(*BAD_FRAMES)), _ONE_SIDE),
        "Each session gets a frame that it must not accept.",
    ),
    Command(
        "drop_heartbeats",
        (Parameter("drop", FLAG, required=False), _ONE_SIDE),
        "HEARTBEAT_REQs are not answered from now on; false answers them again.",
    ),
    Command(
        "refuse_requests",
        (
            Parameter("status", STATUS),
            Parameter("count", COUNT, required=False),
            Parameter("request", REQUEST, required=False),
            _ONE_SIDE,
        ),
        "The next requests (1), of any name or of one, get FAILURE_CONF with the status; 0 ends it.",
    ),
    Command(
        "advance",
        (Parameter("seconds", SECONDS),),
        "The virtual clock moves; the answer comes when everything that fell due has been sent.",
    ),
    Command("snapshot", (), "Reports agents, calls, skill groups, sides and sessions at one moment.", "*"),
)

COMMANDS: Final[Mapping[str, Command]] = {command.name: command for command in _TABLE}
"""Name -> command, in the order of the documentation."""
