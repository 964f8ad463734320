"""A session over TLS closes its connection within a dispatch, when CLOSE_CONF arrives, without a warning."""

import logging
import ssl

import pytest
import trustme

from ctios_fast import Agent, Arguments, ConnectionState, Session
from ctios_fast.sim import Simulator


async def test_a_disconnect_over_tls_logs_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    async with Simulator(agents=1, ssl=server) as simulator:
        session = Session(client_id="tls", ssl=client)
        closed: list[Arguments] = []
        session.subscribe("OnConnectionClosed", closed.append)
        await session.connect(ctios_a="127.0.0.1", port_a=simulator.side_a.port)
        await session.set_agent(Agent("1001", 5000, agent_instrument="3001"))
        await session.disconnect()
        assert session.state is ConnectionState.DISCONNECTED
        assert len(closed) == 1
        assert simulator.counters.closes == 1
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
