"""ObjectRequest: a request of an object of the model, which takes the answer in before the caller gets it."""

from collections.abc import Callable
from typing import TypeVar, cast

from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.errors import Refused

__all__ = ["C", "ObjectRequest", "not_reported"]

#: The class of a confirmation.
C = TypeVar("C", bound=Message)


def not_reported(error: Refused) -> bool:
    """A refusal of what the library asked by itself: it fires no event, so that no listener heard of it."""
    del error
    return False


class ObjectRequest(Request[C]):
    """A request whose answer is the confirmation.

    ``take_in``: called with the confirmation, before anybody who awaits the request gets it.
    ``refused``: called with a refusal; returns whether a listener heard of it.
    """

    __slots__ = ("_refused", "_take_in")

    def __init__(
        self, label: str, take_in: Callable[[Message], object], refused: Callable[[Refused], bool]
    ) -> None:
        self.label = label
        self._take_in = take_in
        self._refused = refused

    def confirmed(self, message: Message) -> None:
        """Called by the request book. The answer counts even if the request was cancelled meanwhile."""
        self._take_in(message)
        self.set_result(cast("C", message))

    def failed(self, error: BaseException) -> None:
        """Called by the request book."""
        if isinstance(error, Refused) and self._refused(error):
            self.reported()
        self.set_exception(error)
