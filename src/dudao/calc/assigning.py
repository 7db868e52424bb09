"""Who reviews what: seats filled by hand, evenly by load, or by a draw that can be repeated; nobody where they are barred. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Placing:
    """``placed``: (subject, seat, reviewer), in the order of the subjects; ``open``: (subject, seat) for which nobody is left."""

    placed: Sequence[tuple[int, int, int]]
    open: Sequence[tuple[int, int]]


def fill_seats(
    subjects: Sequence[int],
    reviewers: Sequence[int],
    *,
    seats: Collection[int],
    barred: Collection[tuple[int, int]] = (),
    held: Mapping[int, Mapping[int, int]] | None = None,
    loads: Mapping[int, int] | None = None,
    seed: str = "",
) -> Placing:
    """Fill the free seats of subjects with reviewers, so that their loads stay as equal as they can.

    ``barred``: (reviewer, subject) pairs that must not meet. ``held``: subject → seat → reviewer of seats that are taken; nobody
    sits twice at one subject. ``loads``: how many tasks each has already. Subjects with the fewest possible reviewers come first,
    so that the others' choices don't use them up. Among equally loaded reviewers the first as given is taken; with a ``seed`` the
    one whose ticket (SHA-256 of seed, subject, reviewer) is the lowest: the same seed gives the same draw, on every machine.
    """
    taken = {subject: dict((held or {}).get(subject, {})) for subject in subjects}
    burden = {reviewer: (loads or {}).get(reviewer, 0) for reviewer in reviewers}
    order = {reviewer: place for place, reviewer in enumerate(burden)}
    able = {subject: [one for one in burden if (one, subject) not in barred] for subject in taken}

    def ticket(subject: int, reviewer: int) -> str:
        return hashlib.sha256(f"{seed}:{subject}:{reviewer}".encode()).hexdigest() if seed else ""

    placed: dict[tuple[int, int], int] = {}
    for subject in sorted(taken, key=lambda one: len(able[one])):
        for seat in sorted(set(seats) - set(taken[subject])):
            free = [one for one in able[subject] if one not in taken[subject].values()]
            if free:
                chosen = min(free, key=lambda one: (burden[one], ticket(subject, one), order[one]))
                taken[subject][seat] = placed[subject, seat] = chosen
                burden[chosen] += 1
    wanted = [(subject, seat) for subject in taken for seat in sorted(set(seats))]
    gone = {(subject, seat) for subject in taken for seat in (held or {}).get(subject, {})}
    return Placing(
        [(*place, placed[place]) for place in wanted if place in placed],
        [place for place in wanted if place not in placed and place not in gone],
    )
