"""The lessons: one folder a subject, one file a lesson, and the kit they are made of."""
