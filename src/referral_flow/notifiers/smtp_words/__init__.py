"""What a mail says, by kind of message: no name, rating, class, group or comment."""
