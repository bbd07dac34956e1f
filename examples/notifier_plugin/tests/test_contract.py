"""The notifier keeps the contract of notifiers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from errno import ENOSPC
from pathlib import Path

import pytest
from referral_flow_spool.notifier import SpoolNotifier

from referral_flow.ports import Notifier
from referral_flow.testing.contracts import (
    AddressClauses,
    FullClauses,
    LaterClauses,
    MakeNotifier,
    NotifierContract,
    ReachedClauses,
    Trouble,
)


class Spool:
    """The folder, and a disk that fails once when it is told to."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder, self._monkeypatch = folder, monkeypatch

    def received(self) -> Sequence[str]:
        return sorted(file.stem for file in self._folder.glob("*.eml"))

    def trouble(self, kind: Trouble) -> None:
        error = ENOSPC if kind is Trouble.FULL else 0
        sync = os.fsync

        def fail_once(_handle: int) -> None:
            self._monkeypatch.setattr(os, "fsync", sync)
            raise OSError(error, "the disk says no")

        self._monkeypatch.setattr(os, "fsync", fail_once)


class TestSpoolNotifier(
    NotifierContract, ReachedClauses, LaterClauses, FullClauses, AddressClauses
):
    contract_version = 1

    @pytest.fixture
    def peer(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spool]:
        yield Spool(tmp_path, monkeypatch)
        assert not list(tmp_path.glob("*.part"))

    @pytest.fixture
    def make_notifier(self, tmp_path: Path) -> MakeNotifier:
        return lambda: SpoolNotifier(f"spool:///{tmp_path}")

    @pytest.fixture
    def from_address(self) -> Callable[[str], Notifier]:
        return SpoolNotifier

    @pytest.fixture
    def wrong_addresses(self) -> Sequence[str]:
        return ("spool:", "spool:///", "spool:///no/such/folder", f"spool:///{__file__}")
