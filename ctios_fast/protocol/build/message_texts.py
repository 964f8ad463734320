"""Build step for the texts about messages: what each message is for, and what each of its fields means.

Docstrings of the message classes and of their stub have these texts.
"""

from ..schema import Fixed, Floating, Message, Reference

__all__ = ["meaning", "message_texts_module"]

#: The unit of a type's numbers, where the type says it.
UNITS = {"TIME": "seconds since 1970-01-01 00:00 UTC"}


def meaning(field: Fixed | Floating) -> str:
    """What a field means, with its unit; empty where its name says it all."""
    return "; ".join(text for text in (UNITS.get(field.type), field.note) if text)


def message_texts_module(reference: Reference, banner: str) -> str:
    """``protocol/message_texts.py``: read when the docstring of a message class is first asked for."""
    lines = [
        f'"""What messages are for and what their fields mean ({banner}).',
        "",
        "By number: purpose, chapter of the reference, and the meaning of each field by its name there.",
        '"""',
        "",
        "TEXTS: dict[int, tuple[str, str, dict[str, str]]] = {",
    ]
    for message in reference.messages:
        lines.append(f"    {message.number}: ({message.summary.rstrip('.')!r}, {message.service!r}, {{")
        lines += [f"        {name!r}: {text!r}," for name, text in _meanings(message).items()]
        lines.append("    }),")
    return "\n".join([*lines, "}", ""])


def _meanings(message: Message) -> dict[str, str]:
    found: dict[str, str] = {}
    fields: list[Fixed | Floating] = [*(field for layout in message.layouts for field in layout)]
    for field in [*fields, *message.floating]:
        text = meaning(field)
        if text:
            found.setdefault(field.name, text)
    return found
