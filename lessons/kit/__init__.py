"""The building blocks of lessons. Imports nothing that draws on a screen."""
