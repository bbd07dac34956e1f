"""That there are words for everything that can be said, in both languages alike."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from referral_flow import errors, words
from referral_flow.domain.batch.process import BATCH_PROCESS
from referral_flow.domain.group.process import GROUP_PROCESS
from referral_flow.domain.group.state import GroupKind, ItemKind, Meeting
from referral_flow.domain.people import Role
from referral_flow.domain.referral.process import REFERRAL_PROCESS
from referral_flow.domain.referral.state import Attendance
from referral_flow.domain.register.process import REGISTER_PROCESSES
from referral_flow.domain.rules import PACKAGED, packaged
from referral_flow.engine import Finding, Refusal, RefusalKind
from referral_flow.engine.command import name_of
from referral_flow.engine.verdict import Verdict
from referral_flow.errors import ReferralFlowError, Refused
from referral_flow.words import LANGUAGES, say, table

SOURCE = Path(words.__file__).parents[1]
PROCESSES = (REFERRAL_PROCESS, GROUP_PROCESS, BATCH_PROCESS, *REGISTER_PROCESSES)
PACKAGES = (
    "referral_flow.words",
    "referral_flow.notifiers.log_words",
    "referral_flow.notifiers.smtp_words",
)
FINDINGS = [finding for process in PROCESSES for finding in process.findings]

REQUIRED_FIELDS: dict[str, dict[str, Any]] = {
    "error": {},
    "refused": {"command": "assign"},
    "lost_race": {"stream": "01890a5d"},
    "command_reused": {"command_id": "scan-881"},
    "outcome_unknown": {"command_id": "scan-881"},
    "invalid_command": {"command": "issue", "problem": "`paper` is missing"},
    "no_transaction": {"hint": 'connection.execute("BEGIN IMMEDIATE")'},
    "other_database": {},
    "lease_lost": {},
    "store_failed": {"problem": "the disk is full"},
    "store_missing": {"path": "data/referrals.db"},
    "store_unreadable": {"path": "data/referrals.db", "problem": "it is no database"},
    "wrong_url": {"url": "sqlite://x", "problem": "no_file_named"},
    "store_not_migrated": {"path": "data/referrals.db", "found": 1, "wanted": 2},
    "store_too_new": {"path": "data/referrals.db", "found": 3, "wanted": 2},
    "taken": {"kind": "paper", "value": "w-2/2013/15/gt"},
    "wrong_set_up": {"problem": "a process is named twice"},
    "wrong_lifecycle": {"lifecycle": "referral", "row": "submit", "problem": "no such state"},
    "wrong_rule_set": {"source": "ours.toml", "line": 7, "problem": "unknown key 'limt'"},
    "unknown_scheme": {"scheme": "sqlit", "known": ("memory", "sqlite"), "near": "sqlite"},
    "wrong_plugin": {"plugin": "apprise", "distribution": "a-plugin", "problem": "it is too old"},
}


@cache
def calls(name: str) -> tuple[ast.Call, ...]:
    """Find the calls of `name` in the library's source."""
    trees = (ast.parse(path.read_text("utf-8")) for path in sorted(SOURCE.rglob("*.py")))
    return tuple(
        node
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == name
    )


REFUSALS = [c for c in calls("Refusal") if c.args and isinstance(c.args[0], ast.Constant)]


def code_of(call: ast.Call) -> str:
    code = call.args[0]
    assert isinstance(code, ast.Constant)
    return str(code.value)


def keys_of(node: ast.AST) -> set[str]:
    """Give the keys of a dictionary that is written out."""
    if not isinstance(node, ast.Dict):
        return set()
    return {str(key.value) for key in node.keys if isinstance(key, ast.Constant)}


def data_of(function: Callable[..., Any]) -> Iterator[set[str]]:
    """Give the keys of each dictionary that a function, or one that it calls, writes out."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            yield keys_of(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called = inspect.unwrap(function).__globals__.get(node.func.id)
            if inspect.isfunction(called) and called.__module__ == function.__module__:
                yield from data_of(called)


def fields(sentence: str) -> set[tuple[str, str]]:
    """Give the fields that a sentence names, with the section by which each is shown."""
    return set(re.findall(r"\{(\w+):?(\w*)\}", sentence))


def needed(sentence: str) -> set[str]:
    """Give the fields without which a sentence cannot be said."""
    return {name for name, _ in fields(re.sub(r"\[[^\[\]]*\]", "", sentence))}


def sentences(language: str, package: str) -> Iterator[tuple[str, str, str]]:
    for section, entries in table(language, package).items():
        for code, sentence in entries.items():
            yield section, code, sentence


def error_classes(cls: type[ReferralFlowError] = ReferralFlowError) -> Iterator[type[Any]]:
    yield cls
    for further in cls.__subclasses__():
        if further.__module__ == errors.__name__:
            yield from error_classes(further)


REFUSAL_CODES = sorted(
    {code_of(call) for call in REFUSALS}
    | {code for process in PROCESSES for code in process.claims.values()}
    | {kind.value for kind in (RefusalKind.LOST_RACE, RefusalKind.UNKNOWN_COMMAND)}
    # A batch gives these errors as the refusals of their rows.
    | {"command_reused", "invalid_command"}
)


@pytest.mark.parametrize("package", PACKAGES)
def test_both_languages_have_the_same_keys_and_fields(package: str) -> None:
    vietnamese, english = (
        {(section, code): fields(said) for section, code, said in sentences(language, package)}
        for language in LANGUAGES
    )
    assert vietnamese == english


@pytest.mark.parametrize("package", PACKAGES)
def test_both_languages_may_leave_out_the_same_fields(package: str) -> None:
    vietnamese, english = (
        {(section, code): needed(said) for section, code, said in sentences(language, package)}
        for language in LANGUAGES
    )
    assert vietnamese == english


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_composed_and_fields_are_shown_by_sections_that_exist(
    language: str, package: str
) -> None:
    for section, code, sentence in sentences(language, package):
        assert sentence == unicodedata.normalize("NFC", sentence).strip(), (section, code)
        assert "\n" not in sentence, (section, code)
        for _, shown_by in fields(sentence):
            assert not shown_by or shown_by in table(language, package), (section, code)


@pytest.mark.parametrize("code", REFUSAL_CODES)
def test_every_refusal_has_a_sentence(code: str) -> None:
    for language in LANGUAGES:
        assert code in table(language)["refusal"]


def test_no_sentence_is_kept_for_a_refusal_that_is_never_given() -> None:
    assert set(table("vi")["refusal"]) == set(REFUSAL_CODES)


@pytest.mark.parametrize("call", REFUSALS, ids=code_of)
def test_the_sentence_of_a_refusal_names_what_each_guard_gives(call: ast.Call) -> None:
    sentence = table("vi")["refusal"][code_of(call)]
    given = keys_of(call.args[1]) if len(call.args) > 1 else set()
    if any(keyword.arg == "missing" for keyword in call.keywords):
        given.add("missing")
    assert needed(sentence) <= given
    assert given <= {name for name, _ in fields(sentence)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_with_a_code_has_words(language: str) -> None:
    source = Path(words.__file__).parents[1]
    texts = (file.read_text("utf-8") for file in source.rglob("*.py"))
    codes = {code for text in texts for code in re.findall(r'problem="([a-z]+(?:_[a-z]+)+)"', text)}
    assert len(codes) > 12
    assert codes <= table(language)["problem"].keys()


def test_what_may_be_missing_has_a_name() -> None:
    named = {
        str(name.value)
        for call in REFUSALS
        for keyword in call.keywords
        if keyword.arg == "missing" and isinstance(keyword.value, ast.Tuple)
        for name in keyword.value.elts
        if isinstance(name, ast.Constant)
    }
    named |= set(Meeting("a meeting").missing)
    supports = [
        support for name in PACKAGED for support in packaged(name).evaluation.support.values()
    ]
    low = {criterion for support in supports for criterion in support.not_low}
    short = {"attendance", "contributions_or_duties", *low}
    assert {"reason", "late_reason", "call", "excused", "starts_at", "why", "front"} <= named
    assert named | short <= set(table("vi")["missing"])
    assert short <= set(table("vi")["support"])


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.code)
def test_every_finding_has_a_sentence_of_what_it_gives(finding: Finding) -> None:
    given = list(data_of(finding.when))
    assert given
    for language in LANGUAGES:
        sentence = table(language)["finding"][finding.code]
        for keys in given:
            assert {name for name, _ in fields(sentence)} == keys


def test_every_command_has_a_name() -> None:
    names = {name_of(command) for process in PROCESSES for command in process.decide}
    assert set(table("vi")["command"]) == names


def test_every_event_has_a_name() -> None:
    names = {name.partition("@")[0] for process in PROCESSES for name in process.events}
    assert set(table("vi")["event"]) == names


def test_every_state_has_a_name() -> None:
    states = {str(state) for process in PROCESSES for state in process.lifecycle.states}
    assert states <= set(table("vi")["state"])


def test_every_kind_and_claim_has_a_name() -> None:
    assert {process.kind for process in PROCESSES} == set(table("vi")["kind"])
    claims = {kind for process in PROCESSES for kind in process.claims}
    assert claims == set(table("vi")["claim"])


@pytest.mark.parametrize(
    ("section", "codes"),
    [
        ("role", Role),
        ("attendance", Attendance),
        ("group_kind", GroupKind),
        ("item", ItemKind),
        ("verdict", Verdict),
        ("refusal_kind", RefusalKind),
    ],
)
def test_every_code_of_a_closed_list_has_a_name(section: str, codes: type[StrEnum]) -> None:
    assert set(table("vi")[section]) == {code.value for code in codes}


@pytest.mark.parametrize("name", PACKAGED)
def test_what_the_rule_sets_name_has_a_name(name: str) -> None:
    rules = packaged(name)
    for section, codes in (
        ("rating", rules.evaluation.ratings),
        ("criterion", rules.evaluation.criteria),
        ("level", rules.evaluation.levels),
        ("recommendation", rules.evaluation.recommendations),
        ("class", rules.classification.classes),
        ("occasion", rules.request.occasions),
        ("exemption_ground", rules.exemption.grounds),
        ("end_reason", rules.end.reasons),
    ):
        assert set(codes) <= set(table("vi")[section])


def test_every_figure_has_a_name() -> None:
    figures = {figure.code for process in PROCESSES for figure in process.figures}
    assert {"members", "eligible", *figures} <= set(table("vi")["report"])


@pytest.mark.parametrize("cls", list(error_classes()), ids=lambda cls: cls.__name__)
def test_every_error_says_what_to_do_in_one_line(cls: type[Any]) -> None:
    data = REQUIRED_FIELDS[cls.code]
    said = {language: say("error", cls.code, language, data) for language in LANGUAGES}
    if cls is not Refused:
        assert str(cls(**data)) == said["en"]
    for sentence in said.values():
        assert not set("{}[]\n") & set(sentence)
        assert sentence.endswith(".")
        assert not sentence[0].islower()
        # One sentence: it is put into logs and tracebacks.
        assert ". " not in sentence
    assert needed(table("en")["error"][cls.code]) <= set(data)
    assert set(data) <= {name for name, _ in fields(table("en")["error"][cls.code])}


def test_every_error_code_has_a_sentence_and_no_other() -> None:
    codes = {cls.code for cls in error_classes()}
    assert codes == set(table("en")["error"]) == set(REQUIRED_FIELDS)


@pytest.mark.parametrize("cls", list(error_classes()), ids=lambda cls: cls.__name__)
def test_an_error_is_raised_with_what_its_sentence_names(cls: type[Any]) -> None:
    for call in calls(cls.__name__):
        given = {keyword.arg for keyword in call.keywords}
        if not call.args and None not in given:
            assert needed(table("en")["error"][cls.code]) <= given, ast.unparse(call)


def test_a_refused_command_says_each_reason() -> None:
    refused = Refused(
        (
            Refusal("group_full", {"group": "g-2", "limit": 15}),
            Refusal("reason_required", missing=("reason",)),
        ),
        "assign",
    )
    assert str(refused) == (
        "The group g-2 has all of its 15 members. Choose another group, or open one. "
        "What is missing: a reason. Give it in words."
    )
    assert refused.says("vi") == (
        "Nhóm g-2 đã đủ 15 đồng chí. Chọn nhóm khác, hoặc lập thêm nhóm. "
        "Còn thiếu lý do. Hãy ghi rõ bằng lời."
    )
