"""One module for each peer: the same work, as its documentation says; long tables lie beside."""
