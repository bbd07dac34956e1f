"""Notifiers of the command line: mail that is sent, addresses from a list, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.support.mail_server import PASSWORD, MailServer
from tests.support.province import Province

MORNING = "2013-11-21T09:00"
SECRETS = ("hunter2-and-more", "hunter/2-and-more")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def fresh(tmp_path: Path) -> str:
    """Give a store with a register and no message."""
    url = f"sqlite:///{tmp_path}/fresh.db"
    Province(url).flow.close()
    return url


@pytest.fixture
def addresses(tmp_path: Path) -> str:
    file = tmp_path / "addresses.csv"
    file.write_text(
        "recipient,address\nmember:m-1,one@example.org\n"
        "committee:r-1,ward@example.org\ncommittee:r-1,clerk@example.org\n",
        encoding="utf-8",
    )
    return str(file)


def issued(run: Run, url: str, *by: str) -> None:
    paper = ("--paper-number", "15/GT", "--paper-date", "2013-03-04")
    asked = ("issue", "--member", "m-1", "--residence", "r-1", *paper)
    told = run(*asked, "--store", url, "--as", "workplace:w-1", "--json", *by, now="2013-03-05")
    assert told.code == 0


def delivered(run: Run, url: str, *by: str, now: str = MORNING) -> tuple[int, dict[str, int], str]:
    told = run("deliver", "--store", url, "--json", *by, now=now)
    return told.code, told.json, told.err


# --- mail


def test_mail_is_really_sent_to_the_addresses_of_the_list(
    run: Run, fresh: str, addresses: str, server: MailServer
) -> None:
    smtp = ("--notifier", f"smtp://{server.url()}")
    issued(run, fresh, *smtp)
    code, counts, told = delivered(run, fresh, *smtp, "--addresses", addresses)
    assert (code, told, counts["accepted"]) == (0, "", 2)
    assert sorted(server.recipients) == [
        ["one@example.org"],
        ["ward@example.org", "clerk@example.org"],
    ]


def test_the_environment_names_notifiers_and_addresses_for_every_command(
    run: Run, fresh: str, addresses: str, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFERRAL_FLOW_NOTIFIERS", f"log: smtp://{server.url()}")
    monkeypatch.setenv("REFERRAL_FLOW_ADDRESSES", addresses)
    issued(run, fresh)
    _, counts, _ = delivered(run, fresh)
    assert (counts["accepted"], len(server.mails)) == (4, 2)


def test_what_was_queued_for_the_log_is_kept_and_told_where_only_mail_is_sent(
    run: Run, fresh: str, addresses: str, server: MailServer
) -> None:
    issued(run, fresh)
    smtp = ("--notifier", f"smtp://{server.url()}", "--addresses", addresses)
    for _ in range(2):
        code, counts, told = delivered(run, fresh, *smtp, "--lang", "en")
        assert (code, set(counts.values())) == (0, {0})
        assert "the notifier log, which is not given here: 2. They are kept." in told
    code, counts, told = delivered(run, fresh, "--lang", "vi")
    assert (code, counts["accepted"]) == (0, 2)
    assert "không có ở đây" not in told


def test_a_dead_letter_of_one_without_an_address_can_be_sent_again(
    run: Run, fresh: str, tmp_path: Path, server: MailServer
) -> None:
    file = tmp_path / "few.csv"
    file.write_text("recipient;address\nmember:m-1;one@example.org\n", encoding="utf-8")
    smtp = ("--notifier", f"smtp://{server.url()}")
    issued(run, fresh, *smtp)
    code, counts, _ = delivered(run, fresh, *smtp, "--addresses", str(file))
    assert (code, counts["accepted"], counts["parked"]) == (3, 1, 1)
    (letter,) = run("dead-letters", "--store", fresh, "--json").json["items"]
    assert (letter["recipient"], letter["reason"]) == ("committee:r-1", "no address")
    file.write_text("recipient,address\ncommittee:r-1,ward@example.org\n", encoding="utf-8")
    run("dead-letters", "send-again", letter["id"], "--store", fresh, now="2013-11-23T06:00")
    delivered(run, fresh, *smtp, "--addresses", str(file), now="2013-11-23T09:00")
    assert server.recipients[-1] == ["ward@example.org"]


# --- what cannot work is refused before anything is sent


def test_mail_without_any_address_is_refused_and_nothing_is_lost(
    run: Run, fresh: str, server: MailServer
) -> None:
    smtp = ("--notifier", f"smtp://{server.url()}")
    issued(run, fresh, *smtp)
    told = run("deliver", "--store", fresh, *smtp, now=MORNING)
    assert (told.code, told.line.partition(":")[0]) == (2, "addresses_needed")
    assert run("status", "--store", fresh, "--json").json["queues"] == {"smtp": 2}


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("recipient,address\nm-1,one@example.org\n", "bad_addresses"),
        ("recipient,address\nmember:,one@example.org\n", "bad_addresses"),
        ("recipient,address\nmember:m-1,\n", "bad_addresses"),
        ("recipient,address\nmember:m-1\n", "bad_addresses"),
        ("name,mail\nmember:m-1,one@example.org\n", "no_headings"),
        ("", "empty_file"),
        (None, "no_such_file"),
    ],
)
def test_a_list_that_is_none_is_refused(
    lines: str | None, code: str, run: Run, fresh: str, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    if lines is not None:
        file.write_text(lines, encoding="utf-8")
    told = run("deliver", "--store", fresh, "--addresses", str(file))
    assert (told.code, told.line.partition(":")[0]) == (1, code)
    assert "one@example.org" not in told.line


@pytest.mark.parametrize(
    ("notifiers", "code"),
    [
        (("smpt://mail.example.org?from=a@example.org",), "unknown_scheme"),
        (("smtp://mail.example.org",), "wrong_set_up"),
        (("log:", "log:"), "wrong_set_up"),
    ],
)
def test_a_notifier_that_cannot_be_is_told_before_anything_is_done(
    notifiers: tuple[str, ...], code: str, run: Run, fresh: str
) -> None:
    given = [part for url in notifiers for part in ("--notifier", url)]
    told = run("tick", "--store", fresh, *given)
    assert (told.code, told.line.partition(":")[0]) == (3 if code == "unknown_scheme" else 2, code)


# --- a password is shown nowhere


@pytest.mark.parametrize(
    "arguments",
    [
        ("deliver", "--notifier", "URL?from=nobody"),
        ("deliver", "--notifier", "URL?from=a@example.org&tls=none"),
        ("deliver", "--notifier", "URL?from=a@example.org&tsl=none"),
        ("deliver", "--notifier", "URL?from=a@example.org"),
        ("deliver", "--notifier", "URL", "--limit", "0"),
        ("deliver", "URL"),
        ("deliver", "--notifer", "URL"),
        ("deliver", "--notifer=URL"),
        ("URL", "deliver"),
        ("deliver", "--limit", "URL"),
        ("list", "--state", "URL", "--as", "operator"),
        ("status", "--max-outbox-age", "URL", "--notifier", "URL"),
    ],
)
@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_a_password_is_never_told_whatever_is_wrong(
    arguments: tuple[str, ...], as_json: tuple[str, ...], run: Run, fresh: str
) -> None:
    for secret in SECRETS:
        url = f"smtp://clerk:{secret}@mail.example.org"
        told = run(*(part.replace("URL", url) for part in arguments), "--store", fresh, *as_json)
        assert told.code != 0
        assert told.err
        assert secret not in told.out + told.err


def test_a_password_is_in_no_log_and_in_no_store(
    run: Run, fresh: str, addresses: str, caplog: pytest.LogCaptureFixture
) -> None:
    with MailServer(tls="none", auth=True) as server, caplog.at_level(0):
        user = f"clerk%40example.org:{PASSWORD.replace('@', '%40').replace('/', '%2F')}"
        smtp = f"smtp://{user.replace(' ', '%20')}@{server.url()}"
        issued(run, fresh, "--notifier", smtp)
        told = run("deliver", "--store", fresh, "--notifier", smtp, "--addresses", addresses)
    assert PASSWORD not in caplog.text + told.out + told.err
    stored = Path(fresh.removeprefix("sqlite:///"))
    for file in stored.parent.glob("fresh.db*"):
        assert PASSWORD.encode() not in file.read_bytes()
