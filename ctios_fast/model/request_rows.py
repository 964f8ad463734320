"""Requests of the model's objects as data: one row for each method, and the base class that sends them.

A ``RequestRow`` says which message a method sends, which values the program may give, how each is checked,
and which event reports the confirmation. A method of an object then passes its row and what it was called
with to ``RequestingObject``.

A value is sent only if the program gave it. Limits come from the layout of the message in the session's
version of the protocol.
"""

from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple

from ctios_fast import keywords as kw
from ctios_fast.connection.request_book import Request
from ctios_fast.core import Codec, Message
from ctios_fast.enums import CilCode
from ctios_fast.errors import MethodError
from ctios_fast.protocol.naming import snake_case, suggestion

from .arguments import Arguments, arguments_over
from .coercion import boolean, integer, optional_seconds, received, refuse, text
from .context import Context
from .cti_object import CtiObject
from .object_request import C, ObjectRequest

if TYPE_CHECKING:
    from ctios_fast.core.classes.base import TypedMessage
    from ctios_fast.core.layout_info import FixedField

__all__ = [
    "Describe",
    "Fields",
    "Limit",
    "Parameter",
    "RequestRow",
    "RequestingObject",
    "TakeIn",
    "bounded_text",
    "encoded_size",
    "flag",
    "number",
    "octets",
    "required_text",
]

#: Fields of a request: the keywords of its message class, and their values.
Fields = dict[str, Any]


class Limit(NamedTuple):
    """What a field of the message can carry.

    - ``maximum``: the largest data of a floating field in bytes, or the highest number of a fixed one.
    - ``encoding``: the session's text encoding, None for one byte a character.
    """

    maximum: int
    encoding: str | None


#: Called with the fields that were sent and the confirmation.
TakeIn = Callable[[Fields, Message], object]
Describe = Callable[[Fields, Message], Mapping[str, Any]]

#: Checks a value that was given under a name, and returns what is sent. Raises ``MethodError``.
Coerce = Callable[[str, Any, Limit], Any]


# --- Coercion ---------------------------------------------------------------------------------------


def encoded_size(name: str, value: str, encoding: str | None) -> int:
    """The bytes of a text on the wire, without its NUL.

    Raises ``MethodError`` (E_CTIOS_INVALID_ARGUMENT) for a character that the encoding lacks.
    """
    if value.isascii():
        return len(value)
    try:
        return len(value.encode(encoding or "latin-1"))
    except UnicodeEncodeError:
        raise refuse(f"{name} has a character that {encoding or 'latin-1'} cannot encode") from None


def bounded_text(name: str, value: Any, limit: Limit) -> str:
    """Text that the field can carry with its NUL. Numbers are accepted, as in CTI OS."""
    max_bytes = limit.maximum - 1
    given = text(name, value, max_bytes)
    size = encoded_size(name, given, limit.encoding)
    if size > max_bytes:
        raise refuse(f"{name} must have at most {max_bytes} bytes, got {size}")
    return given


def required_text(name: str, value: Any, limit: Limit) -> str:
    """Text as in ``bounded_text`` that is not empty."""
    given = bounded_text(name, value, limit)
    if not given:
        raise refuse(f"{name} must not be empty")
    return given


def number(name: str, value: Any, limit: Limit) -> int:
    """An integer that the field can carry. Text in decimal digits is accepted, as in CTI OS."""
    return integer(name, value, 0, limit.maximum)


def flag(name: str, value: Any, limit: Limit) -> bool:
    """A boolean. The texts 0, 1, true, false, yes and no are accepted, as in CTI OS."""
    return boolean(name, value)


def octets(name: str, value: Any, limit: Limit) -> bytes:
    """Bytes that the field can carry. Text is accepted, and encoded as the session encodes text."""
    if isinstance(value, str):
        encoded_size(name, value, limit.encoding)  # refuses what cannot be encoded
        value = value.encode(limit.encoding or "latin-1")
    elif not isinstance(value, bytes | bytearray):
        raise refuse(f"{name} must be bytes or text, got {type(value).__name__}")
    if len(value) > limit.maximum:
        raise refuse(f"{name} must have at most {limit.maximum} bytes, got {len(value)}")
    return bytes(value)


# --- Rows -------------------------------------------------------------------------------------------


class Parameter(NamedTuple):
    """A value that the program may give to a request.

    - ``keyword``: its name in Arguments. In Python it is the same in lower case with underscores.
    - ``coerce``: checks a value.
    - ``field``: the message's field, under the reference's name; the keyword unless given.
    - ``is_required``: whether a request without it is refused.
    - ``has_parts``: whether ``coerce`` returns several fields, by the keywords of the message class.
    """

    keyword: str
    coerce: Coerce
    field: str = ""
    is_required: bool = False
    has_parts: bool = False

    @property
    def name(self) -> str:
        """The parameter's name in Python."""
        return snake_case(self.keyword)

    @property
    def reference(self) -> str:
        """The field that it fills, under the reference's name."""
        return self.field or self.keyword


class RequestRow(Generic[C]):
    """A method that sends a request. Its parameter is the class of the confirmation.

    - ``method``: its name in Python, for messages to people.
    - ``message``: the name of the message class, such as ``"MakeCallReq"``.
    - ``event``: what reports the confirmation; empty where CTI OS has no event for it.
    - ``parameters``: what the program may give.
    - ``services``: services of which the server must have granted at least one (CTIServiceMask), 0 for none.
    - ``defaults``: fields that are sent where the program does not give them, by keyword of the message
      class.
    - ``also``: further keywords of Arguments that the method itself uses.
    """

    def __init__(
        self,
        method: str,
        message: str,
        event: str,
        parameters: tuple[Parameter, ...] = (),
        *,
        services: int = 0,
        defaults: Mapping[str, Any] | None = None,
        also: tuple[str, ...] = (),
    ) -> None:
        self.method = method
        self.message = message
        self.event = event
        self.parameters = parameters
        self.services = services
        self.defaults = {} if defaults is None else defaults
        #: The keywords of Arguments that the method uses.
        self.keywords = (*(each.keyword for each in parameters), *also)

    # Names are computed at the first use: importing the package stays quick.

    @cached_property
    def label(self) -> str:
        """The message's name in the reference."""
        return snake_case(self.message).upper()

    @cached_property
    def by_name(self) -> dict[str, Parameter]:
        """Parameters by their names in Python."""
        return {each.name: each for each in self.parameters}

    @cached_property
    def _by_keyword(self) -> dict[str, tuple[str, Parameter]]:
        # parameters by keyword in lower case, each with its name in Python
        return {each.keyword.lower(): (name, each) for name, each in self.by_name.items()}

    @cached_property
    def _field_names(self) -> dict[str, str]:
        # keywords of the message class by the parameters' keywords
        return {each.keyword: snake_case(each.reference) for each in self.parameters}

    @cached_property
    def _required(self) -> tuple[Parameter, ...]:
        return tuple(each for each in self.parameters if each.is_required)

    def received(self, args: Any) -> Any:
        """The Arguments of a call of the method, or the ``MethodError`` to raise. Never raises.

        See ``coercion.received``; the method replaces its own variable with the result.
        """
        return received(self.method, args, self.keywords, stacklevel=5)

    def unknown(self, given: Mapping[str, Any]) -> str | None:
        """The first name of ``given`` that is not a parameter's, None if all of them are."""
        return next((name for name in given if name not in self.by_name), None)

    def fields(
        self,
        args: Arguments | None,
        given: Mapping[str, Any],
        codec: Codec,
    ) -> Fields:
        """The fields to send for the values that the program gave.

        - ``args``: values by keyword.
        - ``given``: values by the parameters' names; None is not given. They win over ``args``.

        Raises ``MethodError``: E_CTIOS_MISSING_ARGUMENT for a required value that is missing,
        E_CTIOS_INVALID_ARGUMENT for one that cannot be sent.
        """
        fields: Fields = dict(self.defaults)
        limits = _limits(self.label, codec)
        for name, value in given.items():
            if value is not None:
                self._put(fields, name, self.by_name[name], value, limits)
        for keyword, value in () if args is None else args.items():
            name, parameter = self._by_keyword.get(keyword.strip().lower(), _NO_PARAMETER)
            if parameter is not None and value is not None and given.get(name) is None:
                self._put(fields, parameter.keyword, parameter, value, limits)
        for parameter in self._required:
            if self._field_names[parameter.keyword] not in fields:
                raise refuse(f"{self.method}() needs {parameter.keyword}", CilCode.E_CTIOS_MISSING_ARGUMENT)
        return fields

    def _put(
        self, fields: Fields, name: str, parameter: Parameter, value: Any, limits: dict[str, Limit]
    ) -> None:
        limit = limits.get(parameter.reference)
        if limit is None:
            raise refuse(f"{name} cannot be sent: {self.label} of the session's version lacks it")
        coerced = parameter.coerce(name, value, limit)
        if parameter.has_parts:
            fields.update(coerced)
        else:
            fields[self._field_names[parameter.keyword]] = coerced


#: Layouts whose limits are kept: a program sends a few dozen messages in a version or two.
_MAX_KEPT: Final = 512
#: In place of a row of ``_by_keyword`` that does not exist.
_NO_PARAMETER: Final[tuple[str, Parameter | None]] = ("", None)


@lru_cache(_MAX_KEPT)
def _limits(message: str, codec: Codec) -> dict[str, Limit]:
    # What each field of the message can carry in the codec's version, by the reference's name.
    layout = codec.describe(message)
    if layout is None:
        return {}
    maxima = {
        **{field.name: _highest(field) for field in layout.fixed},
        **{field.name: field.max for field in layout.floating},
    }
    return {name: Limit(maximum, codec.encoding) for name, maximum in maxima.items()}


def _highest(field: "FixedField") -> int:
    return int((1 << 8 * field.size) - 1)


# --- Objects ----------------------------------------------------------------------------------------


class RequestingObject(CtiObject):
    """An object whose methods are rows of a table."""

    __slots__ = ()

    def _request(
        self,
        row: RequestRow[C],
        args: Any,
        given: Any,
        timeout: float | None,
        identify: Callable[[Fields], object],
        *,
        take_in: TakeIn | None = None,
        describe: Describe | None = None,
        precondition: Callable[[], MethodError | None] | None = None,
        sender: Context | None = None,
    ) -> Request[C]:
        """Send the request of a method; the answer is its confirmation.

        - ``args``: what ``row.received`` returned.
        - ``given``: the method's keywords. They are cleared where one of them is unknown, since it may hold
          a password, which no traceback may show.
        - ``timeout``: seconds, the session's ``request_timeout`` unless given.
        - ``identify``: called with the fields, adds those that name the object.
        - ``take_in``: called with the fields that were sent and the confirmation, before its event is fired.
        - ``describe``: called likewise, returns what the event carries beside the object's identity; the
          confirmation's own fields unless given.
        - ``precondition``: returns the error of an object whose state does not allow the request.
        - ``sender``: the context whose session sends the request; what ``_sender`` returns unless given.

        What depends on the state of the object or the session fails the request. Raises ``MethodError`` for
        a value that cannot be used or an object without a session, ``TypeError`` for an unknown keyword.
        """
        unknown = row.unknown(given)
        if unknown is not None:
            given.clear()
            near = suggestion(unknown, row.by_name)
            raise TypeError(f"{row.method}() got an unexpected keyword argument {unknown!r}{near}")
        if isinstance(args, MethodError):
            raise args
        timeout = optional_seconds("timeout", timeout)
        context = sender or self._sender(row)
        message_class: type[TypedMessage] = getattr(context.messages, row.message)
        conflict = context.conflict(row.label)
        fields: Fields = {}
        if conflict is None:  # else the error is the mode's, whatever values are missing
            fields = row.fields(args, given, context.codec)
            identify(fields)
        request: ObjectRequest[C] = ObjectRequest(
            row.label,
            lambda message: self._confirm(row, fields, message, take_in, describe),
            self._fire_refusal,
        )
        error = context.unready() or conflict or _ungranted(row, context)
        if error is None and precondition is not None:
            error = precondition()
        if error is None:
            context.send(request, message_class, timeout, **fields)
        else:
            context.fail(request, error)
        return request

    def _sender(self, row: RequestRow[Any]) -> Context:
        # The context whose session sends a request. Raises ``MethodError`` where the object has no session,
        # or its session cannot control the object.
        del row
        return self._require_context()

    def _confirm(
        self,
        row: RequestRow[Any],
        fields: Fields,
        message: Message,
        take_in: TakeIn | None,
        describe: Describe | None,
    ) -> None:
        if take_in is not None:
            take_in(fields, message)
        context = self._context
        if context is not None and row.event:
            context.fire(row.event, self._confirmed_arguments, fields, message, describe)

    def _confirmed_arguments(self, fields: Fields, message: Message, describe: Describe | None) -> Arguments:
        values = {kw.CTIOS_INVOKEID: message["InvokeID"], **self._identity()}
        values.update(_own_fields(message) if describe is None else describe(fields, message))
        return arguments_over(values)


def _own_fields(message: Message) -> dict[str, Any]:
    return {**message.fixed(), **dict(message.floating())}


def _ungranted(row: RequestRow[Any], context: Context) -> MethodError | None:
    if not row.services or row.services & context.services_granted:
        return None
    return MethodError(
        CilCode.E_CTIOS_MODE_CONFLICT,
        f"{row.method}() needs one of the services {row.services:#x}, "
        f"the server granted {context.services_granted:#x}",
    )
