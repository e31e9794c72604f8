"""Two recognizers on the same simulated utterances: as good as each other, or one of them worse by so many points."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

Counts: TypeAlias = NDArray[np.int64]

CATEGORIES = 8
UTTERANCES = 400
"""In each category."""


@dataclass(frozen=True)
class World:
    """What is simulated.

    Attributes:
        speakers: In each category, which has its own; its utterances are shared out evenly among them.
        taste: Standard deviation, in log odds of a word error, of how well a system gets on with a speaker beyond the
            speaker's difficulty, which both systems share. 0: the systems differ by nothing but chance.
        runaways: Share of utterances that a system answers with hundreds of inserted characters.
        worse_by: Points by which the second system's true rate is higher, in the first category only.
    """

    speakers: int
    taste: float = 0.25
    runaways: float = 0.0
    worse_by: float = 0.0


def comparison(world: World, run: int) -> list[Counts]:
    """One comparison: the utterances of each category, as `simulate` has them."""
    equal = replace(world, worse_by=0.0)
    worlds = [world] + [equal] * (CATEGORIES - 1)
    return [simulate(each, np.random.default_rng((world.speakers, run, place))) for place, each in enumerate(worlds)]


def simulate(world: World, random: np.random.Generator, utterances: int = UTTERANCES) -> Counts:
    """The utterances of one category.

    Word errors are independent given the utterance's difficulty and the system's taste; a wrong word costs one
    character and, on average, 1.2 more.

    Returns:
        (utterances, 3) characters of the reference, errors of the first system, errors of the second. Utterances of a
        speaker stand together.
    """
    words = np.clip(np.rint(random.lognormal(math.log(7), 0.7, utterances)), 1, 60).astype(np.int64)
    length = words + random.poisson(4.0 * words)
    speaker = np.arange(utterances) * world.speakers // utterances
    difficulty = random.normal(-2.4, 0.6, world.speakers)[speaker] + random.normal(0, 1.0, utterances)
    errors = []
    for factor in (1.0, _factor(world)):
        odds = difficulty + random.normal(0, world.taste, world.speakers)[speaker]
        wrong = random.binomial(words, np.minimum(1.0, factor * special.expit(odds)))
        inserted = random.integers(200, 900, utterances) * (random.random(utterances) < world.runaways)
        errors.append(wrong + random.poisson(1.2 * wrong) + inserted)
    return np.stack([length, *errors], axis=1)


def by_speaker(utterances: Counts, speakers: int) -> list[str]:
    """The speaker of each utterance."""
    return [str(each) for each in np.arange(len(utterances)) * speakers // len(utterances)]


@lru_cache
def _factor(world: World) -> float:
    """How much likelier a word error is where the rate of characters is to be higher by so many points."""
    if not world.worse_by:
        return 1.0
    plain = World(speakers=2_000, taste=world.taste)
    length, errors, _ = simulate(plain, np.random.default_rng(1), 400_000).sum(axis=0)
    return 1 + world.worse_by / (100 * float(errors / length))
