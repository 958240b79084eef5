"""The parser: recursive descent over the statement language, into data.

It knows literals, objects, arrays, regex literals, `new Date|RegExp|db.Geo.*|db.RegExp`, names
rooted in `db`, `_`, `$` and `const X = …;` before the statement. Everything else is an error;
nothing is ever evaluated.
"""

import re
from typing import Final

from cloud_emulator.errors import statement_error
from cloud_emulator.statement.islands import Islands
from cloud_emulator.statement.model import UNDEFINED, Chain, Statement
from cloud_emulator.statement.names import ROOTS, Member, Root, call, member, regex
from cloud_emulator.values import MAX_DEPTH, Instant, Value, js_float, js_int

_SPACE: Final = re.compile(r"(?:\s+|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)*")
_NAME: Final = re.compile(r"(?:[^\W\d]|\$)[\w$]*")
_NUMBER: Final = re.compile(
    r"[+-]?(?:0[xX](?P<hex>[0-9a-fA-F]{1,13})|(?P<int>\d+)(?![\d.eExX])"
    r"|(?P<float>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))(?![\w$])",
    re.ASCII,
)
_STRING_PART: Final = {
    '"': re.compile(r'[^"\\\n\r]*'),
    "'": re.compile(r"[^'\\\n\r]*"),
}
_ESCAPE: Final = re.compile(
    r"u\{(?P<point>[0-9a-fA-F]{1,6})\}|u(?P<unit>[0-9a-fA-F]{4})|x(?P<byte>[0-9a-fA-F]{2})"
    r"|(?P<line>\r\n|\n|\r)|(?P<char>[^ux])",
    re.DOTALL,
)
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_REGEX: Final = re.compile(
    r"/((?:[^/\\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+)/([a-z]*)",
)
_WORDS: Final = {"true": True, "false": False, "null": None, "undefined": UNDEFINED}
_DECLARATIONS: Final = ("const", "let", "var")
# Islands are tried on whole arguments (depth 2), lists of documents (3) and documents (4); deeper
# the parser reads by itself, or a hostile text could make it look at the same characters often.
_ISLAND_DEPTH: Final = 4
_VAIN_LOOKS: Final = 32
_MAX_CONSTANTS: Final = 100
_MAX_STEPS: Final = 100
_LAST_POINT: Final = 0x10FFFF


def parse(text: str) -> Statement:
    """Parse a statement; raise CloudError -602002 with the position of what was not understood."""
    try:
        return _Parser(text).statement()
    except RecursionError:
        raise statement_error(f"nested deeper than {MAX_DEPTH} levels") from None


class _Parser:
    """One parse."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.plain = True
        self.islands = Islands(text)
        self.vain_looks = 0
        self.names: dict[str, Value] = dict(ROOTS)

    # -- statements -------------------------------------------------------------------------

    def statement(self) -> Statement:
        """Read constants, one chain, and nothing after it."""
        for _ in range(_MAX_CONSTANTS):
            if not self._declaration():
                break
        value = self._value()
        if not isinstance(value, Chain) or value.collection is None:
            raise self._error("a statement starts with db.collection(…)")
        self._space()
        while self._take(";"):
            self._space()
        if self.at != len(self.text):
            raise self._error("one statement only")
        return Statement(value, self.plain)

    def _declaration(self) -> bool:
        self._space()
        start = self.at
        if self._name() not in _DECLARATIONS:
            self.at = start
            return False
        self._space()
        name = self._name()
        if not name or name in _WORDS:
            raise self._error("a constant needs a name")
        self._space()
        self._expect("=")
        self.names[name] = self._value(reference=True)
        self._space()
        self._take(";")
        return True

    # -- values -----------------------------------------------------------------------------

    def _value(self, *, reference: bool = False) -> Value:
        """Read a value; a name that stands for no value is one only in a constant."""
        self._space()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise statement_error(f"nested deeper than {MAX_DEPTH} levels")
        value = self._postfix(self._primary())
        self.depth -= 1
        if not reference and isinstance(value, (Root, Member)):
            raise self._error("a function or a name is no value")
        return value

    def _primary(self) -> Value:  # noqa: PLR0911 - one return for each kind of value
        char = self.text[self.at : self.at + 1]
        if char in ("{", "["):
            island = self._island()
            if island is not None:
                return island[0]
            return self._object() if char == "{" else self._array()
        if char in _STRING_PART:
            return self._string()
        if char == "/":
            return self._regex()
        if char.isdigit() or char in ("-", "+", "."):
            return self._number()
        name = self._name()
        if name == "new":
            return self._new()
        if name in _WORDS:
            self.plain = self.plain and name != "undefined"
            return _WORDS[name]
        if name and name in self.names:
            value = self.names[name]
            self.plain = self.plain and isinstance(value, Root)
            return value
        raise self._error("a value was expected" if not name else "unknown name")

    def _island(self) -> tuple[Value] | None:
        if not self.islands.usable or self.depth > _ISLAND_DEPTH:
            return None
        found = self.islands.read(self.at)
        if found is None:
            # A vain look costs the length of the text: a few are worth it, then the parser goes on
            # alone, as it does at once when a single document is no JSON.
            self.vain_looks += 1
            self.islands.usable = self.depth < _ISLAND_DEPTH and self.vain_looks < _VAIN_LOOKS
            return None
        self.at = found[1]
        return (found[0],)

    def _postfix(self, value: Value) -> Value:
        steps = 0
        while True:
            if value.__class__ in _CLOSED:
                return value
            self._space()
            if self._take("."):
                self._space()
                value = member(value, self._name())
            elif self.text.startswith("(", self.at):
                value = call(value, self._arguments())
                self.plain = self.plain and isinstance(value, Chain)
                steps += 1
                if steps > _MAX_STEPS:
                    raise self._error("too many calls in one chain")
            else:
                return value

    def _new(self) -> Value:
        self._space()
        name = self._name()
        if name not in self.names:
            raise self._error("unknown name after new")
        target = self.names[name]
        while self._take("."):
            target = member(target, self._name())
        self._space()
        if not isinstance(target, Member) and target not in (Root.DATE, Root.REGEXP):
            raise self._error("new makes Date, RegExp, db.RegExp and db.Geo shapes only")
        args = self._arguments() if self.text.startswith("(", self.at) else ()
        value = call(target, args, new=True)
        self.plain = self.plain and isinstance(value, Instant)
        return value

    def _arguments(self) -> tuple[Value, ...]:
        self._expect("(")
        return tuple(self._items(")"))

    def _items(self, end: str) -> list[Value]:
        items: list[Value] = []
        self._space()
        while not self._take(end):
            items.append(self._value())
            self._space()
            if not self._take(","):
                self._expect(end)
                break
            self._space()
        return items

    def _array(self) -> list[Value]:
        self._expect("[")
        return self._items("]")

    def _object(self) -> dict[str, Value]:
        self._expect("{")
        found: dict[str, Value] = {}
        self._space()
        while not self._take("}"):
            name = self._key()
            self._space()
            self._expect(":")
            found[name] = self._value()
            self._space()
            if not self._take(","):
                self._expect("}")
                break
            self._space()
        return found

    def _key(self) -> str:
        char = self.text[self.at : self.at + 1]
        if char in _STRING_PART:
            name = self._string()
        elif char.isdigit():
            name = str(self._number())
        else:
            name = self._name()
            if not name:
                raise self._error("a key was expected")
        if name.startswith("$") or "\x00" in name:
            self.plain = False
        return name

    # -- tokens -----------------------------------------------------------------------------

    def _string(self) -> str:
        quote = self.text[self.at]
        part = _STRING_PART[quote]
        self.at += 1
        parts: list[str] = []
        while True:
            match = part.match(self.text, self.at)
            if match is None:
                raise self._error("unfinished string")
            parts.append(match[0])
            self.at = match.end()
            if self._take(quote):
                break
            if not self._take("\\"):
                raise self._error("unfinished string")
            parts.append(self._escape())
        text = "".join(parts)
        try:
            # Pairs of \u escapes make one character; half a pair is no text.
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            raise self._error("half a surrogate pair in a string") from None

    def _escape(self) -> str:
        match = _ESCAPE.match(self.text, self.at)
        if match is None:
            raise self._error("unknown escape in a string")
        self.at = match.end()
        if match["line"]:
            return ""
        if match["char"]:
            return _ESCAPED.get(match["char"], match["char"])
        point = int(match["point"] or match["unit"] or match["byte"], 16)
        if point > _LAST_POINT:
            raise self._error("unknown escape in a string")
        return chr(point)

    def _number(self) -> int | float:
        match = _NUMBER.match(self.text, self.at)
        if match is None:
            raise self._error("a number was expected")
        self.at = match.end()
        sign = -1 if match[0].startswith("-") else 1
        if match["hex"]:
            return sign * int(match["hex"], 16)
        digits = match["int"]
        try:
            if digits is None:
                return sign * js_float(match["float"])
            if digits.startswith("0") and len(digits) > 1:
                raise self._error("a number with a leading zero")
            return sign * js_int(digits)
        except (ValueError, OverflowError):
            raise self._error("a number out of range") from None

    def _regex(self) -> Value:
        match = _REGEX.match(self.text, self.at)
        if match is None:
            raise self._error("unfinished regular expression")
        self.at = match.end()
        self.plain = False
        return regex(match[1], match[2])

    def _name(self) -> str:
        match = _NAME.match(self.text, self.at)
        name = match[0] if match else ""
        self.at += len(name)
        return name

    def _space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        if match is not None:
            self.at = match.end()

    def _take(self, mark: str) -> bool:
        if self.text.startswith(mark, self.at):
            self.at += len(mark)
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._take(mark):
            raise self._error(f"{mark} was expected")

    def _error(self, hint: str) -> Exception:
        return statement_error(f"{hint}, at character {self.at}")


# Literals: no `.` or `(` may follow them, so there is no need to look.
_CLOSED: Final = frozenset({str, int, float, bool, type(None), dict, list})
