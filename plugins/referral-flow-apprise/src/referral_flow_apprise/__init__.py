"""Messages of referral-flow by any service that Apprise reaches."""

from __future__ import annotations

from referral_flow_apprise.notifier import AppriseNotifier
from referral_flow_apprise.wording import Form

__all__ = ["AppriseNotifier", "Form"]
