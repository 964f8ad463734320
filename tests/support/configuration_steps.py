"""Steps that the transcripts about configuration share."""

from typing import Any

from ctios_fast import Session
from ctios_fast.connection.request_book import Request
from support import configuration_messages as config
from support.model import soon
from support.struct_server import (
    CONFIG_REQUEST_EVENT,
    NOT_READY,
    OPEN_REQ,
    QUERY_AGENT_STATE_REQ,
    Peer,
    StructServer,
)
from support.wire_steps import BULK_SERVICES, connected

#: The key that the server gives at the opening.
KEY = b"\x01" * 8


async def opening_bulk(
    session: Session, server: StructServer, wanted: Any, **options: Any
) -> tuple[Peer, Request[None]]:
    """Begin bulk mode with that configuration; the server has confirmed OPEN_REQ."""
    peer = await connected(session, server, **options)
    opening = session.set_bulk_mode(5000, configuration=wanted)
    peer.open_conf(await peer.receive(OPEN_REQ), services=BULK_SERVICES)
    return peer, opening


async def uploading_bulk(
    session: Session, server: StructServer, wanted: Any, **options: Any
) -> tuple[Peer, Request[None]]:
    """Begin bulk mode with that configuration; the client has asked for its upload."""
    peer, opening = await opening_bulk(session, server, wanted, **options)
    await peer.receive(CONFIG_REQUEST_EVENT)
    return peer, opening


async def bulk_with_agents(
    session: Session, server: StructServer, *given: config.Record, **options: Any
) -> Peer:
    """Bulk mode with the configuration of these agents."""
    peer, opening = await uploading_bulk(session, server, "agents", **options)
    config.agents(peer, *given, key=KEY)
    await soon(opening)
    return peer


async def heard_all(session: Session, peer: Peer) -> None:
    """Wait until the client has handled everything that the server sent."""
    query = session.agent("9999").query_agent_state()
    peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY, agent_id="9999")
    await soon(query)
