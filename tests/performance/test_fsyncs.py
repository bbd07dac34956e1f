"""How often a command waits for the disk: the system calls of a process, counted as they come."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from ptrace.debugger import PtraceDebugger
from ptrace.func_call import FunctionCallOptions

COMMANDS = 7
STORE = """
import os, sys
from tests.application.office import Office
from referral_flow.commands import Submit
office = Office(sys.argv[1])
ids = [office.issued(member) for member in range(1, 9)]
commands = [Submit(id, f"{n}/GT") for n, id in enumerate(ids, 1)]
office.residence.execute(commands[0])
print("ready", flush=True)
sys.stdin.readline()
for command in commands[1:]:
    office.residence.execute(command)
os.write(1, b"done")
"""


def calls(url: str) -> Counter[str]:
    """Count the system calls of the commands, from when it is ready to when it says done."""
    child = subprocess.Popen(
        [sys.executable, "-c", STORE, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None
    assert child.stdout is not None
    counted: Counter[str] = Counter()
    with child:
        assert child.stdout.readline() == b"ready\n"
        debugger = PtraceDebugger()
        traced = debugger.addProcess(child.pid, False)
        child.stdin.write(b"go\n")
        child.stdin.flush()
        while counted["write"] == 0:
            traced.syscall()
            debugger.waitSyscall()
            call = traced.syscall_state.event(FunctionCallOptions())
            if call is not None and call.result is None:
                counted[call.name] += 1
        traced.detach()
        debugger.quit()
        assert child.stdout.read() == b"done"
    assert child.returncode == 0
    return counted


@pytest.mark.parametrize(("synchronous", "syncs"), [("full", COMMANDS), ("normal", 0)])
def test_a_command_waits_for_the_disk_once(tmp_path: Path, synchronous: str, syncs: int) -> None:
    counted = calls(f"sqlite:///{tmp_path}/o.db?synchronous={synchronous}")
    assert counted["fsync"] + counted["fdatasync"] == syncs
    # So that a count of none does not mean that nothing was written, or nothing was seen.
    assert counted["pwrite64"] >= COMMANDS
