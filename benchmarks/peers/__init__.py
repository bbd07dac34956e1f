"""One file for each peer: the same work, as its own documentation says to do it."""
