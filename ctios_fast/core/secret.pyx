"""Secret text, whose repr hides it from logs and tracebacks.

A traceback can show every variable of the functions that it passes through. So a password remains a
``Secret`` until the encoder reads it. The encoder accepts a ``Secret`` wherever it accepts text, and it is
compiled code, whose variables no traceback shows.
"""

cimport cython
from cpython.unicode cimport PyUnicode_FromObject

from ctios_fast.core.text_encoding import decoded, encoded


@cython.auto_pickle(False)
@cython.final
@cython.no_gc       # str and bytes cannot be part of a cycle, and a job may hold a hundred thousand passwords
cdef class Secret:
    """A password. Only ``reveal()`` returns its text.

    Any value but None is accepted, so that no error about a type can show the password. Bytes are taken as
    they are on the wire; other values are converted with ``str``, since CTI OS programs also pass numbers.
    """

    def __init__(self, text not None):
        if isinstance(text, str):
            self.text = PyUnicode_FromObject(text)
        elif isinstance(text, bytes):
            self.text = (<bytes>text).decode("ascii") if (<bytes>text).isascii() else bytes(text)
        else:
            self.text = PyUnicode_FromObject(str(text))

    def reveal(self):
        """The text. Bytes above 127 are the Latin-1 characters of their numbers."""
        return decoded(self.text, None) if isinstance(self.text, bytes) else self.text

    def encoded(self, encoding):
        """The bytes that go over the wire, without a NUL, or None if the encoding lacks a character.

        ``encoding``: see ``Codec``. Bytes that the password was made of stay as they are.
        """
        return self.text if isinstance(self.text, bytes) else encoded(self.text, encoding)

    def __bool__(self):
        return bool(self.text)

    def __repr__(self):
        return "Secret('***')"


def hidden(password):
    """A password as a Secret; None stays None. Never raises."""
    return password if password is None or isinstance(password, Secret) else Secret(password)
