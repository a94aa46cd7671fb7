"""What a description says about the file behind an address: its formats, size, sides, shape and length.

Only what is said for certain, and of several figures the most generous: what comes out of here warns people
before they send a file, and must not keep them from sending one that the provider takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.catalog.prose.sentences import sentences
from components.catalog.spec import MediaKind, MediaLimits

_IMAGES = ("jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "avif")
_VIDEOS = ("mp4", "mov", "webm", "mkv", "avi", "m4v", "mpg", "mpeg", "wmv", "flv", "3gp")
_SOUNDS = ("mp3", "wav", "m4a", "aac", "ogg", "flac", "opus", "wma", "aiff")
_FORMATS = frozenset((*_IMAGES, *_VIDEOS, *_SOUNDS))
# Two names of one format: whoever takes the one takes the other.
_TWINS = {"jpg": "jpeg", "jpeg": "jpg", "tif": "tiff", "tiff": "tif", "mpg": "mpeg", "mpeg": "mpg"}

# An address or a data URI in the text is an example, and its ending says nothing.
_EXAMPLES = re.compile(r"(?:https?://|data:)\S+", re.IGNORECASE)
# Sentences about something else than the file that is asked for, or about what would only be good.
_ELSEWHERE = re.compile(
    r"\b(?:outputs?|generat\w+|results?|resulting|recommend\w*|ideal\w*|optimal\w*|best|prefer\w*|suggest\w*"
    r"|if|when|unless|resiz\w+|re-?scal\w+|crop\w*|trim\w*|truncat\w+|compress\w*|expir\w+|wait|timeout"
    r"|reject\w*|refus\w+|fails?|errors?|total pixels?|pixel count|megapixels?|instead|frame rate|fps|convert\w*)\b"
)
# What stands in brackets and is only advice, and how long they try to load a file.
_ASIDES = re.compile(r"\([^()]{0,120}recommend[^()]{0,120}\)|\btimeout: ?\d{1,4}(?:\.\d)?\s?s\b")
_OPEN_LIST = re.compile(r"\b(?:such as|for example|etc|e\.g|like|including)\b")
_REFUSES = re.compile(
    r"\b(?:not? (?:be )?(?:support\w*|allow\w*|accept\w*|valid|a)|unsupported|except|excluding|other than|without)\b"
)
_OFFERS = re.compile(
    r"\b(?:formats?|supports?|supported|accepts?|accepted|allowed|must be|only|types?|files?)\b"
)
_WORD = re.compile(r"[a-z0-9]+")

_NUMBER = r"(\d{1,7}(?:\.\d{1,4})?)"
# The many ways to say a bound, made one sign each before the figures are looked for.
_MORE, _LESS = (
    r"(?:more|larger|bigger|longer|greater|higher|over|above)",
    r"(?:less|smaller|shorter|lower|under|below)",
)
_NOT = r"(?:no|not|cannot|can't|never)(?: be)?"
_MUST = r"(?:must|should|has to|have to|needs? to) be"
_SIGNS = (
    (re.compile(rf"\b(?:{_NOT} {_MORE}(?: than)?|{_MUST} {_LESS}(?: than)?)\b"), "≤"),
    (re.compile(rf"\b(?:{_NOT} {_LESS}(?: than)?|{_MUST} {_MORE}(?: than)?)\b"), "≥"),
    (re.compile(r"\b(?:must|should|has to|have to|needs? to) exceed\b"), "≥"),
    (
        re.compile(
            r"\bmax(?:imum|\.)?(?!\w)|\b(?:up to|at most|within|under|below|limited (?:to|at)|exceed(?:s|ing)?)\b"
        ),
        "≤",
    ),
    (re.compile(r"<=?"), "≤"),
    (re.compile(r"\bmin(?:imum|\.)?(?!\w)|\bat least\b|>=?"), "≥"),
)
_NUMBER_AND_UNIT = r"\d{1,7}(?:\.\d{1,4})?\s?[a-z]{1,8}"
_AT_MOST, _AT_LEAST = "≤", "≥"
_GAP = r"[^\d;.≤≥]{0,40}?"
_OR_LESS = r"\s?(?:≤|or (?:less|smaller|shorter)\b|limit\b)"

_BYTES = {"k": 1024, "m": 1024**2, "g": 1024**3}
_BYTE_UNIT = r"\s?([kmg])(?:i?b|(?:ilo|ega|iga)bytes?)\b"
_SIZES = (
    re.compile(rf"{_AT_MOST}{_GAP}{_NUMBER}{_BYTE_UNIT}"),
    re.compile(rf"\b{_NUMBER}{_BYTE_UNIT}{_OR_LESS}"),
    re.compile(rf"{_AT_MOST}\s?{_NUMBER_AND_UNIT}(?: and|,|/|;)\s?{_NUMBER}{_BYTE_UNIT}"),
)
_TIME_UNIT = r"[\s-]?(s|secs?|seconds?|minutes?|mins?)\b"
_LENGTHS = (
    re.compile(rf"{_AT_MOST}{_GAP}{_NUMBER}{_TIME_UNIT}"),
    re.compile(rf"\b{_NUMBER}{_TIME_UNIT}{_OR_LESS}"),
)
_TO = r"\s?(?:-|–|—|~|to|and)\s?"
_SPAN_OF_TIME = re.compile(rf"\b\d{{1,4}}(?:\.\d)?(?:\s?s(?:ec|econds?)?)?{_TO}{_NUMBER}{_TIME_UNIT}")
_LENGTH_WORD = re.compile(r"\b(?:duration|length|long|lasting|between)\b")

_UNIT = r"\s?(?:px|pixels?)\b"
_BY = rf"\b(\d{{2,5}})(?:{_UNIT})?\s?[x×*]\s?(\d{{2,5}})(?![\d.])"
_PIXELS = r"\b(\d{2,5})\s?(?:px|pixels?)\b"
_LEAST_SIDE = re.compile(rf"{_AT_LEAST}{_GAP}(?:{_BY}|{_PIXELS})")
_MOST_SIDE = re.compile(rf"{_AT_MOST}{_GAP}(?:{_BY}|{_PIXELS})")
_SPAN_OF_SIDES = re.compile(rf"\b(\d{{2,5}})(?:{_UNIT})?(?:{_TO}){_PIXELS}")

_RATIO = r"\d{1,4}(?:\.\d{1,4})?(?:\s?[:/]\s?\d{1,4}(?:\.\d{1,4})?)?"
_SPAN_OF_RATIOS = re.compile(rf"\bratio([^;\d]{{0,40}}?)({_RATIO})\)?\s?(-|–|—|~|to|and|,)\s?\(?({_RATIO})")
_TWO_RATIOS = re.compile(rf"≥ aspect ratio:? ({_RATIO}), ≤ aspect ratio:? ({_RATIO})")
_FROM_TO_RATIOS = re.compile(rf"\bratio:? ≥ ({_RATIO}),? and (?:≤ |less than |smaller than )({_RATIO})")
_IN_A_SPAN = re.compile(r"\b(?:between|within|range|ranging|from)\b")
_UPSIDE_DOWN = re.compile(r"\bheight\s?(?:/|:|to|-to-|by)\s?width\b")


def media_limits(description: str) -> MediaLimits:
    """What `description` asks of a file. A megabyte is taken as 1,048,576 bytes, the larger of its two meanings."""
    formats: dict[str, None] = {}
    sizes: list[int] = []
    lengths: list[float] = []
    least: list[int] = []
    most: list[int] = []
    ratios: list[tuple[float, float]] = []
    for sentence in sentences(_EXAMPLES.sub(" ", description[:20_000])):
        text = _ASIDES.sub("", sentence.lower())
        if _ELSEWHERE.search(text):
            continue
        for words, sign in _SIGNS:
            text = words.sub(sign, text)
        found = [int(float(n) * _BYTES[unit]) for size in _SIZES for n, unit in size.findall(text)]
        sizes += found
        lengths += _lengths(text)
        lower, upper = _sides(text)
        least += lower
        most += upper
        ratios += _ratios(text)
        if (found or _OFFERS.search(text)) and not _OPEN_LIST.search(text) and not _REFUSES.search(text):
            for word in _WORD.findall(text):
                if word in _FORMATS:
                    formats[word] = None
                    formats[_TWINS.get(word, word)] = None
    return MediaLimits(
        formats=tuple(formats),
        max_bytes=max(sizes, default=None),
        min_side=min(least, default=None),
        max_side=max(most, default=None),
        ratios=(min(low for low, _ in ratios), max(high for _, high in ratios)) if ratios else None,
        max_seconds=max(lengths, default=None),
    )


_NO_FILES = re.compile(
    r"\b(?:no|not|never|without)\b[^.]{0,30}\b(?:base ?64|data ur[il]s?)|\b(?:base-?64|data ur[il]s?)\b[^.,;]{0,30}"
    r"\b(?:not|unsupported)\b"
)
_FILES = re.compile(r"\bbase-?64\b|\bdata[ -]?ur[il]s?\b|\bdata: ?ur[il]s?\b")
_LINK_ONLY = re.compile(
    r"\bpublicly\b|\bpublic (?:https? )?(?:url|link|address)|\b(?:url|link)s? only\b"
    r"|\bonly (?:https? )?(?:url|link)s?\b"
    r"|\bmust be an? (?:valid )?(?:https? )?(?:url|link)\b|\blocal files? (?:is|are) not\b"
)


def takes_files(description: str, media: MediaKind | None) -> bool:
    """Whether the provider takes the file itself, as a data URI, in a field with this description.

    Where nothing is said it does so for images (FACTS.md, "There is no").
    """
    text = " ".join(sentences(description)).lower()
    if _NO_FILES.search(text):
        return False
    if _FILES.search(text):
        return True
    return media is MediaKind.IMAGE and not _LINK_ONLY.search(text)


def _lengths(text: str) -> Iterator[float]:
    patterns = (*_LENGTHS, _SPAN_OF_TIME) if _LENGTH_WORD.search(text) else _LENGTHS
    for pattern in patterns:
        for number, unit in pattern.findall(text):
            yield float(number) * (60 if unit.startswith("m") else 1)


def _sides(text: str) -> tuple[list[int], list[int]]:
    """Bounds of the shorter side from below, and of the longer side from above."""
    if ("width" in text) != ("height" in text):  # of one direction, which may be the longer or the shorter
        return [], []
    lower: list[int] = []
    upper: list[int] = []
    for piece in text.split(","):
        spans = [(low, high) for low, high in map(_whole, _SPAN_OF_SIDES.findall(piece)) if low < high]
        if "long" not in piece:
            lower += [min(_whole(found)) for found in _LEAST_SIDE.findall(piece)] + [low for low, _ in spans]
        if "short" not in piece:
            upper += [max(_whole(found)) for found in _MOST_SIDE.findall(piece)] + [high for _, high in spans]
    return lower, upper


def _whole(figures: tuple[str, ...]) -> list[int]:
    return [int(figure) for figure in figures if figure]


def _ratios(text: str) -> Iterator[tuple[float, float]]:
    """Least and largest width by height; two shapes side by side are a choice, not a span."""
    upside_down = _UPSIDE_DOWN.search(text)
    for low_ratio, high_ratio in (*_TWO_RATIOS.findall(text), *_FROM_TO_RATIOS.findall(text)):
        if 0 < _quotient(low_ratio) < _quotient(high_ratio):
            yield _quotient(low_ratio), _quotient(high_ratio)
    for gap, first, link, second in _SPAN_OF_RATIOS.findall(text):
        alike = (":" in first or "/" in first) == (":" in second or "/" in second)
        if not alike or (link in ("and", ",") and not _IN_A_SPAN.search(gap) and "≤" not in gap):
            continue
        low, high = sorted((_quotient(first), _quotient(second)))
        if 0 < low < high:
            yield (1 / high, 1 / low) if upside_down else (low, high)


def _quotient(ratio: str) -> float:
    width, _, height = ratio.replace("/", ":").partition(":")
    by = float(height) if height else 1.0
    return float(width) / by if by else 0.0
