"""The text encoding of a session: how text that is not ASCII goes over the wire.

The reference says that text is ASCII, and names no encoding for other bytes. Servers send them nevertheless:
Unified CCX sends UTF-8. ``None`` is the encoding that nobody stated. Then each byte is the character with the
byte's number, as in Latin-1. Text that is read so can be printed, and is written as the same bytes.

ASCII text is read and written in C without this module. The module is compiled, since a text may be a
password, and compiled functions show no variables in a traceback.
"""

import codecs

_ASCII = bytes(range(128))
#: ASCII bytes by which some encodings write other characters: UTF-7, HZ, ISO-2022, escapes of Python.
_ESCAPES = (b"+AOk-", b"~{<~}", b"\x1b$B0!\x1b(B", b"\\xe9", b"\\u00e9", b"xn--9ca", b"a-")


def checked_encoding(encoding):
    """Return Python's name of the encoding, or None for None.

    ``encoding``: name of one of Python's text encodings in which each ASCII character is its own byte.

    Raises TypeError for a value that is not a str, ValueError for an encoding that does not exist or that
    does not keep ASCII as it is.
    """
    if encoding is None:
        return None
    if not isinstance(encoding, str):
        raise TypeError(f"encoding must be the name of an encoding or None, got {type(encoding).__name__}")
    try:
        name = codecs.lookup(encoding).name
        if _keeps_ascii(name):
            return name
    except (LookupError, ValueError):
        pass
    raise ValueError(
        f"encoding must be a text encoding that keeps ASCII, such as 'utf-8', got {repr(encoding)[:60]}"
    )


cdef bint _keeps_ascii(str name) except -1:
    # The escapes come first: Python warns of bad ones in all of ASCII.
    for data in (*_ESCAPES, _ASCII):
        if data.decode(name) != data.decode("ascii"):
            return False
    return _ASCII.decode("ascii").encode(name) == _ASCII


def decoded(bytes data not None, encoding):
    r"""Return bytes of a field as text. A byte that does not belong to the encoding becomes ``\xNN``."""
    return data.decode("latin-1") if encoding is None else data.decode(encoding, "backslashreplace")


def decoded_exactly(bytes data not None, encoding):
    """Return the text that is written as these bytes in a stated encoding, or None if there is none."""
    if encoding is None:
        return None
    try:
        text = data.decode(encoding)
        return text if text.encode(encoding) == data else None
    except UnicodeError:
        return None


def encoded(str text not None, encoding):
    """Return the bytes of a text, or None if the encoding lacks one of its characters.

    No error is raised: it would hold the text, which may be a password.
    """
    try:
        data = text.encode(encoding or "latin-1")
        # Shift JIS writes a yen sign as a backslash
        return data if data.decode(encoding or "latin-1") == text else None
    except UnicodeError:
        return None


def expected_characters(encoding):
    """Return the words of an error about text that cannot be written."""
    if encoding is None:
        return "has a character that is not ASCII or Latin-1; state an encoding, such as 'utf-8'"
    return f"has a character that is not ASCII and not in the encoding {encoding}"
