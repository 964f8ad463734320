"""Text that must not be seen: it has no repr of its own, so that it cannot slip into logs or tracebacks.

A traceback can show every variable of the functions that it passes through. So a password stays a ``Secret``
all the way into the encoder, which takes it wherever it takes text and opens it in compiled code, where there
are no such variables.
"""

cimport cython
from cpython.unicode cimport PyUnicode_FromObject


@cython.auto_pickle(False)
@cython.final
cdef class Secret:
    """A password. ``reveal()`` is the one way to its text.

    Made of anything but None, so that no error shows what it was made of: bytes as they go over the wire, all
    else as ``str`` has it. CTI OS programs give numbers as passwords.
    """

    def __init__(self, text not None):
        if isinstance(text, str):
            self.text = PyUnicode_FromObject(text)
        elif isinstance(text, bytes):
            self.text = (<bytes>text).decode("ascii", "surrogateescape")
        else:
            self.text = str(text)

    def reveal(self):
        """The text."""
        return self.text

    def __bool__(self):
        return bool(self.text)

    def __repr__(self):
        return "Secret('***')"
