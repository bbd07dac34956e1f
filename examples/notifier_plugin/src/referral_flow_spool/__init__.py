"""A notifier for referral-flow that writes each message as a mail into a folder, to be copied."""
