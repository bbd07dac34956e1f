"""Write into hooks.md what hooks.py promises: `make docs-hooks`. The examples are the page's own.

A part that is made stands between `<!-- hook NAME -->` and `<!-- end -->`, or, for the table
of all, `<!-- hooks -->`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from referral_flow.hooks import ALL_HOOKS, HOOKS_VERSION, promise_of

PAGE = Path(__file__).with_name("hooks.md")

_PART = re.compile(r"(?<=<!-- )(hook \w+|hooks)( -->\n).*?(?=<!-- end -->)", re.DOTALL)


def written(page: str) -> str:
    """Give the page with every part made anew; raises KeyError for a hook that there is not."""
    parts = _parts()
    return _PART.sub(lambda found: f"{found[1]}{found[2]}\n{parts[found[1]]}\n\n", page)


def hooks_in(page: str) -> list[str]:
    """Give the names of the hooks that a page has a part for."""
    return [name.partition(" ")[2] for name, _ in _PART.findall(page) if name != "hooks"]


def _parts() -> Mapping[str, str]:
    return {"hooks": _table(), **{f"hook {spec.__name__}": _hook(spec) for spec in ALL_HOOKS}}


def _table() -> str:
    rows = ["| hook | called | if it raises, exits or gives what is not due |", "|---|---|---|"]
    for spec in ALL_HOOKS:
        promise = promise_of(spec)
        name = spec.__name__
        rows.append(f"| [`{name}`](#{name}) | {promise.calling.when} | {promise.fault} |")
    return "\n".join(rows)


def _hook(spec: Callable[..., Any]) -> str:
    promise, name = promise_of(spec), spec.__name__
    calling = promise.calling
    signature = str(inspect.signature(spec)).replace("'", "")
    return "\n".join(
        (
            f"## `{name}`",
            "",
            f"`{name}{signature}`",
            "",
            inspect.cleandoc(spec.__doc__ or ""),
            "",
            f"- **Called**: {calling.when}",
            f"- **Thread**: {calling.thread}",
            f"- **Transaction**: {calling.transaction}",
            f"- **If it raises, exits or gives what is not due**: {promise.fault}",
            f"- **Since**: {promise.since}, in version {HOOKS_VERSION} of the hooks.",
        )
    )


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
