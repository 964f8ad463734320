"""Which bits of a mask a protocol version defines: one newer than the session's version is undefined."""

from .numbers import MASK_BITS

__all__ = ["defined_bits"]


def defined_bits(mask: str, version: int) -> int:
    """All bits of the mask, named as in the reference, that the version defines."""
    defined = 0
    for since, bits in MASK_BITS[mask].items():
        if since <= version:
            defined |= bits
    return defined
