"""The schema of a store: what is still to be done, its SQL, and doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from referral_flow.cli.failing import DONE, complain
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.usage import WrongUsage
from referral_flow.cli.work import bare_store

if TYPE_CHECKING:
    from referral_flow.ports import Store

_ALONE = Parameter(negative=())


def migrate(
    *,
    plan: Annotated[bool, _ALONE] = False,
    sql: Annotated[bool, _ALONE] = False,
    apply: Annotated[bool, _ALONE] = False,
    common: Common = DEFAULT,
) -> int:
    """Say which steps are missing, show their SQL, or do them in one transaction."""
    if plan + sql + apply > 1:
        raise WrongUsage("one_of", options=("--plan", "--sql", "--apply"))
    with bare_store(common, may_make=apply) as (store, _, out):
        state = store.check()
        steps = store.migrate(dry_run=not apply)
        text = _sql(store, steps) if sql else ""
    if out.as_json:
        found, wanted = state.schema, state.wanted
        told = {"schema": found, "wanted": wanted, "steps": steps, "applied": apply}
        out.json({**told, "sql": text} if sql else told)
    elif sql and steps:
        out.block(text)
    elif steps:
        if not apply:
            complain(out.word("migrate_backup"))
        for step in steps:
            out.line(out.word("migrate_done" if apply else "migrate_missing", step=step))
    else:
        out.line(out.word("migrate_nothing"))
    return DONE


def _sql(store: Store, names: tuple[str, ...]) -> str:
    """Give the text of the steps, from the migrations that lie beside the store."""
    from referral_flow.stores.migrations import steps

    package = f"{type(store).__module__.rpartition('.')[0]}.migrations"
    try:
        files = {step.name: step.sql for step in steps(package)}
        return "\n".join(f"-- {name}\n{files[name].rstrip()}\n" for name in names)
    except (ModuleNotFoundError, KeyError):
        raise WrongUsage("no_sql", package=package) from None
