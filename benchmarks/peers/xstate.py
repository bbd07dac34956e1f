"""xstate-statemachine: a machine with guards and actions, run by its synchronous interpreter."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xstate_statemachine import MachineLogic, SyncInterpreter, create_machine
from xstate_statemachine.eda import OutboxPlugin, SQLiteOutboxStore
from xstate_statemachine.persistence import (
    IdempotencyPlugin,
    PessimisticLock,
    SQLiteInbox,
    SQLiteLog,
    SQLiteStore,
    TransitionLogPlugin,
    persisted,
)

from benchmarks.contenders.measuring import Seen, best_of, main, timed


def _row(target: str, guard: str, **more: Any) -> dict[str, Any]:
    return {"target": target, "guard": guard, "actions": ["record"], **more}


_TOLD = {"publish": {"type": "paper_received", "data": ["number"]}}


CONFIG: dict[str, Any] = {
    "id": "referral",
    "initial": "issued",
    "context": {"number": "1/GT", "steps": 0, "history": []},
    "states": {
        "issued": {"on": {"SUBMIT": _row("submitted", "number_matches", meta=_TOLD)}},
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


def durable(count: int) -> Seen:
    """Persist a command under a lock, with its id, its record and its message, as one transaction.

    Its store asks SQLite for `synchronous=NORMAL`, and has no option for another.
    """
    machine = create_machine(CONFIG, logic=LOGIC)
    with TemporaryDirectory() as folder:
        store = _filled(Path(folder), machine, count)
        plugins = (
            IdempotencyPlugin(SQLiteInbox(store), principal=lambda _event: "ward"),
            TransitionLogPlugin(SQLiteLog(store)),
            OutboxPlugin(SQLiteOutboxStore(store), topic="papers"),
        )
        lock = PessimisticLock()

        def run() -> None:
            for n in range(count):
                with persisted(store, f"r-{n}", machine, lock=lock, plugins=plugins) as referral:
                    receipt = referral.send(
                        "SUBMIT", number="1/GT", idempotency_key=f"scan-{n}", wait=True
                    )
                    assert receipt.changed

        seen = timed(run, count)
        connection = store._conn()
        for table in ("inbox", "transitions", "xsm_outbox"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (count,)
        store.close()
        return seen


def snapshot(count: int) -> Seen:
    """Load a snapshot, restore, send, and save it under its version: no more than that is kept."""
    machine = create_machine(CONFIG, logic=LOGIC)
    with TemporaryDirectory() as folder:
        store = _filled(Path(folder), machine, count)

        def run() -> None:
            for n in range(count):
                stored = store.load(f"r-{n}")
                assert stored is not None
                interpreter = SyncInterpreter.from_snapshot(stored.snapshot, machine)
                interpreter.start()
                interpreter.send("SUBMIT", number="1/GT")
                store.save(f"r-{n}", interpreter.get_snapshot(), expected_version=stored.version)
                interpreter.stop()

        seen = timed(run, count)
        store.close()
        return seen


def _filled(folder: Path, machine: Any, count: int) -> SQLiteStore:
    store = SQLiteStore(folder / "x.db")
    fresh = SyncInterpreter(machine).start().get_snapshot()
    for n in range(count):
        store.save(f"r-{n}", fresh, expected_version=0)
    return store


if __name__ == "__main__":
    main({"event": event, "durable": durable, "snapshot": snapshot})
