"""Settings of a simulated pair of CTI Servers; ``Simulator`` takes each of them by name."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ctios_fast.connection.link import DEFAULT_MAX_BUFFERED
from ctios_fast.core import NEWEST_VERSION
from ctios_fast.core.secret import Secret

__all__ = ["DEFAULT_MAX_TOTAL_BUFFERED", "PairSettings"]

DEFAULT_MAX_TOTAL_BUFFERED: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSettings:
    """How a pair of CTI Servers behaves.

    ``protocol_max``: the newest protocol version accepted.
    ``client_password``: what ClientPassword of OPEN_REQ must be; None accepts any.
    ``agent_passwords``: passwords by agent id that LOGIN and LOGOUT must carry; None checks nothing.
    ``events_first``: send the events of a request before its confirmation.
    ``strict``: refuse what the reference says is refused; else take what programs in the field send.
    ``max_connections``: connections that one side accepts.
    ``max_sessions``: sessions that both sides together open.
    ``max_buffered``: bytes that may wait for one client that does not read.
    ``max_total_buffered``: bytes that may wait for all clients together.
    ``open_timeout``: seconds that a connection may take to open a session.
    """

    protocol_max: int = NEWEST_VERSION
    client_password: Secret | None = field(default=None, repr=False)
    agent_passwords: Mapping[str, Secret] | None = field(default=None, repr=False)
    events_first: bool = False
    strict: bool = True
    max_connections: int = 20_000
    max_sessions: int = 20_000
    max_buffered: int = DEFAULT_MAX_BUFFERED
    max_total_buffered: int = DEFAULT_MAX_TOTAL_BUFFERED
    open_timeout: float = 60.0

    def accepts_client(self, password: bytes) -> bool:
        """Whether OPEN_REQ's ClientPassword is right, with or without a closing NUL."""
        if self.client_password is None:
            return True
        return _same(self.client_password, password.removesuffix(b"\0"))

    def accepts_agent(self, agent_id: str, password: str) -> bool:
        """Whether an agent's password is right; any is, for an agent without a password of its own."""
        expected = (self.agent_passwords or {}).get(agent_id)
        return expected is None or _same(expected, password.encode("latin-1"))


def _same(expected: Secret, given: bytes) -> bool:
    # The client does not say which encoding it uses.
    forms = [expected.encoded(encoding) for encoding in (None, "utf-8")]
    matches = [hmac.compare_digest(form, given) for form in forms if form is not None]
    return any(matches)
