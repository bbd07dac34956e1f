"""Automat: a machine of methods; it has no guards, so that the first input checks by hand."""

from __future__ import annotations

from typing import Protocol

from automat import TypeMachineBuilder

from benchmarks.contenders.measuring import Seen, best_of, main


class Paper(Protocol):
    """The inputs."""

    def submit(self, number: str) -> None:
        """Hand the paper in."""

    def activate(self) -> None:
        """Take part."""

    def renew(self) -> None:
        """Begin anew."""


class Referral:
    """What the machine works on."""

    def __init__(self) -> None:
        self.number = "1/GT"
        self.steps = 0
        self.history: list[tuple[str, str]] = []


_builder = TypeMachineBuilder(Paper, Referral)
_issued = _builder.state("issued")
_submitted = _builder.state("submitted")
_active = _builder.state("active")


@_issued.upon(Paper.submit).to(_submitted)
def _submit(_paper: Paper, referral: Referral, number: str) -> None:
    if number != referral.number:
        raise ValueError
    referral.history.append(("submitted", "residence"))


@_submitted.upon(Paper.activate).to(_active)
def _activate(_paper: Paper, referral: Referral) -> None:
    if referral.steps < 0:
        raise ValueError
    referral.history.append(("active", "residence"))


@_active.upon(Paper.renew).to(_issued)
def _renew(_paper: Paper, referral: Referral) -> None:
    if referral.steps < 0:
        raise ValueError
    referral.history.append(("issued", "residence"))


_make = _builder.build()


def event(count: int) -> Seen:
    """Give the three inputs in turn."""
    paper = _make(Referral())

    def run() -> None:
        for _ in range(count // 3):
            paper.submit("1/GT")
            paper.activate()
            paper.renew()

    return best_of(run, count // 3 * 3)


if __name__ == "__main__":
    main({"event": event})
