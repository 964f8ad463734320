"""Words for failures of a connection: what happened, and what to check.

Many exceptions of sockets and TLS carry no text, and a peer that does not speak GED-188 looks like a frame of
an odd size. ``explain`` says what is likely.
"""

import ssl

from ctios_fast.errors import ConnectionFailed, ConnectionLost, FrameTooLarge

from .sides import Side

__all__ = ["explain", "lost", "no_side", "with_words"]

#: Bytes of a frame's header, of which the first four are the length of the body.
HEADER_SIZE = 8

_TLS_ALERT = b"\x15\x03"
_TLS_HANDSHAKE = b"\x16\x03"

#: What the first bytes of a stream say about the peer.
_PEERS = (
    (b"HTTP", "the peer answers in HTTP: the port is a web server's"),
    (b"SSH-", "the peer speaks SSH: the port is an SSH server's"),
    (_TLS_ALERT, "the peer answers with a TLS alert: the port expects TLS, pass ssl="),
    (_TLS_HANDSHAKE, "the peer speaks TLS: pass ssl="),
)


def explain(error: BaseException, *, tls: bool = False) -> str:
    """Return a sentence about the failure, never an empty one. ``tls``: whether TLS was being set up."""
    text = str(error) or type(error).__name__
    hint = _hint(error, tls)
    return f"{text} ({hint})" if hint else text


def with_words(error: BaseException, words: str) -> BaseException:
    """Return the error if its text is the words, else a ``ConnectionLost`` caused by it."""
    return error if words == str(error) else lost(words, error)


def lost(words: str, cause: BaseException) -> ConnectionLost:
    """Return the error for requests that cannot be answered any more."""
    error = ConnectionLost(words)
    error.__cause__ = cause
    return error


def no_side(last: Side, words: str, cause: BaseException) -> ConnectionFailed:
    """Return the error for callers that wait for a side, after the last attempt failed."""
    error = ConnectionFailed(f"no side could be reached; last, {last}: {words}")
    error.__cause__ = cause
    return error


def _hint(error: BaseException, tls: bool) -> str:
    if isinstance(error, FrameTooLarge):
        return _peer_hint(error) if error.offset == 0 else ""
    if tls and isinstance(error, ssl.SSLCertVerificationError):
        return "check the host name, server_hostname and the certificates that the SSLContext trusts"
    if tls and isinstance(error, ssl.SSLError):
        return "does the port speak TLS, and the same versions?"
    if (
        tls
        and isinstance(error, (ConnectionError, EOFError))
        and not isinstance(error, ConnectionRefusedError)
    ):
        return "the connection ended during the TLS handshake; does the port speak TLS?"
    if not str(error) and isinstance(error, (ConnectionError, EOFError)):
        return "the peer ended the connection"
    return ""


def _peer_hint(error: FrameTooLarge) -> str:
    # what was read as the length of a frame's body are the first bytes that the peer sent
    peer = (error.length - HEADER_SIZE).to_bytes(4, "big")
    for beginning, hint in _PEERS:
        if peer.startswith(beginning):
            return hint
    if all(0x20 <= byte < 0x7F for byte in peer):
        return f"the peer sends text that begins with {peer.decode('ascii')!r}: is it a CTI Server's port?"
    return ""
