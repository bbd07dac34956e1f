"""xstate-statemachine: a machine with guards and actions, run by its synchronous interpreter."""

from __future__ import annotations

from typing import Any

from benchmarks.contenders.measuring import Seen, best_of, main
from xstate_statemachine import MachineLogic, SyncInterpreter, create_machine


def _row(target: str, guard: str) -> dict[str, Any]:
    return {"target": target, "guard": guard, "actions": ["record"]}


CONFIG: dict[str, Any] = {
    "id": "referral",
    "initial": "issued",
    "context": {"number": "1/GT", "steps": 0, "history": []},
    "states": {
        "issued": {"on": {"SUBMIT": _row("submitted", "number_matches")}},
        "submitted": {"on": {"ACTIVATE": _row("active", "has_taken_part")}},
        "active": {"on": {"RENEW": _row("issued", "has_taken_part")}},
    },
}


def _number_matches(context: dict[str, Any], event: Any) -> bool:
    return bool(event.payload.get("number") == context["number"])


def _has_taken_part(context: dict[str, Any], _event: Any) -> bool:
    return bool(context["steps"] >= 0)


def _record(_interpreter: Any, context: dict[str, Any], event: Any, _action: Any) -> None:
    context["history"].append((event.type, "residence"))


LOGIC = MachineLogic(
    guards={"number_matches": _number_matches, "has_taken_part": _has_taken_part},
    actions={"record": _record},
)


def event(count: int) -> Seen:
    """Send the three events in turn."""
    interpreter = SyncInterpreter(create_machine(CONFIG, logic=LOGIC)).start()

    def run() -> None:
        for _ in range(count // 3):
            interpreter.send("SUBMIT", number="1/GT")
            interpreter.send("ACTIVATE")
            interpreter.send("RENEW")

    seen = best_of(run, count // 3 * 3, 3)
    assert interpreter.current_state_ids == {"referral.issued"}
    return seen


if __name__ == "__main__":
    main({"event": event})
