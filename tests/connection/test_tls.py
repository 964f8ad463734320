"""Sessions over TLS, and settings of client and server that do not fit together."""

import ssl

import pytest
import trustme
from support.model import (
    AVAILABLE,
    MakeSession,
    Recorder,
    an_agent,
    settled,
    sides,
    soon,
)

from ctios_fast import ConnectionFailed, ConnectionLost, FailureReason
from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol import numbers as ged
from ctios_fast.sim import Simulator


async def test_a_whole_session_with_a_failover_works_over_tls(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, make_session: MakeSession
) -> None:
    async with Simulator(pair="both-active", agents=5, ssl=server_tls) as sim:
        session = make_session(ssl=client_tls)
        recorder, agent = Recorder(session), an_agent()
        await soon(session.connect(**sides(sim)))
        await soon(session.set_agent(agent))
        await soon(agent.login())
        sim.fail_side("a")
        await recorder.wait_for("OnQueryAgentStateConf", 2)
        await soon(agent.set_agent_state(AVAILABLE))
        await soon(agent.set_agent_state(2))
        await soon(agent.logout())
        await soon(session.disconnect())
        assert recorder.names[-2:] == ["OnPostLogout", "OnConnectionClosed"]


async def test_a_burst_over_tls_is_received_whole(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, make_session: MakeSession
) -> None:
    async with Simulator(pair="both-active", agents=5, ssl=server_tls) as sim:
        session = make_session(ssl=client_tls)
        await soon(session.connect(**sides(sim)))
        await soon(session.set_bulk_mode(5000))
        reasons: list[int] = []
        session.on(ged.AGENT_STATE_EVENT, lambda message: reasons.append(message["EventReasonCode"]))
        for reason in range(10_000):
            sim.set_agent_state("1001", 2, reason)  # type: ignore[arg-type]
        await settled(session)
        assert reasons == list(range(10_000))
        await soon(session.disconnect())


async def test_lag_over_tls_is_reported_and_ends(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, make_session: MakeSession, clock: ManualClock
) -> None:
    async with Simulator(pair="both-active", agents=5, ssl=server_tls) as sim:
        session = make_session(ssl=client_tls, clock=clock, max_lag=2.0, turn_time=None)
        lags: list[tuple[bool, str]] = []
        session.subscribe("OnLag", lambda args: lags.append((args["Over"], args["Cause"])))
        await soon(session.connect(**sides(sim)))
        await soon(session.set_bulk_mode(5000))
        clock.advance(60)
        assert lags == []
        assert session.counters()["lag"] == 0
        session.on(ged.AGENT_STATE_EVENT, lambda message: clock.block(0.01))
        for reason in range(2000):
            sim.set_agent_state("1001", 2, reason)  # type: ignore[arg-type]
        await settled(session)
        assert lags == [(False, "handlers")]
        assert session.counters()["lag_max"] > 2
        clock.advance(60)
        assert lags == [(False, "handlers"), (True, "handlers")]
        assert session.counters()["lag"] == 0
        await soon(session.disconnect())


@pytest.mark.parametrize("wrong", ["authority", "name", "plain server", "plain client"])
async def test_tls_settings_that_do_not_fit_end_in_a_clear_error(
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    authority: trustme.CA,
    make_session: MakeSession,
    clock: ManualClock,
    wrong: str,
) -> None:
    client: ssl.SSLContext | None = client_tls
    server: ssl.SSLContext | None = server_tls
    if wrong == "authority":
        client = ssl.create_default_context()
        trustme.CA().configure_trust(client)
    elif wrong == "name":
        server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("another.example").configure_cert(server)
    elif wrong == "plain server":
        server = None
    else:
        client = None
    async with Simulator(pair="both-active", ssl=server) as sim:
        session = make_session(ssl=client, clock=clock)
        recorder = Recorder(session)
        connecting = session.connect(**sides(sim))
        if wrong == "plain client":  # TCP is set up; the server closes it at the first bytes
            opening = session.set_bulk_mode(5000)
            await soon(connecting)
            with pytest.raises(ConnectionLost):
                await soon(opening)
            await recorder.wait_for("OnConnectionFailure")
            return
        if wrong == "plain server":  # it reads TLS's first bytes as the length of a frame
            with pytest.raises(ConnectionFailed):
                await soon(connecting)
            return
        with pytest.raises(ConnectionFailed, match="certificate verify failed") as error:
            await soon(connecting)
        assert isinstance(error.value.__cause__, ssl.SSLCertVerificationError)
        failures = recorder.of("OnConnectionFailure")
        assert [args["ReasonCode"] for args in failures] == [FailureReason.CONNECT_FAILED] * 2
        assert "certificate verify failed" in failures[0]["ErrorMessage"]
