"""The entries that opening a lesson and turning its pages make, in a store or a journal."""


def opened(history, lesson, *, steps, checks):
    """The lesson was opened."""
    history.append("opened", lesson, detail={"steps": steps, "checks": checks})


def turned_to(history, lesson, step):
    """A page was opened."""
    history.append("step", lesson, item=str(step), detail={"step": step})
