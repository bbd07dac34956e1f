"""Days and moments, as they are given on a command line."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from referral_flow.cli.usage import WrongUsage

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""Where a day begins and ends."""

_YEARS = range(1900, 3000)


def day_of(given: str | None, option: str) -> date | None:
    """Read `2013-12-31` or `31/12/2013`; raises WrongUsage for anything else."""
    if given is None:
        return None
    try:
        day = (
            datetime.strptime(given.strip(), "%d/%m/%Y").replace(tzinfo=ZONE).date()
            if "/" in given
            else date.fromisoformat(given.strip())
        )
    except ValueError:
        raise WrongUsage("wrong_day", option=option, given=given) from None
    if day.year not in _YEARS:
        raise WrongUsage("wrong_day", option=option, given=given)
    return day


def moment_of(given: str | None, option: str, *, whole_day: bool = False) -> datetime | None:
    """Read a moment in ISO form, without a zone one of ours; raises WrongUsage.

    A day alone stands for its beginning, or for its end if `whole_day`.
    """
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given.strip())
    except ValueError:
        raise WrongUsage("wrong_moment", option=option, given=given) from None
    if moment.year not in _YEARS:
        raise WrongUsage("wrong_moment", option=option, given=given)
    if whole_day and _is_day(given):
        moment = datetime.combine(moment, time.max)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(UTC)


def _is_day(given: str) -> bool:
    try:
        date.fromisoformat(given.strip())
    except ValueError:
        return False
    return True
