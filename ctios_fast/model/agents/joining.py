"""How an agent that the program names joins a session. Others join when the server names them."""

from collections.abc import Iterable, Mapping
from typing import Any

from ctios_fast.enums import CilCode
from ctios_fast.model.coercion import refuse, text
from ctios_fast.model.context import Context
from ctios_fast.model.cti_object import context_of, join_session

from .agent import Agent
from .agent_values import MAX_LOGIN_NAME, unknown_login_name
from .handlers import AGENTS

__all__ = ["adopt", "agent_by_id", "id_of_login_name", "named_agents", "require_free"]


def adopt(context: Context, agent: Agent) -> Agent:
    """Add the agent to the session, under its ID."""
    join_session(agent, context)
    context.registry[AGENTS.name].add(agent.agent_id, agent)
    return agent


def agent_by_id(context: Context, agent_id: Any) -> Agent:
    """The session's Agent of that ID; it is created if the session does not know it.

    Raises ``MethodError`` for an ID that cannot be used.
    """
    agents = context.registry[AGENTS.name]
    agent: Agent | None = agents.get(agent_id) if isinstance(agent_id, str) else None
    if agent is None:
        new = Agent(agent_id, None if context.mode is None else context.peripheral_id)
        agent = agents.get(new.agent_id) or adopt(context, new)  # the ID may have been a number
    return agent


def id_of_login_name(context: Context, agent_id: Any, login_name: Any) -> str:
    """The AgentID of a login name, which the program gives in place of the ID.

    Raises ``MethodError`` unless one of the two is given, for a login name that the configuration does not
    have, and for one that several agents have.
    """
    if agent_id is not None or login_name is None:
        raise refuse("give either agent_id or login_name", CilCode.E_CTIOS_MISSING_ARGUMENT)
    name = text("login_name", login_name, MAX_LOGIN_NAME, empty=False)
    owners = [record.agent_id for record in context.configuration.find("agents", login_name=name)]
    if not owners:
        raise unknown_login_name(name)
    if len(owners) > 1:
        raise refuse(f"the agents {', '.join(owners[:5])} have the LoginName {name!r}: give the AgentID")
    return owners[0]


def require_free(context: Context, agent: Agent) -> None:
    """Raise ``MethodError`` if the agent belongs to another session."""
    if context_of(agent) not in (None, context):
        raise refuse(f"{agent!r} belongs to another session", CilCode.E_CTIOS_AGENT_ALREADY_IN_SESSION)


def named_agents(agents: Any, peripheral_id: int) -> "list[str | Agent]":
    """The agents that a program names, each once: an Agent where it gave one, otherwise the ID.

    Raises ``MethodError`` for what cannot be used, and for an Agent of another peripheral.
    """
    if isinstance(agents, str | bytes | Mapping) or not isinstance(agents, Iterable):
        raise refuse(f"agents must be a list of agent IDs or Agents, got {type(agents).__name__}")
    named: dict[str, str | Agent] = {}
    for each in agents:
        agent = each if isinstance(each, Agent) else Agent(each, peripheral_id)
        if agent.peripheral_id not in (None, peripheral_id):
            raise refuse(f"{agent!r} is given for peripheral {peripheral_id}")
        before = named.get(agent.agent_id)
        if agent is each:
            if isinstance(before, Agent) and before is not agent:
                raise refuse(f"agents has two Agents with the ID {agent.agent_id}")
            named[agent.agent_id] = agent
        elif before is None:
            named[agent.agent_id] = agent.agent_id
    return list(named.values())
