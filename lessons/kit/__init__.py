"""What a lesson is made of. Imports no screen."""
