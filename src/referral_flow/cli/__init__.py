"""The command line `referral-flow`, with the extra [cli]."""

from __future__ import annotations

import sys
from collections.abc import Sequence

INSTALL = "pip install 'referral-flow[cli]'"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code.

    0: done; 1: refused, or something was found; 2: used wrongly; 3: storage or delivery failed.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        import cyclopts
        import rich
    except ModuleNotFoundError as missing:
        if missing.name not in ("cyclopts", "rich"):
            raise
        from referral_flow.cli.asked import Asked
        from referral_flow.words import say

        language = Asked.of(given).language
        print(say("cli", "extra_missing", language, {"install": INSTALL}), file=sys.stderr)
        return 2
    del cyclopts, rich
    from referral_flow.cli.run import run

    return run(given)
