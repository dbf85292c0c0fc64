"""The program: command line, screens, pictures, progress."""
