"""A whole story through the front door and the command line, by several processes."""

from __future__ import annotations

import json
import signal
import threading
from collections import Counter
from datetime import timedelta

import psycopg
import pytest
from referral_flow_postgres.session import Session
from referral_flow_postgres.store import PostgresStore

from referral_flow import Paper, ReferralFlow, Refused
from referral_flow.cli.run import run
from referral_flow.commands import Issue
from referral_flow.errors import OutcomeUnknown, StoreNotMigrated
from referral_flow.plugin_host import Choice
from referral_flow.testing.store_clauses.children import at_once
from tests.support.postgres_children import tick_and_deliver
from tests.support.postgres_server import PASSWORD, QUOTED, PostgresServer
from tests.support.province import Province

PROCESSES = 4
PAST_THE_DEADLINE = timedelta(days=31)


def a_province(url: str) -> Province:
    """Give a province in which twenty papers were issued and sixteen handed in."""
    store = PostgresStore(url)
    store.migrate()
    province = Province(store, messages="at once", plugins=Choice.NONE)
    for number in range(1, 21):
        referral = province.an_issued(f"m-{number}")
        if number > 4:
            province.submitted(referral)
    return province


def test_a_flow_says_what_to_type_where_there_is_no_store(url: str) -> None:
    with pytest.raises(StoreNotMigrated, match=r"migrate --store .* --apply"):
        ReferralFlow.open(url)


def test_four_processes_fire_each_timer_and_send_each_message_once(url: str) -> None:
    here = a_province(url)
    waiting = here.flow.check().waiting
    assert waiting > 20
    now = here.clock.now + PAST_THE_DEADLINE
    told = at_once(tick_and_deliver, [(url, now, 2)] * PROCESSES)
    sent = Counter(key for _, keys in told for key in keys)
    assert set(sent.values()) == {1}
    assert sum(fired for fired, _ in told) > 0
    assert len(sent) >= waiting
    state = here.flow.check()
    assert (state.waiting, state.parked) == (0, 0)
    assert here.flow.verify().faults == ()


def test_nothing_is_lost_where_the_server_dies_under_four_processes(
    postgres_server: PostgresServer, url: str
) -> None:
    here = a_province(url)
    waiting = here.flow.check().waiting
    now = here.clock.now + PAST_THE_DEADLINE
    told: list[tuple[int, list[str]]] = []
    working = threading.Thread(
        target=lambda: told.extend(at_once(tick_and_deliver, [(url, now, 3)] * PROCESSES))
    )
    working.start()
    while here.flow.check().waiting == waiting:
        assert working.is_alive()
    # From this thread: a server of the tests ends with the thread that started it.
    postgres_server.stop(signal.SIGKILL)
    postgres_server.start()
    working.join()
    # Leases of whoever was cut run out, and then the rest is done.
    told += at_once(tick_and_deliver, [(url, now + timedelta(hours=2), 2)])
    sent = Counter(key for _, keys in told for key in keys)
    assert len(sent) >= waiting
    assert here.flow.check().waiting == 0
    assert here.flow.verify().faults == ()


def test_an_unknown_outcome_is_resolved_by_its_command_id(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = a_province(url)
    commit = Session.commit

    def cut(session: Session) -> None:
        reading = session.ended
        commit(session)
        if not reading:
            session.connection.close()
            raise psycopg.OperationalError("the connection is lost")

    issue = Issue("n-1", "r-1", Paper("99/GT", here.today))
    with monkeypatch.context() as patch:
        patch.setattr(Session, "commit", cut)
        with pytest.raises(OutcomeUnknown) as told:
            here.other_office.execute(issue)
    again = here.other_office.execute(issue, command_id=told.value.data["command_id"])
    assert again.repeated
    with pytest.raises(Refused) as refused:
        here.other_office.execute(issue)
    assert "open_referral_exists" in refused.value.codes


def test_the_command_line_works_on_it(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    def typed(*words: str, code: int = 0) -> str:
        assert run([*words, "--store", url, "--lang", "en"]) == code
        captured = capsys.readouterr()
        for secret in (PASSWORD, QUOTED):
            assert secret not in captured.out + captured.err
        return captured.out + captured.err

    assert "make a backup" in typed("report", code=3)
    assert "0001_streams is missing" in typed("migrate")
    assert "CREATE TABLE rf_stream" in typed("migrate", "--sql")
    assert "0001_streams was done" in typed("migrate", "--apply")
    assert "referral-flow worklist --store postgresql://postgres@" in typed("demo")
    assert json.loads(typed("verify", "--json"))["faults"] == []
    status = typed("status", "--max-outbox-age", "9999d", "--max-late-timers", "9999")
    assert "PostgreSQL" in status
    assert "fsync" in status
    typed("tick", "--now", "2014-01-05")
    typed("report")
