"""SessionSnapshot: one moment of all objects of a Session."""

from typing import TypedDict, cast

from .kinds import KINDS
from .session_lookups import SessionLookups

__all__ = ["SessionSnapshot", "SnapshotData"]

#: The properties of an object, by keyword.
_Properties = dict[str, object]


class SnapshotData(TypedDict):
    """What ``Session.snapshot`` returns: the session, and its objects by UniqueObjectID."""

    session: _Properties
    agent: dict[str, _Properties]
    team: dict[str, _Properties]
    call: dict[str, _Properties]
    skillgroup: dict[str, _Properties]


class SessionSnapshot(SessionLookups):
    """What a Session knows at one moment."""

    def snapshot(self) -> SnapshotData:
        """All objects that the session knows, at this moment, as plain data that ``json`` can write.

        The keys are ``session`` and the kinds of objects such as ``agent`` and ``call``. A kind has
        its objects by UniqueObjectID, each a dict of its properties by keyword; what is not known is left
        out. Passwords are not part of it.

        Raises ``MethodError`` for a property of the program that JSON cannot express.
        """
        registry = self._context.registry
        objects = {
            kind.name: {
                each.unique_object_id: each.get_all_properties().to_dict() for each in registry[kind.name]
            }
            for kind in KINDS
        }
        return cast("SnapshotData", {"session": self.get_all_properties().to_dict(), **objects})
