"""Every error that the library raises on purpose.

ReferralFlowError
├── Refused              the rules said no: nothing changed; `refusals` has every reason
├── ConcurrencyError     somebody else changed the stream first: load again, decide again
├── CommandReused        this command_id already stands for another command
├── OutcomeUnknown       the commit was not confirmed: ask again with `command_id`
├── InvalidCommand       a field has the wrong type or size: mend the caller
├── NoTransaction        `within` was given a connection with no transaction open
├── OtherDatabase        `within` was given a connection to another database than the store's
├── LeaseLost            somebody else holds this timer or message by now
├── StoreError           the storage failed or is not what was expected
│   ├── WrongUrl         the address is not of the form that the store takes
│   ├── StoreMissing     nothing is there to open
│   ├── StoreUnreadable  it is there, but it is not a store, or may not be written
│   ├── StoreNotMigrated it is an older version: migrate it
│   ├── StoreTooNew      it is a newer version: upgrade the library
│   └── Taken            a unique claim is held by another stream
└── ConfigurationError   the set-up is wrong: nothing was opened
    ├── LifecycleError   a row, state or guard of a lifecycle
    ├── RuleSetError     a key or value of a rule set
    ├── UnknownScheme    no plugin brings this kind of store or notifier
    └── PluginError      a plugin cannot be used as it is

Each class has a stable `code`. The sentence is made from `words/` by that code, so
`str(error)` is English and the command line can say the same in Vietnamese.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from referral_flow.words import say

if TYPE_CHECKING:
    from referral_flow.engine.refusal import Refusal


class ReferralFlowError(Exception):
    """Carry a stable code and the data that its sentence names."""

    code: ClassVar[str] = "error"

    def __init__(self, **data: Any) -> None:
        super().__init__(data)
        self.data = data

    def __reduce__(self) -> tuple[Any, ...]:
        """Let an error cross to another process whole."""
        return _made_again, (type(self), self.args, self.__dict__)

    def says(self, language: str) -> str:
        """Give the sentence in `language` ("vi" or "en")."""
        return say("error", self.code, language, self.data)

    def __str__(self) -> str:
        return self.says("en")


def _made_again(
    cls: type[ReferralFlowError], args: tuple[Any, ...], fields: dict[str, Any]
) -> ReferralFlowError:
    error = cls.__new__(cls, *args)
    error.__dict__.update(fields)
    return error


class Refused(ReferralFlowError):
    """Say that the rules refused the command; nothing was changed."""

    code = "refused"

    def __init__(self, refusals: tuple[Refusal, ...], command: str = "") -> None:
        super().__init__(command=command)
        self.refusals = refusals

    @property
    def codes(self) -> tuple[str, ...]:
        """Give the code of each refusal, in the order of the row's guards."""
        return tuple(refusal.code for refusal in self.refusals)

    def says(self, language: str) -> str:
        return " ".join(say("refusal", r.code, language, r.named()) for r in self.refusals)


class ConcurrencyError(ReferralFlowError):
    """Say that a stream is not at the version that was expected."""

    code = "lost_race"


class CommandReused(ReferralFlowError):
    """Say that a command_id was used before for another command or by another actor."""

    code = "command_reused"


class OutcomeUnknown(ReferralFlowError):
    """Say that the commit was sent and not confirmed; `data["command_id"]` answers later."""

    code = "outcome_unknown"


class InvalidCommand(ReferralFlowError):
    """Say that a field of a command has the wrong type, form or size."""

    code = "invalid_command"


class NoTransaction(ReferralFlowError):
    """Say that the host's connection has no transaction open to join."""

    code = "no_transaction"


class OtherDatabase(ReferralFlowError):
    """Say that the host's connection leads to another database than the flow's store."""

    code = "other_database"


class LeaseLost(ReferralFlowError):
    """Say that a lease ran out and somebody else went on."""

    code = "lease_lost"


class StoreError(ReferralFlowError):
    """Say that the storage failed; what was acknowledged before is not touched."""

    code = "store_failed"


class WrongUrl(StoreError):
    """Say what is wrong with the address of a store."""

    code = "wrong_url"


class StoreMissing(StoreError):
    """Say that there is nothing to open at this place."""

    code = "store_missing"


class StoreUnreadable(StoreError):
    """Say that the place holds something else, or may not be read or written."""

    code = "store_unreadable"


class StoreNotMigrated(StoreError):
    """Say that the store has an older schema than this library."""

    code = "store_not_migrated"


class StoreTooNew(StoreError):
    """Say that the store has a newer schema than this library."""

    code = "store_too_new"


class Taken(StoreError):
    """Say that a unique claim (`kind`, `value`) is held by another stream."""

    code = "taken"

    def __init__(self, kind: str, value: str) -> None:
        super().__init__(kind=kind, value=value)
        self.kind = kind
        self.value = value


class ConfigurationError(ReferralFlowError):
    """Say that the library was set up in a way that cannot work."""

    code = "wrong_set_up"


class LifecycleError(ConfigurationError):
    """Say which row, state or guard of a lifecycle cannot stand, and the near match."""

    code = "wrong_lifecycle"


class RuleSetError(ConfigurationError):
    """Say which key or value of a rule set is wrong, on which line, and the near match."""

    code = "wrong_rule_set"


class UnknownScheme(ConfigurationError):
    """Say that no installed plugin brings this scheme, and which schemes there are."""

    code = "unknown_scheme"

    def says(self, language: str) -> str:
        failed = tuple(_plugin_says(one, language) for one in self.data.get("failed", ()))
        return say("error", self.code, language, {**self.data, "failed": failed})


class PluginError(ConfigurationError):
    """Say which plugin of which distribution cannot be used, and why.

    `data["problem"]` is the code of what is wrong and `data["detail"]` what it names.
    """

    code = "wrong_plugin"

    def says(self, language: str) -> str:
        problem = problem_says(self.data["problem"], language, self.data.get("detail"))
        return say("error", self.code, language, {**self.data, "problem": problem})


def problem_says(code: str, language: str, detail: Mapping[str, Any] | None = None) -> str:
    """Give in words what is wrong with a plugin."""
    return say("plugin_problem", code, language, detail)


def _plugin_says(failed: Mapping[str, Any], language: str) -> str:
    problem = problem_says(failed["problem"], language, failed["detail"])
    return say("cli", "plugin_line", language, {**failed, "problem": problem})
