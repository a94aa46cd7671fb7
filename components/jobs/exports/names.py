"""Names of files for people, in any script, that every system can hold. Pure.

Whatever a prompt, a title or a model is called, nothing in it can lead to another folder, be a device of Windows, or
turn around how a name reads.
"""

from __future__ import annotations

import re
import unicodedata

from components.jobs.job import Job

_LONGEST_WORDS = 100
"""Bytes of UTF-8. File systems take 255 for a name; with the model, the id and an ending there is room left."""
_LONGEST_MODEL = 50
_LOOKED_AT = 400
_KEPT = frozenset("LMN")
"""Letters, the marks that belong to them, and digits: the first letter of their category in Unicode."""


def slug(text: str, longest: int) -> str:
    """The words of `text` joined by hyphens, in at most so many bytes; "" where it has none. Composed (NFC)."""
    flat = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text[:_LOOKED_AT]).lower())
    # What only steers how others are shown joins words, as in Persian, and parts none.
    seen = (each for each in flat if unicodedata.category(each) != "Cf")
    words = "".join(each if unicodedata.category(each)[0] in _KEPT else "-" for each in seen)
    joined = re.sub("-+", "-", words).strip("-")
    return joined.encode()[:longest].decode("utf-8", "ignore").strip("-")


def take_name(job: Job, letters: int = 6) -> str:
    """A readable name without an ending: the title or else the prompt's first words, the model, a part of the id."""
    words = slug(job.title, _LONGEST_WORDS) or slug(job.order.prompt, _LONGEST_WORDS) or "take"
    model = slug(job.order.model_name, _LONGEST_MODEL)
    return "-".join(filter(None, (words, model, job.id[:letters])))


class Names:
    """Gives each take a name that no other has, on systems to which "A" and "a" are one, too."""

    def __init__(self) -> None:
        # By hash: of a hundred thousand names that is what memory can hold without noticing.
        self._taken: set[int] = set()

    def of(self, job: Job) -> str:
        """The take's name without an ending."""
        return self.free(take_name(job), take_name(job, len(job.id)))

    def free(self, name: str, otherwise: str) -> str:
        """`name`, or where it is taken `otherwise`, with a number where that is taken too."""
        number = 1
        while (key := hash(unicodedata.normalize("NFC", name.casefold()))) in self._taken:
            name = otherwise if number == 1 else f"{otherwise}-{number}"
            number += 1
        self._taken.add(key)
        return name
