"""The page of the hooks says what the source says."""

from __future__ import annotations

from docs.hooks_page import PAGE, hooks_in, written
from referral_flow.hooks import ALL_HOOKS

TEXT = PAGE.read_text("utf-8")


def test_the_page_is_what_the_source_gives() -> None:
    assert written(TEXT) == TEXT, "make docs-hooks"


def test_a_promise_that_changed_would_be_seen() -> None:
    assert written(TEXT.replace("twelve times in all", "for ever")) == TEXT


def test_every_hook_has_its_part_and_a_whole_example_after_it() -> None:
    names = {spec.__name__ for spec in ALL_HOOKS}
    assert sorted(hooks_in(TEXT)) == sorted(names)
    for name in names:
        after = TEXT.partition(f"<!-- hook {name} -->")[2].partition("<!-- end -->")[2]
        example = after.partition("<!-- hook ")[0]
        assert f"def {name}(" in example
        assert "@hookimpl" in example
        assert "assert " in example
