"""The palettes for 256 and for 16 colors, chosen by hand from what such terminals have.

All are colors that Rich's conversion leaves as they are, so that what is chosen is what is seen;
only light grays come out one step darker.
"""

from tutor.pictures.cells import DARK, LIGHT, Depth, Palette, Ramp

DARK_256 = Palette(
    text=(218, 218, 218), muted=(128, 128, 128), background=(0, 0, 0),
    good=(135, 215, 135), bad=(255, 95, 95),
    low=(255, 135, 0), zero=(48, 48, 48), high=(95, 175, 255),
    tones=((95, 175, 255), (255, 175, 95), (135, 215, 135), (215, 135, 215), (255, 215, 95)),
    depth=Depth.CUBE,
    low_ramp=Ramp(
        ((48, 48, 48), (135, 95, 0), (175, 95, 0), (215, 95, 0), (215, 135, 0), (255, 135, 0)),
        ((88, 88, 88), (175, 135, 95), (215, 135, 95), (215, 175, 95), (255, 175, 95),
         (255, 175, 95)),
    ),
    high_ramp=Ramp(
        ((48, 48, 48), (0, 95, 135), (0, 95, 175), (0, 95, 215), (0, 135, 215), (0, 135, 255)),
        ((88, 88, 88), (95, 135, 175), (95, 175, 215), (95, 175, 255), (95, 175, 255),
         (95, 175, 255)),
    ),
)  # fmt: skip
LIGHT_256 = Palette(
    text=(48, 48, 48), muted=(118, 118, 118), background=(255, 255, 255),
    good=(0, 135, 0), bad=(215, 0, 0),
    low=(215, 95, 0), zero=(255, 255, 255), high=(0, 95, 215),
    tones=((0, 95, 215), (215, 95, 0), (0, 135, 0), (175, 0, 135), (135, 135, 0)),
    depth=Depth.CUBE,
    low_ramp=Ramp(
        ((255, 255, 255), (255, 215, 175), (255, 175, 95), (255, 135, 0), (215, 135, 0),
         (215, 95, 0)),
        ((218, 218, 218), (215, 175, 135), (215, 135, 95), (215, 95, 0), (175, 95, 0),
         (175, 95, 0)),
    ),
    high_ramp=Ramp(
        ((255, 255, 255), (175, 215, 255), (95, 175, 255), (0, 135, 255), (0, 135, 215),
         (0, 95, 215)),
        ((218, 218, 218), (135, 175, 215), (0, 135, 215), (0, 95, 215), (0, 95, 175),
         (0, 95, 175)),
    ),
)  # fmt: skip

# Terminals differ in their sixteen colors. Bright yellow stands for orange on a dark screen, where
# all tones are bright, so that bold text has the color of its line. On a light screen many a yellow
# and cyan cannot be read: red stands for orange, gray for yellow.
DARK_16 = Palette(
    text=(255, 255, 255), muted=(170, 170, 170), background=(0, 0, 0),
    good=(85, 255, 85), bad=(255, 85, 85),
    low=(255, 255, 85), zero=(0, 0, 0), high=(85, 85, 255),
    tones=((85, 85, 255), (255, 255, 85), (85, 255, 85), (255, 85, 255), (85, 255, 255)),
    depth=Depth.SIXTEEN,
)  # fmt: skip
LIGHT_16 = Palette(
    text=(0, 0, 0), muted=(85, 85, 85), background=(255, 255, 255),
    good=(0, 170, 0), bad=(170, 0, 0),
    low=(170, 0, 0), zero=(255, 255, 255), high=(0, 0, 170),
    tones=((0, 0, 170), (170, 0, 0), (0, 170, 0), (170, 0, 170), (85, 85, 85)),
    depth=Depth.SIXTEEN,
)  # fmt: skip
PALETTES = {
    (True, Depth.FULL): DARK,
    (False, Depth.FULL): LIGHT,
    (True, Depth.CUBE): DARK_256,
    (False, Depth.CUBE): LIGHT_256,
    (True, Depth.SIXTEEN): DARK_16,
    (False, Depth.SIXTEEN): LIGHT_16,
}
"""By whether the theme is dark, and the depth."""
