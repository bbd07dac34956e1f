"""Empty: that pytest finds it makes the asserts of the contracts say what failed."""
