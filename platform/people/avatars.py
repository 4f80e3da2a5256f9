"""A person's picture: initials on one of twelve hues. `collab/frontend/avatar.ts` makes the same one."""

from uuid import UUID

HUES = 12


def hue(person_id: UUID) -> int:
    """Always the same for one person, everywhere."""
    return int(person_id.hex[-4:], 16) % HUES


def initials(name: str) -> str:
    """First and last word's first letter: "Inès de la Motte" is IM."""
    words = [word for word in name.split() if word[0].isalnum()]
    letters = [words[0], words[-1]] if len(words) > 1 else words
    return "".join(word[0] for word in letters).upper() or "?"
