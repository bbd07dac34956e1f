"""Why a command to a referral may be refused, a file for each part of its life."""
