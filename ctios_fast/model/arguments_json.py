"""The JSON form of Arguments: plain dicts and lists, with a password as ``"***"``.

A redacted password is left out when it is read back.
"""

import math
from collections.abc import Mapping
from typing import Any

from .argument_cover import MAX_DEPTH
from .argument_values import is_hidden, is_password, wrong
from .arguments_text import REDACTED

__all__ = ["plain", "plain_pairs", "read_json"]


def plain_pairs(pairs: Mapping[str, Any]) -> dict[str, Any]:
    """The pairs of Arguments as plain dicts and lists.

    Raises ``MethodError`` (E_CTIOS_INVALID_ARGUMENT) for a value that JSON cannot express.
    """
    return {key: plain(key, value) for key, value in pairs.items()}


def plain(key: str, value: Any) -> Any:
    """A value of Arguments as a plain one. Raises as ``plain_pairs`` does."""
    if is_hidden(key, value):
        return REDACTED
    if isinstance(value, Mapping):
        return plain_pairs(value)
    if isinstance(value, tuple):
        return [plain(key, each) for each in value]
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise wrong(key, "a value that JSON can express", value)


def read_json(text: str | bytes) -> dict[str, Any] | ValueError:
    """A JSON object without redacted passwords, or an error. Never raises, since its frames hold the text."""
    import json  # few programs need it

    try:
        read = json.loads(text, object_pairs_hook=_without_redacted)
    except RecursionError:
        return ValueError(f"JSON for Arguments may be nested {MAX_DEPTH} levels deep at most")
    except json.JSONDecodeError as error:
        return ValueError(f"JSON for Arguments: {error.msg} at line {error.lineno}, column {error.colno}")
    except ValueError:
        return ValueError("JSON for Arguments must be UTF-8 text with numbers that Python can read")
    except TypeError:
        return ValueError(f"JSON for Arguments must be text, got {type(text).__name__}")
    return read if isinstance(read, dict) else ValueError("JSON for Arguments must be an object")


def _without_redacted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: value for key, value in pairs if not (value == REDACTED and is_password(key))}
