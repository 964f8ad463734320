"""Follows the configuration as one client receives it: uploads, updates and changes of teams.

It imports nothing of the package and reads the records of ``raw_client``. ``ConfigChecker`` keeps what a
client would keep, and raises ConfigViolation for events that a client could not follow:

- a record outside of a block, a block inside of another, an update without a new key;
- an added record that exists, a changed or deleted one that does not;
- a member added to a team twice or removed without being in it.

Two checkers whose clients have received everything have equal ``records`` and ``teams``.
"""

from typing import Any

__all__ = ["ConfigChecker", "ConfigViolation"]

Record = dict[str, Any]

ADD, CHANGE, DELETE = range(3)
RESTORE, ADD_MEMBER, REMOVE_MEMBER = range(3)
UPLOAD, UPDATE = 1, 2

IDENTITY = {
    "CONFIG_SERVICE_EVENT": ("PeripheralNumber", "ServiceConfigKey"),
    "CONFIG_SKILL_GROUP_EVENT": ("PeripheralNumber", "SkillGroupConfigKey"),
    "CONFIG_AGENT_EVENT": ("LoginID", "AgentConfigKey"),
    "CONFIG_DEVICE_EVENT": ("PeripheralNumber", "DeviceConfigKey"),
}
"""Message -> the field that names its records, and the field of its key."""

ONLY_IN_UPLOADS = {"NumMRDs", "FltAgentMRDID", "FltAgentMRDState"}


class ConfigViolation(AssertionError):
    """An event that a client could not follow."""


class ConfigChecker:
    """One client's view.

    - ``records``: fields of each record by its message and its identity.
    - ``teams``: AgentFlags by agent id for each TeamID; teams without members are left out.
    - ``updates``: update blocks so far.
    """

    def __init__(self) -> None:
        self.records: dict[tuple[str, Any], Record] = {}
        self.teams: dict[int, dict[str, int]] = {}
        self.updates = 0
        self._block: int | None = None  # ConfigType of the block that is open
        self._keys: dict[str, str] = {}

    def feed(self, event: Record) -> None:
        """Follow one event; others than those of the configuration are passed over."""
        message = event["message"]
        if message == "CONFIG_BEGIN_EVENT":
            self._begin(event)
        elif message == "CONFIG_END_EVENT":
            self._expect(self._block is not None, event, "ends a block that did not begin")
            self._block = None
        elif message in IDENTITY:
            self._expect(self._block is not None, event, "comes outside of a block")
            for record in self._split(event):
                self._apply(message, record)
        elif message == "AGENT_TEAM_CONFIG_EVENT":
            self._team(event)

    def _expect(self, condition: object, event: Any, what: str) -> None:
        if not condition:
            raise ConfigViolation(f"{what}: {event}")

    def _begin(self, event: Record) -> None:
        self._expect(self._block is None, event, "begins a block inside of another")
        self._block = event["fields"]["ConfigType"]
        self._expect(self._block in (UPLOAD, UPDATE), event, "has an unknown ConfigType")
        self.updates += self._block == UPDATE
        for name, value in event["floating"]:
            changed = self._keys.get(name) != value["hex"]
            self._expect(changed or self._block == UPLOAD, event, "updates without a new key")
            self._keys[name] = value["hex"]

    def _split(self, event: Record) -> list[Record]:
        records: list[Record] = []
        for name, value in event["floating"]:
            if name == "RecordType":
                records.append({})
            self._expect(records and name not in records[-1], event, f"repeats {name} in a record")
            records[-1][name] = value
        self._expect(len(records) == event["fields"]["NumRecords"], event, "miscounts its records")
        self._expect(1 <= len(records) <= 10, event, "has no records or more than 10")
        return records

    def _apply(self, message: str, record: Record) -> None:
        kind = record["RecordType"]
        key = (message, record[IDENTITY[message][0]])
        kept = {n: v for n, v in record.items() if n != "RecordType" and n not in ONLY_IN_UPLOADS}
        known = key in self.records
        self._expect(known is not (kind == ADD), record, f"record {key} exists: {known}")
        if kind == DELETE:
            del self.records[key]
        else:
            self.records[key] = kept

    def _team(self, event: Record) -> None:
        fields = event["fields"]
        ids = [value for name, value in event["floating"] if name == "AtcAgentID"]
        flags = [value for name, value in event["floating"] if name == "AgentFlags"]
        members = dict(zip(ids, flags, strict=True))
        self._expect(len(members) == len(ids) == fields["NumberOfAgents"] <= 64, event, "miscounts members")
        team = self.teams.setdefault(fields["TeamID"], {})
        if fields["ConfigOperation"] == RESTORE:
            team.clear()
        for agent_id, flag in members.items():
            removed = fields["ConfigOperation"] == REMOVE_MEMBER
            self._expect((agent_id in team) is removed, event, f"member {agent_id}: {agent_id in team}")
            if removed:
                del team[agent_id]
            else:
                team[agent_id] = flag
        if not team:
            del self.teams[fields["TeamID"]]
