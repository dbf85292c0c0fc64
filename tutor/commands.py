"""The lessons in the command palette."""

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from lessons.catalogue import entries


class LessonCommands(Provider):
    """Opens any lesson by a part of its name."""

    async def discover(self) -> Hits:
        """All lessons, before anything is typed."""
        for entry in entries():
            title = f"Lesson: {entry.front.title}"
            action = partial(self.app.run_action, f"app.open('{entry.path}')")
            yield DiscoveryHit(title, action, help=entry.front.about)

    async def search(self, query: str) -> Hits:
        """The lessons that match."""
        matcher = self.matcher(query)
        for entry in entries():
            title = f"Lesson: {entry.front.title}"
            # A word of the title counts for more than one of the rest.
            about = f"{entry.path} {entry.front.about}"
            score = matcher.match(title) or matcher.match(f"{title} {about}") / 2
            if score > 0:
                action = partial(self.app.run_action, f"app.open('{entry.path}')")
                yield Hit(score, matcher.highlight(title), action, help=entry.front.about)
