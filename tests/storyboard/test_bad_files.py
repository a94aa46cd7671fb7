"""Whatever a file holds, it gives a board or a sentence, and soon."""

import json
import random
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from components.storyboard.reading import ACCEPTED, MOST_BYTES, Unreadable, read_file, read_rows, read_text
from components.storyboard.storyboard import (
    MOST_CHARACTERS,
    MOST_SECONDS,
    MOST_SHOTS,
    Board,
    Budget,
    board_from,
    read_board,
)
from components.storyboard.writing import FORMATS

BUDGET = Budget(totals=(5, 10), lengths=(5, 10))
GOOD = board_from(
    [("A fox, “red”\nand quick", 4), ("=cmd|'/c calc'!A1", 3), ("Ein Füchslein; schön", 5), ("狐狸", 60)]
)
SUBTITLES = "1\n00:00:01,000 --> 00:00:04,000\nA fox\n\n2\n00:00:05,000 --> 00:00:06,000\nA hen\n"
SCREENPLAY = """Title: Fox

EXT. FOREST - DAY

A fox. [[a note]]

FOX
(softly)
Hello.

/* cut */

INT. BARN

A hen.
"""
REQUEST = json.dumps(
    {"model": "a/b", "shots": [{"text": "A fox", "seconds": 4}, {"text": "A hen", "seconds": "2"}]}
)
FILES = [format.write(GOOD) for format in FORMATS] + [
    text.encode() for text in (SUBTITLES, SCREENPLAY, REQUEST)
]
HOSTILE = [
    b'"', b'""', b"'", b"\t", b",", b";", b"\n", b"\r", b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf",
    b"=1+1", b"@x", b"-1", b"0", b"1e999", b"NaN", b"9" * 5000, b"{", b"[" * 2000, b'{"a":' * 2000, b"}", b"]", b":",
    b"\\u", b'"\\ud800"', b"-->", b"/*", b"*/", b"[[", b"]]", b"(3 s)", b"(1.5 s)", b"- ", b"1. ", b"&#0;", b"&#55296;",
    b"INT. ", b"#", b"soon", b"\xe2\x80\xa8", b"\x85", b"sep=;\n", b"text,seconds\n", b" " * 500, b"a" * 300_000,
]  # fmt: skip
ENDINGS = (*ACCEPTED, "doc", "")


def bad_files() -> Iterator[tuple[str, bytes]]:
    """A thousand files, always the same ones."""
    chance = random.Random(3)
    for n in range(1000):
        content = chance.choice(FILES)
        match n % 10:
            case 0:  # cut off
                content = content[: chance.randrange(len(content))]
            case 1:  # of another encoding
                written, read = chance.sample(
                    ["utf-8", "utf-16", "utf-16-le", "utf-32", "cp1252", "cp037"], 2
                )
                content = content.decode("utf-8-sig").encode(written, "replace")
                content = content.decode(read, "replace").encode(
                    chance.choice(["utf-8", "utf-16"]), "replace"
                )
            case 2:  # random, with or without what text is made of
                content = chance.randbytes(chance.randrange(2000))
            case 3:
                content = bytes(
                    chance.choices(b"ab1 \n\r\t,;\"'=-*#.:[]{}()<>/\\&", k=chance.randrange(2000))
                )
            case 4:  # much too long, or just not
                content = chance.choice(HOSTILE)[:9] * (5_000_000 // 9 if n % 100 == 4 else 20_000)
            case 5:  # nested
                content = json.dumps(nested(chance, 6)).encode()
            case _:  # with something in it that should not be there
                for _ in range(chance.randrange(1, 6)):
                    at = chance.randrange(len(content) + 1)
                    content = content[:at] + chance.choice(HOSTILE) + content[at + chance.randrange(3) :]
        yield f"x.{chance.choice(ENDINGS)}", content


def nested(chance: random.Random, depth: int) -> object:
    if depth == 0 or chance.random() < 0.2:
        return chance.choice([None, True, -1, 3, 2.5, 10**30, float("nan"), "", "a fox, 3 s", "\ud800", "3"])
    if chance.random() < 0.5:
        return [nested(chance, depth - 1) for _ in range(chance.randrange(5))]
    names = ["text", "seconds", "shots", "board", "id", "write_lengths", "prompt", "duration", "x", ""]
    return {name: nested(chance, depth - 1) for name in chance.sample(names, chance.randrange(5))}


def outcome(name: str, content: bytes) -> str:
    """What became of a file: the sentence, or nothing for a board, which is looked at."""
    try:
        check(read_file(name, content, BUDGET))
    except Unreadable as unreadable:
        return str(unreadable)
    return ""


def check(board: Board) -> None:
    """It is one that the editor can hold and a database can keep."""
    assert 1 <= len(board.shots) <= MOST_SHOTS
    assert sum(len(shot.text) for shot in board.shots) <= MOST_CHARACTERS
    assert all(1 <= shot.seconds <= MOST_SECONDS for shot in board.shots)
    assert read_board(json.loads(json.dumps(board.as_json()))) == board
    assert all(shot.text.encode() is not None for shot in board.shots)


def test_a_thousand_bad_files_each_give_a_sentence_or_a_board() -> None:
    begun = time.process_time()
    outcomes = [(name, outcome(name, content)) for name, content in bad_files()]
    assert time.process_time() - begun < 30
    assert len(outcomes) == 1000
    for name, sentence in outcomes:
        assert not sentence or (sentence.endswith(".") and len(sentence) < 300 and sentence.isprintable()), (
            name
        )
    assert 200 < sum(bool(sentence) for _, sentence in outcomes) < 900


def test_the_same_pasted_gives_a_sentence_or_a_board() -> None:
    for _, content in bad_files():
        if len(content) > 10_000:
            continue
        text = content.decode("utf-8", "surrogateescape")
        with suppress(Unreadable):
            check(read_text(text, BUDGET))
        with suppress(Unreadable):
            rows = read_rows(text, BUDGET)
            assert len(rows) <= MOST_SHOTS
            assert all(row.encode() is not None and (seconds is None or seconds > 0) for row, seconds in rows)


@pytest.mark.parametrize("ending", ACCEPTED)
def test_the_longest_file_is_read_soon(ending: str) -> None:
    for part in (b" ", b'"\n  ', b'""\n ', b",   \n", b"\t\n  ", b"[", b"1. a\n", b"-->\n"):
        begun = time.process_time()
        outcome(f"x.{ending}", b"a" + part * (MOST_BYTES // len(part) - 1))
        assert time.process_time() - begun < 1.5, part
