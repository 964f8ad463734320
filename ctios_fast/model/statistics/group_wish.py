"""GroupWish: the skill groups whose statistics one agent has enabled, or the program for the session."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar, Final, Protocol

from ctios_fast.core import Message
from ctios_fast.errors import Refused

from .asked_agent import AskedAgent, can_be_asked_for
from .group_arguments import GroupChoice
from .group_poll import GroupPoll
from .poller import DEFAULT_INTERVAL, Poll, StatisticsPoller

__all__ = ["GroupWish", "KnownGroups", "WantedGroup"]

#: The excluded groups of most wishes. Each ``frozenset()`` is an object of its own.
_NONE: Final[frozenset[int]] = frozenset()


class WantedGroup(Protocol):
    """What a wish reads from a skill group. A ``SkillGroup`` has it."""

    skill_group_number: int


class KnownGroups(Protocol):
    """The skill groups of a session."""

    def group(self, number: int) -> WantedGroup | None:
        """The group of that number, created if it is not known; None if it cannot be adopted."""

    def all(self) -> Collection[WantedGroup]:
        """The groups that are known."""

    def poll(self, group: Any) -> GroupPoll:
        """The polling of one of these groups."""


class GroupWish:
    """The skill groups that somebody has enabled.

    Those of an agent are wanted while it is logged in and the session hears its states. Its own groups
    are those that the last messages about its state named. A wish of an agent is a subclass, which asks
    for the agent's state where no message has named all of its groups.

    - ``interval``: seconds between two looks at which groups have become known, for "all groups".
    """

    __slots__ = (
        "_agent",
        "_excluded",
        "_groups",
        "_has_all",
        "_has_own",
        "_held",
        "_is_asked",
        "_is_settled",
        "_named",
        "_own",
        "_poller",
        "_spacing",
        "entry",
        "interval",
    )

    message: ClassVar[str] = "QUERY_AGENT_STATE_REQ"

    def __init__(self, agent: AskedAgent | None, poller: StatisticsPoller, groups: KnownGroups) -> None:
        self.interval: float | None = None
        #: Seconds between two queries for a group, None for none at an interval.
        self._spacing: float | None = None
        #: The number of the entry in the poller's schedule, which only "all groups" needs.
        self.entry = 0
        #: None for the session itself.
        self._agent = agent
        self._poller = poller
        self._groups = groups
        #: Whether the agent's own groups are enabled, and all groups that are known.
        self._has_own = self._has_all = False
        #: The agent's own groups, None as long as they are not known.
        self._own: tuple[WantedGroup, ...] | None = None
        #: Whether all of them are known, and whether the agent's state was asked for since its login because
        #: they are not.
        self._is_settled = self._is_asked = False
        #: Groups that were enabled by number.
        self._named: tuple[WantedGroup, ...] = ()
        #: Numbers of groups that were disabled while "own" or "all" was enabled.
        self._excluded = _NONE
        #: The groups that are wanted now.
        self._held: tuple[WantedGroup, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is enabled."""
        return not (self._has_own or self._has_all or self._named)

    @property
    def own(self) -> tuple[WantedGroup, ...]:
        """The agent's own groups, as far as they are known and enabled."""
        return self._own or ()

    def enable(self, chosen: GroupChoice, interval: float | None, own: Iterable[int] | None = None) -> None:
        """Enable some groups; those that are enabled already get the new interval.

        ``interval``: seconds between two queries for a group, None for one query only.
        ``own``: the numbers of the agent's own groups, None as long as they are not known.
        """
        if interval != self._spacing:
            self._hold(())
            self._spacing = interval
        self.interval = DEFAULT_INTERVAL if interval is None else interval
        if chosen.is_own:
            self._has_own = True
            self._excluded = _NONE
            if own is not None:
                self.name_own(own, is_complete=True)
        elif chosen.is_all:
            self._has_all = True
            self._excluded = _NONE
            self._poller.poll(self)
        else:
            if self._excluded:
                self._excluded -= chosen.numbers.keys()
            named = {each.skill_group_number: each for each in self._named}
            for number in chosen.numbers:
                group = self._groups.group(number)
                if group is not None:
                    named[number] = group
            self._named = tuple(named.values())
        self.update()

    def disable(self, chosen: GroupChoice) -> None:
        """Disable the groups with these numbers, or everything."""
        if chosen.is_own or chosen.is_all:
            self.end()
            return
        numbers = chosen.numbers.keys()
        self._named = tuple(each for each in self._named if each.skill_group_number not in numbers)
        if self._has_own or self._has_all:
            self._excluded |= numbers
        self.update()

    def end(self) -> None:
        """Want nothing any more."""
        self._has_own = self._has_all = False
        self._named = ()
        self._excluded = _NONE
        self._poller.drop(self)
        self._hold(())

    def name_own(self, numbers: Iterable[int], *, is_complete: bool) -> None:
        """Take in groups that a message about the agent's state names.

        ``is_complete``: whether these are all of them.
        """
        if not self._has_own:
            return
        own = {} if is_complete else {each.skill_group_number: each for each in self._own or ()}
        for number in numbers:
            group = self._groups.group(number)
            if group is not None:
                own[number] = group
        self._is_settled = self._is_settled or is_complete
        if is_complete or own:
            groups = tuple(own.values())
            self._own = self._own if self._own == groups else groups

    def update(self) -> None:
        """Want the groups that are enabled, unless their agent is logged out or its logout is not heard."""
        agent = self._agent
        is_active = agent is None or (agent.is_logged_in and agent.is_heard)
        self._hold(self._enabled() if is_active else ())
        if not is_active:
            self._is_asked = False
        elif self._has_own and not self._is_settled and not self._is_asked:
            self._is_asked = True
            self._poller.ask(self)

    def _enabled(self) -> tuple[WantedGroup, ...]:
        own = self._own or () if self._has_own else ()
        if not (self._has_all or self._named or self._excluded):
            return own
        groups = {each.skill_group_number: each for each in (*own, *self._named)}
        if self._has_all:
            groups.update((each.skill_group_number, each) for each in self._groups.all())
        return tuple(each for number, each in groups.items() if number not in self._excluded)

    def _hold(self, groups: tuple[WantedGroup, ...]) -> None:
        before, self._held = self._held, groups
        if groups is before:
            return
        kept, wanted = set(before), set(groups)
        for each in groups:
            if each not in kept:
                self._groups.poll(each).want(self._spacing)
        for each in before:
            if each not in wanted:
                self._groups.poll(each).release()

    # --- The poller's subject -----------------------------------------------------------------------

    def is_wanted(self) -> bool:
        """Whether to ask for the agent's groups now."""
        agent = self._agent
        is_open = self._has_own and not self._is_settled
        return is_open and agent is not None and can_be_asked_for(agent)

    def fall_due(self) -> None:
        """The interval is over: groups may have become known."""
        self.update()

    def take(self, message: Message) -> bool:
        """Take in the answer, which names the agent's groups."""
        if not self._has_own:
            return False
        self._is_settled = True  # an answer without groups is one too
        self._take_in(message)
        return True

    def refuse(self, error: Refused) -> None:
        """Report the refusal."""
        if self._has_own:
            self._report(error)

    # --- The agent's messages and events. The session itself has no groups of its own to ask for. -----

    def send(self, poll: Poll) -> None:
        """Send the query for the agent's state."""
        raise NotImplementedError

    def _take_in(self, message: Message) -> None:
        """Take in the answer, and fire its event."""
        raise NotImplementedError

    def _report(self, error: Refused) -> None:
        """Fire the event of a refused query."""
        raise NotImplementedError
