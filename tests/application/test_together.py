"""Callers that arrive while a commit is under way share the next one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from referral_flow import Paper, ReferralFlow, Refused, hookimpl
from referral_flow.application.asked import Asked
from referral_flow.application.together import Together
from referral_flow.commands import AddMember, Assign, End, Issue, OpenGroup, Submit, Suspend
from referral_flow.engine import GuardFor, Refusal
from referral_flow.errors import ConcurrencyError, OutcomeUnknown, StoreError
from referral_flow.ports import Batch, Store
from referral_flow.stores.memory import MemoryStore
from referral_flow.stores.sqlite import SqliteStore
from tests.application.office import DAY, Office

Call = Callable[[], Any]


class Slow:
    """A store whose next commit waits for the callers that are to share the one after it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._arrived: Callable[[], bool] | None = None
        self.sizes: list[int] = []
        self.fault: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def wait_for(self, arrived: Callable[[], bool]) -> None:
        self._arrived = arrived
        self.sizes.clear()

    def append(self, batch: Batch) -> None:
        arrived, self._arrived = self._arrived, None
        if arrived is not None:
            while not arrived():
                time.sleep(0.001)
        elif self.fault is not None:
            raise self.fault
        self._store.append(batch)
        self.sizes.append(len(batch.commands))


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Slow:
    opened: dict[str, Callable[[], Store]] = {
        "memory": MemoryStore,
        "sqlite": lambda: SqliteStore(f"sqlite:///{tmp_path}/o.db"),
    }
    return Slow(opened[request.param]())


@pytest.fixture
def office(store: Slow) -> Iterator[Office]:
    office = Office(store)  # type: ignore[arg-type]  # a store instead of its URL
    yield office
    office.flow.close()


def at_once(office: Office, store: Slow, calls: Sequence[Call]) -> list[Any]:
    """Make a call whose commit lasts until all the others wait; give what each was told."""
    together = office.flow._executor._together
    told: list[Any] = [None] * len(calls)

    def make(number: int) -> None:
        try:
            told[number] = calls[number]()
        except Exception as error:
            told[number] = error

    store.wait_for(lambda: len(together._waiting) == len(calls) - 1)
    threads = [threading.Thread(target=make, args=(n,)) for n in range(len(calls))]
    threads[0].start()
    while together._leader is None and threads[0].is_alive():
        time.sleep(0.001)
    for number, thread in enumerate(threads[1:], 1):
        thread.start()
        while thread.is_alive() and len(together._waiting) < number:
            time.sleep(0.001)
    for thread in threads:
        thread.join(30)
    return told


def first(office: Office) -> Call:
    """Give a call that has nothing to do with the others."""
    return lambda: office.residence.execute(OpenGroup("r-1", name="Nhóm đầu"))


def test_eight_callers_share_one_commit_and_each_gets_its_own_answer(
    office: Office, store: Slow
) -> None:
    ids = [office.issued(member) for member in range(1, 9)]
    submits: list[Call] = [
        partial(office.residence.execute, Submit(id, f"{n}/GT")) for n, id in enumerate(ids, 1)
    ]
    told = at_once(office, store, [first(office), *submits])
    assert store.sizes == [1, 8]
    assert [done.stream for done in told[1:]] == ids
    assert {done.value.state for done in told[1:]} == {"submitted"}
    assert office.flow.verify().faults == ()


def test_a_refusal_is_told_to_its_own_caller_and_takes_nobody_along(
    office: Office, store: Slow
) -> None:
    ids = [office.issued(member) for member in (1, 2, 3)]
    numbers = ("1/GT", "wrong", "3/GT")
    submits: list[Call] = [
        partial(office.residence.execute, Submit(id, n)) for id, n in zip(ids, numbers, strict=True)
    ]
    told = at_once(office, store, [first(office), *submits])
    assert store.sizes == [1, 2]
    assert isinstance(told[2], Refused)
    assert told[2].codes == ("paper_mismatch",)
    assert [office.workplace.get(id).state for id in ids] == ["submitted", "issued", "submitted"]


def test_they_are_decided_one_after_the_other_so_that_a_limit_holds(
    office: Office, store: Slow
) -> None:
    office.operator.execute_many(AddMember(f"m-{n}", "w-1", f"Đồng chí {n}") for n in range(10, 18))
    group = office.group()
    office.assigned(group, range(1, 15))
    late = [office.submitted(member) for member in (15, 16, 17)]
    assigns: list[Call] = [partial(office.residence.execute, Assign(id, group)) for id in late]
    told = at_once(office, store, [first(office), *assigns])
    assert store.sizes == [1, 1]
    assert told[1].value.state == "assigned"
    assert [refused.codes for refused in told[2:]] == [("group_full",)] * 2


def test_the_same_command_asked_twice_at_once_is_done_once(office: Office, store: Slow) -> None:
    id = office.issued()

    def submit() -> Any:
        return office.residence.execute(Submit(id, "1/GT"), command_id="scan-881")

    told = at_once(office, store, [first(office), submit, submit])
    assert store.sizes == [1, 1]
    assert sorted(done.repeated for done in told[1:]) == [False, True]
    assert told[1].value == told[2].value


def test_who_has_seen_an_older_version_is_told_so(office: Office, store: Slow) -> None:
    id = office.submitted()
    suspends: list[Call] = [
        lambda: office.residence.execute(Suspend(id, "đi học"), expected_version=2),
        lambda: office.workplace.execute(End(id, "retired"), expected_version=2),
    ]
    told = at_once(office, store, [first(office), *suspends])
    assert told[1].version == 3
    assert isinstance(told[2], ConcurrencyError)
    assert office.workplace.get(id).state == "suspended"


def test_a_race_lost_to_another_process_is_run_again_by_each(office: Office, store: Slow) -> None:
    """The stream moves between the decision of a group and its commit."""
    ids = [office.issued(member) for member in (1, 2)]
    other = ReferralFlow(
        store._store, clock=lambda: office.now, notifiers={"recorder": office.notifier}
    )
    ward = other.acting_as(office.residence.actor)
    append = store.append

    def overtaken(batch: Batch) -> None:
        if len(batch.commands) == 2:
            store.append = append  # type: ignore[method-assign]
            ward.execute(Submit(ids[0], "1/GT"))
        append(batch)

    store.append = overtaken  # type: ignore[method-assign]
    submits: list[Call] = [
        partial(office.residence.execute, Submit(id, f"{n}/GT")) for n, id in enumerate(ids, 1)
    ]
    told = at_once(office, store, [first(office), *submits])
    assert isinstance(told[1], Refused)
    assert told[1].codes == ("not_allowed_in_state",)
    assert told[2].value.state == "submitted"
    assert office.flow.verify().faults == ()


@pytest.mark.parametrize("fault", [StoreError(problem="closed"), OutcomeUnknown(command_id="?")])
def test_what_the_store_says_is_told_to_each_of_them(
    office: Office, store: Slow, fault: Exception
) -> None:
    ids = [office.issued(member) for member in (1, 2)]
    store.fault = fault
    submits: list[Call] = [
        partial(office.residence.execute, Submit(id, f"{n}/GT"), command_id=f"scan-{n}")
        for n, id in enumerate(ids, 1)
    ]
    told = at_once(office, store, [first(office), *submits])
    assert [type(error) for error in told[1:]] == [type(fault)] * 2
    assert told[1] is not told[2]
    if isinstance(fault, OutcomeUnknown):
        assert [error.data["command_id"] for error in told[1:]] == ["scan-1", "scan-2"]
    store.fault = None
    assert office.residence.execute(Submit(ids[0], "1/GT"), command_id="scan-1").version == 2


def test_observers_hear_of_each_command_once_from_the_thread_that_asked() -> None:
    heard: list[tuple[str, int]] = []

    class Observer:
        @hookimpl
        def referral_flow_committed(self, record: Any) -> None:
            heard.append((record.stream, threading.get_ident()))

    store = Slow(MemoryStore())
    office = Office(store, plugins=[Observer()])  # type: ignore[arg-type]
    ids = [office.issued(member) for member in (1, 2, 3)]
    heard.clear()
    asking: dict[str, int] = {}

    def submit(id: str, number: int) -> None:
        asking[id] = threading.get_ident()
        office.residence.execute(Submit(id, f"{number}/GT"))

    submits: list[Call] = [partial(submit, id, n) for n, id in enumerate(ids, 1)]
    at_once(office, store, [first(office), *submits])
    assert dict(heard[1:]) == asking
    assert len(heard) == 4


def test_a_guard_that_asks_for_a_command_itself_does_not_wait_for_ever(tmp_path: Path) -> None:
    asked: list[str] = []
    desks: list[Office] = []

    def opens_a_group(_state: Any, _command: Any, _at: Any) -> Refusal | None:
        asked.append(desks[0].residence.execute(OpenGroup("r-1", name="Nhóm 2")).stream)
        return None

    class Odd:
        @hookimpl
        def referral_flow_guards(self) -> list[GuardFor]:
            return [GuardFor(Submit, opens_a_group)]

    office = Office(f"sqlite:///{tmp_path}/o.db", plugins=[Odd()])
    desks.append(office)
    id = office.issued()
    assert office.residence.execute(Submit(id, "1/GT")).value.state == "submitted"
    assert office.residence.get(asked[0]).name == "Nhóm 2"
    office.flow.close()


# --- the turns alone


class Stop(BaseException):
    """What a signal raises in the middle."""


def an_asked() -> Asked:
    return Asked(None, None, None, False)  # type: ignore[arg-type]


def settle(group: Sequence[Asked]) -> None:
    for asked in group:
        asked.settle(LookupError())


def test_a_leader_that_is_stopped_leaves_the_others_to_the_next() -> None:
    began, go = threading.Event(), threading.Event()
    groups: list[int] = []

    def carry_out(group: list[Asked]) -> None:
        groups.append(len(group))
        if len(groups) == 1:
            began.set()
            go.wait(30)
            settle(group)
        elif len(groups) == 2:
            raise Stop
        else:
            settle(group)

    together = Together(carry_out)
    asked = [an_asked() for _ in range(4)]
    stopped: list[int] = []

    def ask(number: int) -> None:
        try:
            together.ask(asked[number])
        except Stop:
            stopped.append(number)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    threads[0].start()
    began.wait(30)
    for number in (1, 2, 3):
        threads[number].start()
        while len(together._waiting) < number:
            time.sleep(0.001)
    go.set()
    for thread in threads:
        thread.join(30)
    assert groups == [1, 3, 2]
    assert stopped == [1]
    assert [one.settled for one in asked] == [True, False, True, True]
    assert together._leader is None


def test_who_is_interrupted_while_waiting_is_not_carried_out_later() -> None:
    code = """
import os, signal, threading, time
from referral_flow.application.asked import Asked
from referral_flow.application.together import Together

began, go, done = threading.Event(), threading.Event(), []

def carry_out(group):
    began.set()
    go.wait(30)
    for asked in group:
        asked.settle(LookupError())
        done.append(asked)

together = Together(carry_out)
ours, theirs = (Asked(None, None, None, False) for _ in range(2))
threading.Thread(target=together.ask, args=(theirs,)).start()
began.wait(30)

def interrupt():
    while not together._waiting:
        time.sleep(0.001)
    os.kill(os.getpid(), signal.SIGINT)

threading.Thread(target=interrupt).start()
try:
    together.ask(ours)
except KeyboardInterrupt:
    go.set()
    while together._leader is not None:
        time.sleep(0.001)
    print(done == [theirs], len(together._waiting))
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    assert ran.stdout == "True 0\n", ran.stderr


def test_who_was_interrupted_is_not_made_to_lead_when_its_group_fails() -> None:
    code = """
import os, signal, threading, time
from referral_flow.application.asked import Asked
from referral_flow.application.together import Together

gone, done, groups = threading.Event(), [], []

def waiting(number):
    while len(together._waiting) < number:
        time.sleep(0.001)

def carry_out(group):
    groups.append(len(group))
    if len(groups) == 1:
        waiting(2)
    elif len(groups) == 2:
        begin(last)
        waiting(1)
        os.kill(os.getpid(), signal.SIGINT)
        gone.wait(30)
        raise SystemExit
    for asked in group:
        asked.settle(LookupError())
        done.append(asked)

def begin(asked):
    thread = threading.Thread(target=together.ask, args=(asked,))
    thread.start()
    return thread

def interrupted():
    try:
        together.ask(ours)
    except KeyboardInterrupt:
        gone.set()

together = Together(carry_out)
first, leader, ours, last = (Asked(None, None, None, False) for _ in range(4))
begin(first)
while not groups:
    time.sleep(0.001)
begin(leader)
waiting(1)
interrupted()
for thread in threading.enumerate():
    if thread is not threading.current_thread():
        thread.join(30)
print(groups, done == [first, last], together._leader)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout == "[1, 2, 1] True None\n"


# --- a death


def write_until_killed(url: str) -> None:
    """Hand in papers with eight threads; print each id once it was acknowledged."""
    office = Office(url, empty=False)
    page = office.workplace.find(state="issued", limit=500)
    papers = [(r.id, r.paper.number) for r in page]

    def work(mine: list[tuple[str, str]]) -> None:
        for id, number in mine:
            office.residence.execute(Submit(id, number))
            os.write(1, f"{id}\n".encode())

    threads = [threading.Thread(target=work, args=(papers[n::8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/o.db"
    office = Office(url)
    office.operator.execute_many(AddMember(f"n-{n}", "w-1", f"Đồng chí {n}") for n in range(400))
    office.workplace.execute_many(
        Issue(f"n-{n}", "r-1", Paper(f"N{n}/GT", DAY)) for n in range(400)
    )
    office.flow.close()
    code = "import sys; from tests.application.test_together import write_until_killed as w;"
    child = subprocess.Popen(
        [sys.executable, "-c", f"{code} w(sys.argv[1])", url],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    told = [child.stdout.readline() for _ in range(40)]
    child.kill()
    told += child.stdout.readlines()
    child.wait()
    child.stdout.close()
    ids = [line.decode().strip() for line in told if line.endswith(b"\n")]
    assert len(ids) >= 40
    again = Office(url, empty=False)
    assert {again.workplace.get(id).state for id in ids} == {"submitted"}
    assert again.flow.verify().faults == ()
    again.flow.close()
