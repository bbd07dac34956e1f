"""One file for each contender: the same work, as its own documentation says to do it."""
