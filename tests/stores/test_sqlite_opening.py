"""What SQLite opens, what it refuses to open, and with which words."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from referral_flow.errors import (
    StoreError,
    StoreMissing,
    StoreNotMigrated,
    StoreTooNew,
    StoreUnreadable,
    WrongUrl,
)
from referral_flow.stores import built_in_stores, sqlite_opening
from referral_flow.stores.sqlite import SqliteStore
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.children import at_once
from referral_flow.testing.store_clauses.rows import stream
from tests.stores import in_a_child

STEPS = ("0001_streams", "0002_messages", "0003_moves_and_runs", "0004_outbox_in_order")


def url_of(path: Path, options: str = "") -> str:
    return f"sqlite:///{path}{options}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def hosts_file(path: Path) -> Path:
    """A database of somebody else, with no table of ours."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE note (text TEXT)")
    connection.execute("INSERT INTO note VALUES ('mine')")
    connection.commit()
    connection.close()
    return path


def test_a_path_with_three_slashes_is_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = SqliteStore("sqlite:///here.db")
    monkeypatch.chdir("/")
    store.append(rows.created(stream(1)))
    assert store.scan() == [stream(1)]
    store.close()
    assert (tmp_path / "here.db").exists()


def test_a_path_with_four_slashes_is_absolute(path: Path) -> None:
    assert url_of(path).startswith("sqlite:////")
    SqliteStore(url_of(path)).close()
    assert path.exists()


def test_a_path_may_hold_any_sign_but_a_question_mark(tmp_path: Path) -> None:
    path = tmp_path / "sổ giới thiệu 100% #1 & 'a'.db"
    SqliteStore(url_of(path)).close()
    assert path.exists()


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    path.touch()
    store = SqliteStore(url_of(path))
    assert store.check().schema == store.check().wanted
    store.close()


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///file::memory:", "sqlite:x"]
)
def test_a_database_in_memory_is_refused_with_a_word_of_help(url: str) -> None:
    with pytest.raises(WrongUrl, match="memory:"):
        SqliteStore(url)


@pytest.mark.parametrize(
    "options", ["?synchronous=fulll", "?synchronous=off", "?mmap_size=big", "?mode=ro", "?nolock"]
)
def test_an_option_that_is_not_known_is_refused(path: Path, options: str) -> None:
    with pytest.raises(WrongUrl, match="synchronous=normal"):
        SqliteStore(url_of(path, options))
    assert not path.exists()


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing) as told:
        SqliteStore(url_of(tmp_path / "none" / "store.db"))
    assert told.value.data["path"] == str(tmp_path / "none" / "store.db")


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreadable) as told:
        SqliteStore(url_of(tmp_path))
    assert told.value.data["path"] == str(tmp_path)


def test_a_file_that_is_no_database_is_left_as_it_is(path: Path) -> None:
    path.write_text("một hai ba\n" * 1000, encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(StoreUnreadable):
        SqliteStore(url_of(path))
    assert path.read_bytes() == before


@pytest.mark.parametrize("what", ["file", "folder", "new file"])
def test_what_may_not_be_written_is_not_opened(what: str) -> None:
    assert at_once(in_a_child.open_what_may_not_be_written, [(what,)]) == ["StoreUnreadable"]


def test_a_newer_schema_is_refused(path: Path) -> None:
    SqliteStore(url_of(path)).close()
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO rf_schema (version, applied_at) VALUES (999, 0)")
    connection.commit()
    connection.close()
    with pytest.raises(StoreTooNew) as told:
        SqliteStore(url_of(path))
    assert told.value.data["found"] == 999
    assert told.value.data["wanted"] < 999


def test_an_older_schema_waits_for_its_migration(hosts_file: Path) -> None:
    store = SqliteStore(url_of(hosts_file))
    assert store.check().schema < store.check().wanted
    for use in (store.scan, store.secret, lambda: store.append(rows.created(stream(1)))):
        with pytest.raises(StoreNotMigrated) as told:
            use()
        assert (told.value.data["found"], told.value.data["wanted"]) == (0, len(STEPS))
    store.close()


def test_a_migration_is_shown_before_it_is_done(hosts_file: Path) -> None:
    store = SqliteStore(url_of(hosts_file))
    steps = store.migrate(dry_run=True)
    assert steps == STEPS
    assert store.check().schema == 0
    assert store.migrate() == steps
    assert store.migrate() == ()
    store.append(rows.created(stream(1)))
    store.close()
    connection = sqlite3.connect(hosts_file)
    assert connection.execute("SELECT text FROM note").fetchall() == [("mine",)]
    connection.close()


def test_eight_processes_migrate_once(hosts_file: Path) -> None:
    told = at_once(in_a_child.migrate, [(url_of(hosts_file),)] * 8)
    assert sorted(len(done) for done, _ in told) == [0] * 7 + [len(STEPS)]
    assert len({secret for _, secret in told}) == 1


def test_a_migration_that_fails_leaves_nothing(
    hosts_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(url_of(hosts_file))
    with monkeypatch.context() as broken:
        broken.setattr("referral_flow.stores.sqlite_schema.time.time_ns", lambda: "now")
        with pytest.raises(TypeError, match="int"):
            store.migrate()
    assert store.check().schema == 0
    assert store.migrate() == STEPS
    store.close()


def test_every_connection_is_durable(path: Path) -> None:
    store = SqliteStore(url_of(path))
    store.scan()
    for link, query_only in ((store._writer, 0), (store._idle[0], 1)):
        found = {
            name: link.execute(f"PRAGMA {name}")[1][0][0]
            for name in ("journal_mode", "synchronous", "cache_size", "query_only", "mmap_size")
        }
        assert found == {
            "journal_mode": "wal",
            "synchronous": 2,
            "cache_size": -64000,
            "query_only": query_only,
            "mmap_size": 0,
        }
    assert store.check().notes["synchronous"] == "full"
    store.close()


def test_less_than_durable_is_told(path: Path) -> None:
    store = SqliteStore(url_of(path, "?synchronous=normal&mmap_size=1048576"))
    assert store.check().notes["synchronous"] == "normal"
    assert store._writer.execute("PRAGMA synchronous")[1] == [(1,)]
    assert store._writer.execute("PRAGMA mmap_size")[1] == [(1048576,)]
    store.close()


@pytest.mark.parametrize("spelt", ["fulll", "FUL", "7"])
def test_a_setting_that_does_not_hold_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch, spelt: str
) -> None:
    monkeypatch.setattr(
        sqlite_opening, "settings", lambda place, reading: {"synchronous": (spelt, 2)}
    )
    with pytest.raises(StoreUnreadable, match="synchronous"):
        SqliteStore(url_of(path))


def test_a_file_system_without_wal_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    execute = sqlite_opening.SqliteLink.execute

    def stubborn(link: sqlite_opening.SqliteLink, sql: str, values: object = ()) -> object:
        return (0, [("delete",)]) if "journal_mode" in sql else execute(link, sql)

    monkeypatch.setattr(sqlite_opening.SqliteLink, "execute", stubborn)
    with pytest.raises(StoreUnreadable, match="journal_mode"):
        SqliteStore(url_of(path))


def test_an_old_library_of_sqlite_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 37, 2))
    with pytest.raises(StoreError, match=r"3\.38"):
        SqliteStore(url_of(path))
    assert not path.exists()


def test_opening_does_not_wait_for_a_writer(path: Path) -> None:
    SqliteStore(url_of(path)).close()
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    store = SqliteStore(url_of(path))
    assert store.scan() == []
    writer.execute("COMMIT")
    writer.close()
    store.close()


def test_the_built_in_stores_are_made_by_their_scheme(path: Path) -> None:
    made = built_in_stores()
    stores = [made["memory"]("memory:"), made["sqlite"](url_of(path))]
    assert [sorted(store.capabilities) for store in stores] == [
        [],
        ["durable", "join", "processes"],
    ]
    for store in stores:
        store.close()
    assert set(made) == {"memory", "sqlite"}
    assert path.exists()
