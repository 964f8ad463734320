"""Switches that turn single performance tricks off, to measure a trick or to find a fault in it.

The environment variable ``CTIOS_FAST_WITHOUT`` names the tricks to turn off, separated by commas. It is
read when the core is imported. Each trick is in one file, whose header states what it buys:

===================  =======================================
``frame-templates``  ``core/encode/keyword_cache.pyx``
``vectorcall``       ``core/classes/base.pyx``
``attribute-table``  ``core/classes/attribute_table.pxd``
``block-reuse``      ``core/scan/block_memory.pyx``
``field-store``      ``core/dispatch/field_store.pyx``
``last-number``      ``core/dispatch/last_number.pxd``
``name-cache``       ``core/name_cache.pxd``
``text-cache``       ``core/dispatch/text_cache.pxd``
``transpose``        ``core/c/transpose.h``
``view-reuse``       ``core/dispatch/view_reuse.pxd``
===================  =======================================
"""

import os

__all__ = ["TRICKS", "is_on"]

TRICKS = frozenset(
    {
        "attribute-table",
        "block-reuse",
        "field-store",
        "frame-templates",
        "last-number",
        "name-cache",
        "text-cache",
        "transpose",
        "vectorcall",
        "view-reuse",
    }
)


def _without() -> frozenset[str]:
    names = frozenset(name.strip() for name in os.environ.get("CTIOS_FAST_WITHOUT", "").split(",")) - {""}
    if not names <= TRICKS:
        raise ValueError(
            f"CTIOS_FAST_WITHOUT names {', '.join(sorted(names - TRICKS))}; "
            f"the tricks are {', '.join(sorted(TRICKS))}"
        )
    return names


_WITHOUT = _without()


def is_on(trick: str) -> bool:
    """Return whether a trick is in use."""
    return trick not in _WITHOUT
