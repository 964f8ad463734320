"""Addresses of a side: accepted forms, refused ones, and that a printed address can be given again."""

from typing import Any

import pytest
from support.model import MakeSession, soon

from ctios_fast import CilCode, MethodError
from ctios_fast.connection.addresses import sides, split_address
from ctios_fast.connection.sides import Side
from ctios_fast.sim import Simulator


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("cg-a.example", ("cg-a.example", None)),
        ("cg-a.example:42027", ("cg-a.example", 42027)),
        ("127.0.0.1", ("127.0.0.1", None)),
        ("127.0.0.1:1", ("127.0.0.1", 1)),
        ("::1", ("::1", None)),
        ("[::1]", ("::1", None)),
        ("[::1]:65535", ("::1", 65535)),
        ("fe80::1%eth0", ("fe80::1%eth0", None)),
        ("[fe80::1%eth0]:42027", ("fe80::1%eth0", 42027)),
    ],
)
def test_host_and_port_are_separated(address: str, found: tuple[str, int | None]) -> None:
    assert split_address(address) == found


@pytest.mark.parametrize("side", [Side("A", "::1", 42027), Side("A", "host", 1), Side("A", "127.0.0.1", 9)])
def test_a_printed_side_can_be_given_again(side: Side) -> None:
    assert sides(str(side), None, None, None) == (side,)


@pytest.mark.parametrize(
    "address", ["[::1", "::1]", "[::1]x", "[]", "http://host", "a b", "host\n", "[::1]:"]
)
def test_a_malformed_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="CtiosA: an address is HOST, HOST:PORT, or"):
        sides(address, None, None, None)


@pytest.mark.parametrize("address", ["host:0", "host:65536", "[::1]:99999999"])
def test_a_port_out_of_range_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="the port must be from 1 to 65535"):
        sides(address, None, None, None)


@pytest.mark.parametrize("port", [0, -1, 65536, "70000"])
def test_a_port_argument_out_of_range_is_refused(port: Any) -> None:
    with pytest.raises(ValueError, match="PortB must be from 1 to 65535, got"):
        sides("host", None, None, port)


@pytest.mark.parametrize("port", [True, 1.5, b"1", "x", "1_0", " 1", "\u0661"])
def test_a_port_that_is_not_a_number_is_refused(port: Any) -> None:
    with pytest.raises(TypeError, match="PortA must be from 1 to 65535, got"):
        sides("host", port, None, None)


@pytest.mark.parametrize("host", [5, b"host", ("host", 1), True])
def test_a_host_that_is_not_a_text_is_refused(host: Any) -> None:
    with pytest.raises(TypeError, match="CtiosB must be a host name or an IP address"):
        sides(None, None, host, None)


def test_two_different_ports_for_one_side_are_refused() -> None:
    assert sides("host:5", 5, None, None) == (Side("A", "host", 5),)
    with pytest.raises(ValueError, match="CtiosA has port 5, but PortA is 6"):
        sides("host:5", 6, None, None)


def test_one_host_may_have_two_ports() -> None:
    assert sides("host", None, "host:7", None) == (Side("A", "host", 42027), Side("B", "host", 7))


def test_no_host_is_a_missing_argument() -> None:
    with pytest.raises(MethodError) as error:
        sides("", 5, None, 6)
    assert error.value.code is CilCode.E_CTIOS_MISSING_ARGUMENT


@pytest.mark.parametrize("form", ["::1", "[::1]", "[::1]:{port}"])
async def test_a_session_connects_to_an_ipv6_address_in_any_form(
    make_session: MakeSession, form: str
) -> None:
    async with Simulator(agents=1, host="::1") as simulator:
        session = make_session()
        address = form.format(port=simulator.side_a.port)
        port = None if "port" in form else simulator.side_a.port
        await soon(session.connect(ctios_a=address, port_a=port))
        await soon(session.disconnect())
