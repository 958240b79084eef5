from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloud_emulator.errors import CloudError
from cloud_emulator.mongo.operators import Regex
from cloud_emulator.statement.islands import Islands
from cloud_emulator.statement.model import UNDEFINED, Command, ServerDate
from cloud_emulator.statement.parser import parse
from cloud_emulator.values import Instant


def read(literal: str, before: str = "") -> object:
    """Parse one literal as the argument of a call."""
    return parse(f"{before}db.collection('c').where({literal}).get()").chain.steps[0].args[0]


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("{}", {}),
        ("{a:1}", {"a": 1}),
        ("{'a':1,\"b\":2,}", {"a": 1, "b": 2}),
        ("{a:[1,2,],}", {"a": [1, 2]}),
        ("{a:-1.5e3,b:+2,c:.5,d:0x1F}", {"a": -1500, "b": 2, "c": 0.5, "d": 31}),
        ("{a:1.0}", {"a": 1}),
        ("{a:true,b:false,c:null}", {"a": True, "b": False, "c": None}),
        ("{a:undefined}", {"a": UNDEFINED}),
        (
            r"{a:'it\'s',b:'\u4f60\x41\n',c:'a\
b'}",
            {"a": "it's", "b": "你A\n", "c": "ab"},
        ),
        (r"{a:'\ud83d\ude00',b:'\u{1F600}'}", {"a": "😀", "b": "😀"}),
        ("{中文:1,$x:2,_y:3}", {"中文": 1, "$x": 2, "_y": 3}),
        ("{1:2}", {"1": 2}),
        ("{a:new Date(1000)}", {"a": Instant(1000)}),
        ("{a:new Date(-5)}", {"a": Instant(-5)}),
        ("{a:new Date('2023-06-30')}", {"a": Instant(1688083200000)}),
        ("{a:new Date('2023-06-30T09:00:00+08:00')}", {"a": Instant(1688086800000)}),
        ("{a:new Date()}", {"a": ServerDate(0)}),
        ("{a:db.serverDate({offset:60000})}", {"a": ServerDate(60000)}),
        ("{a:_.gt(1)}", {"a": Command("gt", (1,))}),
        ("{a:db.command.gt(1)}", {"a": Command("gt", (1,))}),
        ("{ a : 1 /* why */ , // because\n b : 2 }", {"a": 1, "b": 2}),
        ("{a:new db.Geo.Point(1,2)}", {"a": {"type": "Point", "coordinates": [1, 2]}}),
        ("{a:$.neq(['$b',1])}", {"a": {"$ne": ["$b", 1]}}),
        ("{a:9007199254740993}", {"a": 9007199254740992}),
    ],
)
def test_literals_are_read_as_data(literal: str, value: object) -> None:
    """Every documented literal and name becomes the value that it says."""
    assert read(literal) == value


def test_regex_literals_and_calls_are_one_thing() -> None:
    """`/re/i`, `new RegExp`, `RegExp` and `db.RegExp` give the same expression."""
    forms = [
        "/a\\/[/]b/i",
        "new RegExp('a\\\\/[/]b','i')",
        "db.RegExp({regexp:'a\\\\/[/]b',options:'i'})",
    ]
    found = [read(f"{{x:{form}}}") for form in forms]
    for value in found:
        assert isinstance(value, dict)
        assert isinstance(value["x"], Regex)
        assert (value["x"].pattern, value["x"].options) == ("a\\/[/]b", "i")


def test_constants_before_the_statement_are_names_for_data() -> None:
    """`const` may name commands, shapes and values; the statement uses them."""
    before = (
        "const _ = db.command; const $=db.command.aggregate\nconst P = db.Geo.Point; let n = [1,2];"
    )
    assert read("{a:_.in(n),p:new P(1,2)}", before) == {
        "a": Command("in", ([1, 2],)),
        "p": {"type": "Point", "coordinates": [1, 2]},
    }


def test_links_of_commands_join_with_and() -> None:
    """`_.gt(1).lt(5)` is `_.gt(1).and(_.lt(5))`."""
    assert read("{a:_.gt(1).lt(5)}") == read("{a:_.gt(1).and(_.lt(5))}")


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False, width=32).filter(lambda x: x % 1 != 0)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(max_examples=50)
@given(st.dictionaries(st.text(), _json), st.booleans(), st.booleans())
def test_json_reads_back_as_it_was_written(value: object, ascii_only: bool, spaced: bool) -> None:  # noqa: FBT001 - drawn
    """Whatever JSON text stands in a statement means what JSON means."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=1 if spaced else None)
    assert read(text) == value


@given(st.dictionaries(st.text(), _json | st.integers(0, 10**12).map(Instant), max_size=4))
def test_the_fast_way_and_the_parser_agree(value: dict[str, object]) -> None:
    """A statement that C's JSON reader takes whole means the same when the parser reads it."""

    def written(quote: str) -> str:
        fields = []
        for name, item in value.items():
            literal = f"new Date({item.ms})" if isinstance(item, Instant) else json.dumps(item)
            fields.append(f"{json.dumps(name)}:{literal}")
        # The last key is no JSON where its quotes are single: the island fails there.
        return "{" + ",".join([*fields, f"{quote}end{quote}:1"]) + "}"

    assert read(written('"')) == read(written("'")) == {**value, "end": 1}


def test_text_that_looks_like_a_date_stays_text() -> None:
    """`new Date(1)` inside a string is nobody's date."""
    text = 'x new Date(1) {"$d":   1}'
    assert read('{"a":' + json.dumps(text) + ',"b":new Date(2)}') == {"a": text, "b": Instant(2)}
    assert read("{'a':'new Date(1)','b':/new Date(1)/.x}".replace("/new Date(1)/.x", "1")) == {
        "a": "new Date(1)",
        "b": 1,
    }


def test_a_forged_mark_is_no_date() -> None:
    """The mark by which the fast way knows dates cannot be brought in by a statement."""
    for text in ('{"$d":1}', r'{"\u0024d":1}'):
        assert read(text) == {"$d": 1}


HOSTILE = [
    "",
    " ",
    "db",
    "db.collection",
    "db.collection('c').get",
    "db.collection('c').get(",
    "db.collection('c').where({a:).get()",
    "db.collection('c').where({a:1}).get() db.collection('c').get()",
    "db.collection('c').where({a:`${process.env}`}).get()",
    "db.collection('c').constructor.constructor('return this')()",
    "db.collection('c').where({a:(function(){return 1})()}).get()",
    "db.collection('c').where({a:()=>1}).get()",
    "db.collection('c').where({a:process.exit()}).get()",
    "db.collection('c').where({a:Date.now()}).get()",
    "db.collection('c').where({a:1+1}).get()",
    "db.collection('c').where({a:_}).get()",
    "db.collection('c').where({a:_.gt}).get()",
    "db.collection('c').where({a:_.constructor(1)}).get()",
    "db.collection('c').where({a:_.__proto__(1)}).get()",
    "db.collection('c').where({a:'x}).get()",
    "db.collection('c').where({a:'x\ny'}).get()",
    "db.collection('c').where({a:/x}).get()",
    "db.collection('c').where({a:/(/}).get()",
    "db.collection('c').where({a:/x/gz}).get()",
    "db.collection('c').where({a:NaN}).get()",
    "db.collection('c').where({a:1e999}).get()",
    "db.collection('c').where({a:012}).get()",
    "db.collection('c').where({a:1x}).get()",
    "db.collection('c').where({a:new Date('2023-06-30 09:00')}).get()",
    "db.collection('c').where({a:new Date(2023,5,30)}).get()",
    "db.collection('c').where({a:new Date(9e99)}).get()",
    "db.collection('c').where({a:new Thing()}).get()",
    r"db.collection('c').where({a:'\ud83d'}).get()",
    "db.collection('c').where({a:{$date:1}}).get(".ljust(60),
    "const db = 1",
    "const x = ; db.collection('c').get()",
    "import os",
    "db.collection('c')..get()",
    "db.collection('c')[0].get()",
    "db.collection().get()",
    "db.collection(1).get()",
    "$.sum(1)",
    "[1,2]",
    "/*",
    "\x00",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_statement_is_refused(text: str) -> None:
    """Anything outside the language is -602002, and nothing is evaluated."""
    with pytest.raises(CloudError) as caught:
        parse(text)
    assert caught.value.errcode == -602002


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "db.collection('c').where(" + "{a:" * 200_000,
        "db.collection('c').where(" + '{"a":' * 100_000 + "1" + "}" * 100_000 + ").get()",
        "db.collection('c').where(" + "[" * 100_000 + "]" * 100_000 + ").get()",
        "db.collection('c').where({a:" + "_.and(" * 50_000,
        "db.collection('c').where({a:_.gt(1)" + ".and(_.lt(2))" * 50_000 + "}).get()",
        "db.collection('c')" + ".where({})" * 100_000,
        "db.collection('c').where({a:'" + "x" * 4_000_000,
        "db.collection('c').where({a:" + "9" * 1_000_000 + "}).get()",
        "const a=1;" * 100_000,
        " " * 4_000_000,
        "/*" * 1_000_000,
        "db.collection('c').where({" + "x:{b:1}," * 50_000,
        "db.collection('c').where([" + "[b]," * 50_000,
        'db.collection("c").add({data:[' + '{"a":1,b:new Date("x")},' * 100_000,
    ],
    ids=lambda text: text[:24],
)
def test_hostile_statements_end_in_a_clean_error(text: str) -> None:
    """Deep nesting, endless chains and huge literals are refused, not a crash."""
    with pytest.raises(CloudError) as caught:
        parse(text)
    assert caught.value.errcode == -602002


@given(st.text(alphabet="db.colectin('\"){}[]:,_$/\\ \n1aé;new Date", max_size=40))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """No text makes the parser raise anything but its own error."""
    for statement in (text, f"db.collection('c').where({text}).get()"):
        try:
            parse(statement)
        except CloudError as error:
            assert error.errcode == -602002  # noqa: PT017 - either way is right


def test_errors_do_not_repeat_the_statement() -> None:
    """A refused statement may hold personal data: the message shows the position only."""
    with pytest.raises(CloudError) as caught:
        parse("db.collection('c').where({name:'张三', phone 10000000001}).get()")
    assert "张三" not in caught.value.errmsg
    assert "1000000" not in caught.value.errmsg


def test_islands_leave_text_with_dollars_to_the_parser() -> None:
    """Where a key could be taken for the mark, there are no islands."""
    assert not Islands('{"$gt":1}').usable
    assert Islands('{"a":1}').read(0) == ({"a": 1}, 7)
