"""What a released version has stored is read for ever."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from referral_flow import ReferralFlow
from referral_flow.application.parts import moment
from referral_flow.codec import read_words
from referral_flow.engine import Step, change

FORMATS = sorted(Path(__file__).parent.glob("format-*.json"))


def streams(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["streams"]
    return found


@pytest.mark.parametrize("path", FORMATS, ids=lambda path: path.stem)
def test_every_stream_is_made_anew_from_its_golden_events(path: Path) -> None:
    with ReferralFlow.open("memory:") as flow:
        codec = flow._parts.codec
        for stream in streams(path):
            process = flow.processes[stream["kind"]]
            state: Any = None
            now = ""
            for version, event in enumerate(stream["events"], 1):
                envelope = codec.read_envelope(event["data"].encode())
                now = event["now"] or now
                step = Step(
                    stream["stream"],
                    version,
                    date.fromisoformat(event["day"]),
                    moment(event["recorded_at"]),
                    now,
                    envelope.by,
                )
                decoded = codec.read_event(event["type"], envelope.event)
                state = process.evolve(state, decoded, step)
                assert (envelope.words is None) == (event["words"] is None)
                if event["words"] is not None:
                    assert read_words(event["words"].encode())
            assert str(state.state) == stream["state"]
            golden = codec.read_snapshot(stream["kind"], stream["snapshot"].encode())
            assert golden in (None, state)


def test_the_golden_files_hold_every_event_that_is_stored() -> None:
    with ReferralFlow.open("memory:") as flow:
        listed = {name for process in flow.processes.values() for name in process.events}
    golden = {
        event["type"] for path in FORMATS for stream in streams(path) for event in stream["events"]
    }
    assert listed <= golden


def test_a_new_version_is_read_through_its_upcaster() -> None:
    from attrs import frozen

    from referral_flow.codec import Codec
    from referral_flow.domain.referral.process import REFERRAL_PROCESS

    @frozen
    class Submitted2:
        late_by: int
        cycle: int
        brought_by: str

    def upcast(fields: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return "referral.submitted@2", {**fields, "brought_by": "member"}

    events = {k: v for k, v in REFERRAL_PROCESS.events.items() if k != "referral.submitted@1"}
    newer = change(
        REFERRAL_PROCESS,
        events={**events, "referral.submitted@2": Submitted2},
        upcasters={"referral.submitted@1": upcast},
    )
    codec = Codec((newer,))
    data = next(
        event["data"]
        for stream in streams(FORMATS[0])
        for event in stream["events"]
        if event["type"] == "referral.submitted@1"
    )
    envelope = codec.read_envelope(data.encode())
    read = codec.read_event("referral.submitted@1", envelope.event)
    assert read == Submitted2(late_by=0, cycle=2013, brought_by="member")
