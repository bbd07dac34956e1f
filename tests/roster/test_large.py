"""A long roster in bounded memory, measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.roster.conftest import TODAY, Office

# Linux counts into `ru_maxrss` what the test's own process held when this one was begun.
MEASURED = """
import resource, sys
from pathlib import Path
from referral_flow.cli import main
code = main(sys.argv[1:])
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
status = Path("/proc/self/status")
if status.exists():
    most = int(status.read_text().partition("VmHWM:")[2].split()[0])
print(code, most // 1024)
"""
HEADINGS = "member_id,full_name,workplace,residence,paper_number,issued_on\n"


def megabytes(office: Office, file: Path, rows: int, *options: str) -> int:
    """Import made rows and give the memory at its most."""
    with file.open("w", encoding="utf-8") as out:
        out.write(HEADINGS)
        for n in range(rows):
            out.write(f"m-{n:07},Người Mẫu Số {n},w-1,r-1,{n}/GT,2013-03-{1 + n % 28:02}\n")
    command = [sys.executable, "-c", MEASURED, "import", str(file), "--store", office.url]
    done = subprocess.run(
        [*command, "--now", TODAY, *options], capture_output=True, text=True, check=True
    )
    code, most = done.stdout.splitlines()[-1].split()
    assert code == "0", done.stderr
    return int(most)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_rows(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    few = megabytes(office, file, 20_000, "--dry-run")
    many = megabytes(office, file, 80_000, "--dry-run")
    assert many < few + 25, (few, many)


@pytest.mark.slow
def test_a_million_lines_are_read_in_the_memory_of_a_few(office: Office, tmp_path: Path) -> None:
    """A wrong byte in the last line refuses the file, after all of it was read."""
    file = tmp_path / "r.csv"
    with file.open("wb") as out:
        out.write(HEADINGS.encode())
        for n in range(1_000_000):
            out.write(f"m-{n:07},Mẫu {n},w-1,r-1,{n}/GT,2013-03-01\n".encode())
        out.write(b"m-x,\xff\xfe,w-1,r-1,1/GT,2013-03-01\n")
    command = [sys.executable, "-c", MEASURED, "import", str(file), "--store", office.url]
    done = subprocess.run([*command, "--now", TODAY], capture_output=True, text=True, check=True)
    code, most = done.stdout.split()
    assert code == "1"
    assert done.stderr.startswith("broken_encoding: ")
    assert int(most) < 150
    assert not office.referrals()[1:]
