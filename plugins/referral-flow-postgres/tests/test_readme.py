"""What the README says to type does what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import psycopg
import pytest
from referral_flow_postgres import address
from referral_flow_postgres.store import PostgresStore

from referral_flow.cli.run import run
from referral_flow.errors import StoreError
from tests.support.postgres_server import PostgresServer

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
PLACE = "postgresql://clerk@db/office"


def test_its_beginning_is_run(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = re.findall(r"^\$ referral-flow (.*)$", README, re.MULTILINE)
    assert [command.split()[-1] for command in commands] == ["--plan", "--sql", "--apply"]
    for command in commands:
        assert run(shlex.split(command.replace(PLACE, url))) == 0
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    capsys.readouterr()
    exec(block.replace(PLACE, url), {})
    assert "StoreState(schema=" in capsys.readouterr().out


def test_its_options_are_those_there_are() -> None:
    told = re.findall(r"^\| `(\w+)` \| `(\w+)` \|", README, re.MULTILINE)
    plain = address.parse(PLACE)
    there = {name: str(getattr(plain, name)) for name in address._OURS}
    assert dict(told) == {**there, "connect_timeout": f"{plain.patience:g}"}


def test_its_rights_are_enough(postgres_server: PostgresServer) -> None:
    with postgres_server.connect() as administrator:
        administrator.execute("CREATE DATABASE rights")
        administrator.execute("CREATE ROLE clerk LOGIN PASSWORD 'x'")
    place = postgres_server.url("rights")
    clerk = f"postgresql://clerk:x@127.0.0.1:{postgres_server.port}/rights"
    PostgresStore(place).migrate()
    with pytest.raises(StoreError, match="permission denied"):
        PostgresStore(clerk)
    (grants,) = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
    with psycopg.connect(place) as owner:
        owner.execute(grants.encode())
    store = PostgresStore(clerk)
    store.note_run("tick", 1)
    assert store.check().runs == {"tick": 1}
