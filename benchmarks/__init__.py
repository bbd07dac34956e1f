"""Speed, side by side with the limit and with the peers, in one run."""
