"""Docstrings of compiled modules, without the signature that Cython writes into their first line.

It is an extension of Griffe, which reads docstrings for the site; ``ci/mkdocs.yml`` names it.
"""

import re
from typing import Any

#: ``Request.cancel(self, msg=None)`` or ``label: str``.
SIGNATURE = re.compile(r"[\w.]+\(.*\)( -> \S+( \| \S+)*)?|\w+: \S+")
#: The docstring of an ``__init__`` that has none.
INHERITED = "Initialize self.  See help(type(self)) for accurate signature."


def own_text(docstring: str | None) -> str:
    """What an author wrote of a docstring."""
    first, _, rest = (docstring or "").strip().replace(INHERITED, "").partition("\n")
    return rest.strip() if SIGNATURE.fullmatch(first.strip()) else f"{first}\n{rest}".strip()


try:
    from griffe import Extension, Object
except ImportError:  # the check of the docstrings needs no Griffe
    pass
else:

    class WithoutSignatures(Extension):
        """Removes signatures from docstrings."""

        def on_instance(self, *, obj: Object, **kwargs: Any) -> None:
            """Called with each object that was read."""
            if obj.docstring is not None:
                obj.docstring.value = own_text(obj.docstring.value)
