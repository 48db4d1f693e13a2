"""Drawn textures of known kinds: what the texture classifier's tests learn from."""

import numpy as np
from scipy.ndimage import gaussian_filter

from sesamoid.learning.texture_labels import TextureExample


def texture(rng, *, blur=(1.0, 1.0), mean=100.0, spread=25.0, side=48):
    field = gaussian_filter(rng.standard_normal((side, side)), blur)
    return np.clip(mean + spread * field / field.std(), 0, 255).astype(np.uint8)


def example(grey, group, person, number=0):
    return TextureExample(
        name=f"{person}-{number}.png",
        grey=grey,
        region=np.ones(grey.shape, bool),
        group=group,
        person=person,
    )


def study(draw, *, people=12, images=2, seed=0, groups=("a", "b")):
    """`draw(rng, group, person)` gives a person's look; each image is a new draw of it."""
    rng = np.random.default_rng(seed)
    out = []
    for group in groups:
        for number in range(people):
            person = f"{group}{number}"
            look = draw(rng, group, number)
            out += [example(texture(rng, **look), group, person, i) for i in range(images)]
    return out


def streaks(rng, group, number):
    """Lying against standing streaks: told apart by anything that sees direction."""
    return {"blur": (0.8, 2.5) if group == "a" else (2.5, 0.8)}
