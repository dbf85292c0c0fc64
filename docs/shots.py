"""Make the pictures of the README and the guides: `make shots`.

Each is the program itself, without a terminal, at one size, after some keys and some seconds.
"""

import asyncio
import os
import re
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["COLORTERM"] = "truecolor"

from lessons.catalogue import find
from tutor.app import TutorApp
from tutor.progress.journal import Journal

HERE = Path(__file__).parent / "pictures"
FONT_FACE = re.compile(r"@font-face \{.*?\}", re.DOTALL)


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the lesson (none for home), the size, the keys; a number is a pause."""

    name: str
    lesson: str | None
    size: tuple[int, int]
    keys: tuple[str | float, ...]


SHOTS = (
    Shot("home", None, (120, 34), (2.5,)),
    Shot("playground", "playground", (160, 44), (".", "space", 2.5, "p", "k", *["down"] * 5,
         "right", 0.5, "down", *["right"] * 4, 3.0, "space", 0.5)),
    Shot("gradient_descent", "gradient_descent", (120, 36), ("n", "n", "c", 2.5)),
    Shot("backprop", "backprop", (120, 36), (*["s"] * 16, 0.5)),
    Shot("optimizers", "optimizers", (120, 36), ("space", 3.0)),
    Shot("small", "playground", (80, 24), (".", "l", "space", 3.0)),
)  # fmt: skip


async def take(shot: Shot) -> None:
    """Play a shot's keys and write its picture."""
    with Journal.in_memory() as journal:
        app = TutorApp(journal, find(shot.lesson) if shot.lesson else None)
        async with app.run_test(size=shot.size) as pilot:
            await pilot.pause(0.5)
            for key in shot.keys:
                if isinstance(key, str):
                    await pilot.press(key)
                else:
                    await pilot.pause(key)
            picture = app.export_screenshot(title="dltutor")
    # The exporter points at a font on the web; a picture should show wherever it is.
    picture = FONT_FACE.sub("", picture).replace("Fira Code", "DejaVu Sans Mono")
    picture = picture.replace("<svg ", '<svg xml:space="preserve" ', 1)
    (HERE / f"{shot.name}.svg").write_text(picture, encoding="utf-8")


async def main() -> None:
    """Take all pictures."""
    HERE.mkdir(exist_ok=True)
    for shot in SHOTS:
        await take(shot)


if __name__ == "__main__":
    asyncio.run(main())
