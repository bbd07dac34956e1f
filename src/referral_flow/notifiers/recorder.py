"""A notifier for tests: it keeps what it was given and answers as it was told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from referral_flow.ports import Accepted, Message, Outcome


class RecordingNotifier:
    """Keep every message in `sent`, with its addresses.

    `outcomes` are the answers still to give, in turn; an exception among them is raised.
    When they are used up, everything is accepted.
    """

    def __init__(self, outcomes: Iterable[Outcome | Exception] = ()) -> None:
        self.sent: list[tuple[Message, tuple[str, ...]]] = []
        self.outcomes = list(outcomes)

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        """Keep the message, then give the next outcome."""
        self.sent.append((message, tuple(addresses)))
        outcome = self.outcomes.pop(0) if self.outcomes else Accepted()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome
