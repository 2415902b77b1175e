"""A text file in any encoding, as one in UTF-8."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from service.data.tables.errors import reject

PIECE_BYTES = 2**20
SAMPLED_BYTES = 2**18
UTF8 = "utf-8"
#: Byte order marks, the longer ones first.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: What decodes anything: Windows-1252 leaves five bytes undefined, Latin-1 none.
WESTERN = ("cp1252", "latin-1")
KOREAN = "cp949"
_NOT_KOREAN = re.compile(r"[^\x00-\x7f\u3131-\u318e\uac00-\ud7a3\u3000-\u303f\u2010-\u203b\u00b0-\u00b7℃㎡%～]")
_WORD = re.compile(r"[^\s,;|\"]*[^\x00-\x7f][^\s,;|\"]*")


@dataclass(frozen=True)
class Text:
    """A file in UTF-8, the encoding it came in, and what was assumed about it."""

    path: Path
    encoding: str
    warnings: tuple[str, ...] = ()


def as_utf8(path: Path, wanted: str | None) -> Text:
    """The file itself where it is UTF-8, else a copy beside it. Raises TableError with the line that does not fit."""
    if wanted is not None:
        name = known_encoding(wanted)
        if name == UTF8:
            check_utf8(path)
            return Text(path, UTF8)
        return Text(_transcoded(path, name), name)
    if (marked := _marked(path)) is not None:
        return Text(_transcoded(path, marked), marked)
    problem = _first_problem(path)
    if problem is None:
        return Text(path, UTF8)
    if problem.is_nul:
        raise reject("holds a NUL character; is this text?", line=problem.line)
    name = _guessed(path)
    copy = _transcoded(path, name)
    example = _first_word(copy)
    words = f"line {problem.line}: is not in UTF-8 and was read as {name}"
    words += f', so that a cell says "{example}"' if example else ""
    return Text(copy, name, (f"{words}; give encoding= if that is wrong",))


def known_encoding(name: str) -> str:
    """Python's name of an encoding of text. Raises TableError."""
    try:
        found = codecs.lookup(name)
        is_text = found._is_text_encoding
    except (LookupError, ValueError):
        is_text = False
    if not is_text or found.name in ("idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"):
        raise reject("needs an encoding such as utf-8, cp1252, latin-1, utf-16 or cp949", text=name)
    return UTF8 if found.name in (UTF8, "utf-8-sig", "ascii") else found.name


@dataclass(frozen=True)
class _Problem:
    line: int
    is_nul: bool


def check_utf8(path: Path) -> None:
    """Raises TableError with the line where the file is not UTF-8, or holds NUL."""
    if (problem := _first_problem(path)) is not None:
        words = "holds a NUL character; is this text?" if problem.is_nul else "is not in UTF-8"
        raise reject(words, line=problem.line)


def _first_problem(path: Path) -> _Problem | None:
    decoder, line = codecs.getincrementaldecoder(UTF8)(), 1
    for piece in _pieces(path):
        if b"\0" in piece:
            return _Problem(line + piece[: piece.index(b"\0")].count(b"\n"), True)
        try:
            decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            return _Problem(line + piece[: max(error.start, 0)].count(b"\n"), False)
        line += piece.count(b"\n")
    return None


def _pieces(path: Path) -> Iterator[bytes]:
    """The file piece by piece, and an empty piece at its end."""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece
        yield b""


def _marked(path: Path) -> str | None:
    """The encoding that a byte order mark names, or that every other byte being 0 shows."""
    with path.open("rb") as file:
        start = file.read(SAMPLED_BYTES)
    for mark, name in MARKS:
        if start.startswith(mark):
            return name
    even, odd = (start[place::2].count(0) * 2 for place in (0, 1))
    if max(even, odd) > 0.8 * len(start) and min(even, odd) < 0.1 * len(start):
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def _guessed(path: Path) -> str:
    """Korean where nothing but Korean comes out of it, else Western European."""
    with path.open("rb") as file:
        start = file.read(SAMPLED_BYTES)
    whole = start[: start.rfind(b"\n") + 1] or start
    try:
        if not _NOT_KOREAN.search(whole.decode(KOREAN)) and not _is_western(whole):
            return KOREAN
    except UnicodeDecodeError:
        pass
    try:
        for piece in _pieces(path):
            piece.decode(WESTERN[0])
    except UnicodeDecodeError:
        return WESTERN[1]
    return WESTERN[0]


def _is_western(data: bytes) -> bool:
    """Whether bytes above ASCII mostly stand alone, as accented letters do; Korean ones come in pairs."""
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", data)]
    return sum(run % 2 for run in runs) > len(runs) / 2


def _transcoded(path: Path, name: str) -> Path:
    target = path.with_name(f"{path.name}.utf8")
    line = 1
    decoder = codecs.getincrementaldecoder(name)()
    with target.open("w", encoding=UTF8, newline="") as file:
        for piece in _pieces(path):
            try:
                text = decoder.decode(piece, final=not piece)
            except (UnicodeDecodeError, UnicodeError):
                raise reject(f"is not in {name}", line=line) from None
            if "\0" in text:
                raise reject("holds a NUL character; is this text?", line=line + text[: text.index("\0")].count("\n"))
            line += text.count("\n")
            file.write(text)
    return target


def _first_word(path: Path) -> str | None:
    with path.open(encoding=UTF8) as file:
        found = _WORD.search(file.read(SAMPLED_BYTES))
    return found[0][:40] if found else None
