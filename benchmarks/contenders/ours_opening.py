"""referral-flow, opened in a cold interpreter."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.contenders.measuring import COMPILED, Seen, best_of, main

# The plugins that are installed here for the tests are not part of the library.
_OPEN = (
    "from referral_flow import ReferralFlow; from referral_flow.plugin_host import Choice;"
    " ReferralFlow.open('memory:', plugins=Choice.NONE)"
)


def opening(count: int) -> Seen:
    """Import the library and open a flow in memory."""
    command = [sys.executable, "-c", _OPEN]
    return best_of(lambda: subprocess.run(command, check=True, env=COMPILED), count)


if __name__ == "__main__":
    main({"opening": opening})
