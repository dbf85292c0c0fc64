"""Pictures as pure functions: numbers, width, height in; lines of cells out."""
