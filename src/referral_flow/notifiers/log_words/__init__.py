"""What the log notifier writes, by kind of message: no name, rating, class or comment."""
