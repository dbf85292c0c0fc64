"""Pictures as pure functions: from numbers, a width and a height to lines of cells."""
