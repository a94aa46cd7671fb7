"""The README.txt that goes along with many takes."""

from __future__ import annotations

from collections.abc import Sequence

_MOST_NAMED = 200
"""So many problems are listed one by one; the manifest has them all."""

_TEXT = """\
{count} from Video Playground.

videos/         the videos
posters/        a picture of each
storyboards/    storyboards to look at and to print, in any browser
uploads/        pictures, videos and sounds that you added to requests
takes.csv       the list of takes, for Excel, Numbers or LibreOffice
manifest.json   everything that is needed to make the takes again

Folders that nothing belongs in are missing.

About takes.csv: a text that begins with = + - @, a tab or a return could be run by a spreadsheet as a formula. Such a
text has an apostrophe (') in front of it. To read the list with a program, take that one apostrophe away.
Times are UTC. Where "Prices are pretended" says yes, the sandbox made the take, and nothing was paid.

Files that other people added to their requests are not here: they are theirs alone. The manifest names the takes that
were made with them.
"""


def readme(count: int, *, problems: Sequence[str], not_found: Sequence[str]) -> str:
    """What is in the ZIP, and what is wrong with it, in plain words. Lines end in CRLF, as every editor reads them."""
    text = _TEXT.format(count="1 take" if count == 1 else f"{count:,} takes")
    if problems:
        text += "\nWhat could not be put in whole:\n\n" + _listed(problems)
    if not_found:
        text += "\nTakes that are no longer there:\n\n" + _listed(not_found)
    return text.replace("\n", "\r\n")


def _listed(lines: Sequence[str]) -> str:
    shown = "".join(f"- {line}\n" for line in lines[:_MOST_NAMED])
    more = len(lines) - _MOST_NAMED
    return shown if more <= 0 else f"{shown}- and {more:,} more: manifest.json has them all\n"
