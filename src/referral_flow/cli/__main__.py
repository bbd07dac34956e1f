"""Run the command line as `python -m referral_flow.cli`."""

import sys

from referral_flow.cli import main

sys.exit(main())
