"""How the command line starts, ends and is stopped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from referral_flow import __version__
from referral_flow.cli import main
from referral_flow.cli.run import COMMANDS
from referral_flow.words import LANGUAGES
from tests.cli.conftest import Run
from tests.cli.told import Story

FLOW = "referral_flow.application.flow"


def in_a_process(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_it_runs_as_a_module(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "referral_flow.cli", "--version"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert ran.returncode == 0
    assert ran.stdout == f"referral-flow {__version__}\n"
    assert ran.stderr == ""


@pytest.mark.parametrize("part", ["cyclopts", "rich"])
def test_without_the_extra_one_line_says_how_to_install_it(part: str) -> None:
    code = (
        f"import sys; sys.modules[{part!r}] = None;"
        " from referral_flow.cli import main; sys.exit(main())"
    )
    for language, said in (("vi", "Hãy cài bằng lệnh"), ("en", "Install it with")):
        ran = in_a_process(code, "report", "--lang", language)
        assert ran.returncode == 2
        assert ran.stdout == ""
        (line,) = ran.stderr.splitlines()
        assert said in line
        assert line.endswith("pip install 'referral-flow[cli]'")


@pytest.mark.parametrize(
    ("arguments", "unused"),
    [
        (["--help"], [FLOW, "sqlite3", "transitions", "msgspec", "pluggy"]),
        (["--version"], [FLOW, "sqlite3", "rich.table"]),
        (["raport"], [FLOW, "sqlite3"]),
        (["diagram"], ["sqlite3", "transitions", "referral_flow.sample"]),
        (["plugins"], ["sqlite3", "transitions", "referral_flow.sample"]),
    ],
    ids=lambda value: value[0],
)
def test_what_is_not_used_is_not_imported(arguments: list[str], unused: list[str]) -> None:
    code = (
        "import sys; from referral_flow.cli import main; main(sys.argv[1:]);"
        " print(*sys.modules, sep='\\n')"
    )
    loaded = set(in_a_process(code, *arguments).stdout.splitlines())
    assert loaded
    assert not loaded & set(unused)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_names_every_command(run: Run, language: str) -> None:
    for asked in (["--help", "--lang", language], ["--lang", language], ["-h", "--lang", language]):
        told = run(*asked, now=None)
        assert told.code == 0
        assert told.err == ""
        listed = [row[0] for row in told.rows if row[0] in COMMANDS]
        assert listed == list(COMMANDS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_explained(run: Run, command: str, language: str) -> None:
    told = run(command, "--help", "--lang", language, now=None)
    assert told.code == 0
    for option in ("--store URL", "--as ROLE", "--json", "--lang vi|en", "--now ISO"):
        assert option in told.out
    assert "option_" not in told.out
    assert "help_" not in told.out


def test_an_interruption_is_no_traceback(
    run: Run, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    from referral_flow.application.desk import Desk

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Desk, "figures", interrupted)
    told = run("report", "--store", story.url)
    assert told.code == 130
    assert told.line == "Đã dừng theo yêu cầu."


def test_a_reader_who_has_seen_enough_is_no_fault(story: Story) -> None:
    command = [sys.executable, "-m", "referral_flow.cli", "diagram"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_terminal_without_vietnamese_letters_gets_codes(story: Story) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "referral_flow.cli", "report", "--store", story.url],
        capture_output=True,
        check=False,
        env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": ":".join(sys.path)},
    )
    assert ran.returncode == 0
    assert rb"Ph\u1ea1m vi" in ran.stdout


def test_the_arguments_are_those_of_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["referral-flow", "--version"])
    assert main() == 0
    assert capsys.readouterr().out == f"referral-flow {__version__}\n"
