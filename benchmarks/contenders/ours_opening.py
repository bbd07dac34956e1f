"""referral-flow, opened in a cold interpreter."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.contenders.measuring import Seen, best_of, main

_OPEN = "from referral_flow import ReferralFlow; ReferralFlow.open('memory:')"


def opening(count: int) -> Seen:
    """Import the library and open a flow in memory."""
    return best_of(lambda: subprocess.run([sys.executable, "-c", _OPEN], check=True), count)


if __name__ == "__main__":
    main({"opening": opening})
