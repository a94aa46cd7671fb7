"""Which column of a table is what: by the names in its first line, or by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from components.storyboard.rows import length_in

_WORD = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONGEST_NAME = 60


def _words(names: str) -> frozenset[str]:
    """The words in lower case, without what stands in brackets."""
    return frozenset(_WORD.findall(_CAMEL.sub(" ", re.sub(r"[(\[].*", "", names)).casefold()))


_TEXTS = _words("text texts prompt prompts description content caption script visual visuals action happens")
_TEXTS |= _words("beschreibung inhalt handlung aktion bild texte contenu texto descripción descripcion")
_TEXTS |= _words("contenido acción testo descrizione contenuto azione descrição descricao conteúdo tekst")
_TEXTS |= _words("beschrijving opis описание текст действие 内容 描述 文本 提示词 画面 镜头描述")
_TEXTS |= _words("画面描述 画面内容 説明 テキスト プロンプト 설명 내용 프롬프트")
_SHOTS = _words("shot shots scene scenes clip einstellung szene plan plano toma escena scena cena")
_SHOTS |= _words("inquadratura ujęcie scène сцена кадр план 镜头 分镜 场景 ショット シーン カット 장면 샷")
_LENGTHS = _words("seconds second secs sec s duration length dauer länge laenge sekunden sek durée duree")
_LENGTHS |= _words("longueur secondes duración duracion longitud segundos durata lunghezza secondi")
_LENGTHS |= _words("duração duracao duur lengte seconden sekundy длительность длина секунды")
_LENGTHS |= _words("秒 秒数 时长 長さ 尺 길이 초")
_TIMES = _words("time runtime timing zeit temps tiempo tempo tijd czas время 时间 時間 시간")
_COUNTS = _words("id index number no nr n order position step seed")
_BETWEEN = _words("in of the what per de la le del en für der des trwania")


@dataclass(frozen=True)
class Columns:
    """Where the text and the seconds stand; None: nowhere."""

    text: int | None
    seconds: int | None
    has_header: bool = False
    """Whether the first line names the columns."""
    named: int = 0
    """How many of the two are named."""
    has_numbers: bool = False
    """Without a header: whether a column is made of numbers, and another is not."""


def is_text_name(name: str) -> bool:
    """Whether people call what happens in a shot so."""
    return _find([name], _TEXTS, _SHOTS | _BETWEEN) is not None


def is_length_name(name: str) -> bool:
    """Whether people call the length of a shot so."""
    return _find([name], _LENGTHS, _SHOTS | _BETWEEN | _TIMES) is not None


def is_count_name(name: str) -> bool:
    """Whether people call so what tells one shot from another, and no length."""
    return _find([name], _COUNTS | _SHOTS, _BETWEEN) is not None


def columns_of(lines: Sequence[Sequence[str]]) -> Columns:
    """The columns of a table that has at least one line."""
    return _named(lines) or columns_by_content(lines)


def columns_by_content(lines: Sequence[Sequence[str]]) -> Columns:
    """By what stands in them, without a header: numbers are seconds, unless they count the lines."""
    everywhere = range(max(map(len, lines)))
    counts = _counts(lines, len(everywhere))
    rest = everywhere[1:] if counts else everywhere
    numeric = [n for n in rest if _is_numeric([line[n] for line in lines if n < len(line)])]
    wordy = set(rest) - set(numeric)
    if wordy:
        seconds = numeric[0] if numeric else None
        return Columns(_wordiest(lines, wordy), seconds, has_numbers=counts or bool(numeric))
    return Columns(numeric[0], numeric[1] if numeric[1:] else None, has_numbers=len(everywhere) > 1)


def _named(lines: Sequence[Sequence[str]]) -> Columns | None:
    """By the names in the first line; None where it has none, or a number."""
    header = lines[0]
    if any(length_in(cell) is not None for cell in header):
        return None
    text = _find(header, _TEXTS, _SHOTS | _BETWEEN)
    seconds = _find(header, _LENGTHS, _SHOTS | _BETWEEN | _TIMES)
    if seconds is None:
        seconds = _find(header, _TIMES, _SHOTS | _BETWEEN)
    shot = _find(header, _SHOTS, _BETWEEN)
    named = sum(column is not None for column in (shot if text is None else text, seconds))
    if not named:
        return None
    if text is None:
        text = _wordiest(lines[1:], {n for n in range(len(header)) if n != seconds}, shot)
    return Columns(text, seconds, has_header=True, named=named)


def _find(header: Sequence[str], names: frozenset[str], beside: frozenset[str]) -> int | None:
    """The first column whose name has a word of `names`, and no word that is neither that nor one of `beside`."""
    words = [_words(name) if len(name) <= _LONGEST_NAME else frozenset() for name in header]
    return next((n for n, said in enumerate(words) if said & names and said <= names | beside), None)


def _is_numeric(cells: Sequence[str]) -> bool:
    said = [cell for cell in cells if cell.strip()]
    return bool(said) and 2 * sum(length_in(cell) is not None for cell in said) >= len(said)


def _counts(lines: Sequence[Sequence[str]], columns: int) -> bool:
    """Whether the first column counts the lines: 1, 2, 3. A single 1 does where two more columns follow."""
    if columns == 1:
        return False
    first = [line[0].strip().rstrip(".") for line in lines]
    return first == [str(n) for n in range(1, len(lines) + 1)] and (len(lines) > 1 or columns > 2)


def _wordiest(lines: Sequence[Sequence[str]], among: set[int], preferred: int | None = None) -> int | None:
    """The column with the most text; `preferred`, if that is not made of numbers."""
    texts = {n: [line[n] for line in lines if n < len(line)] for n in among}
    if preferred is not None and not _is_numeric(texts.get(preferred, [])):
        return preferred
    wordy = [n for n in sorted(among) if not _is_numeric(texts[n])] or sorted(among)
    return max(wordy, key=lambda n: sum(map(len, texts[n])), default=None)
