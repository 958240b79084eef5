from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cloud_emulator.errors import CloudError
from cloud_emulator.server.subscribe import check_message

if TYPE_CHECKING:
    from tests.cloud_emulator.conftest import Client


def message(name: str, value: object) -> dict[str, Any]:
    """A message with one field."""
    return {"touser": "openid", "template_id": "tmpl", "data": {name: {"value": value}}}


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("thing1", ["轮椅一辆", "x" * 20, 5], ["x" * 21]),
        ("number2", ["12", "1.5", 7], ["1,000", "12元", "1" * 33]),
        ("letter3", ["Abc"], ["A1", "中", "a" * 33]),
        ("symbol4", ["+-*/!"], ["!!!!!!", "a"]),
        ("character_string5", ["DH-2023 #7"], ["编号7", "x" * 33]),
        ("time6", ["15:01", "2023年6月30日 15:01", "09:00~10:00"], ["25:00", "noon"]),
        (
            "date7",
            ["2023年6月30日", "2023-06-30 09:00", "2023-06-30~2023-07-01"],
            ["30.6.", "soon"],
        ),
        ("amount8", ["￥600.00", "600元", "1200"], ["600.00 元", "12345678901", "free"]),
        ("phone_number9", ["+86-0000-0000"], ["1" * 18, "call me"]),
        ("car_number10", ["浙B00000"], ["浙B000000000"]),
        ("name11", ["张三", "John Smith"], ["张" * 11, "a" * 21, "张x", "张*"]),
        ("phrase12", ["待确认"], ["wait", "待1", "待确认请等待"]),
        ("enum13", ["ok"], []),
    ],
)
def test_values_obey_wechats_limits(name: str, good: list[object], bad: list[object]) -> None:
    """Each type takes what WeChat's table allows and refuses the rest, naming the field."""
    for value in good:
        assert check_message(message(name, value))["data"][name]["value"] == value
    for value in [*bad, "", "  ", None, ["x"], True]:
        with pytest.raises(CloudError) as caught:
            check_message(message(name, value))
        assert caught.value.errcode == 47003
        assert f"argument invalid! data.{name}.value" in caught.value.errmsg


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"touser": ""}, 40003),
        ({"template_id": None}, 40037),
        ({"template_id": "no template"}, 40037),
        ({"page": "/pages/a"}, 41030),
        ({"page": 5}, 41030),
        ({"lang": "de_DE"}, 40097),
        ({"miniprogram_state": "beta"}, 40097),
        ({"data": {}}, 47003),
        ({"data": None}, 47003),
        ({"data": {"thing": {"value": "x"}}}, 47003),
        ({"data": {"poem1": {"value": "x"}}}, 47003),
        ({"data": {"thing1": "x"}}, 47003),
    ],
)
def test_the_other_fields_are_checked(change: dict[str, object], errcode: int) -> None:
    """Each wrong field has its documented code."""
    with pytest.raises(CloudError) as caught:
        check_message({**message("thing1", "x"), **change})
    assert caught.value.errcode == errcode


def test_a_sent_message_is_kept_for_the_tests(client: Client) -> None:
    """`/_emu/sent` shows messages in order, defaults filled in; refused ones are not there."""
    client.control("clock", {"set": 1_688_086_800_000})
    path = "/cgi-bin/message/subscribe/send"
    assert client.post(path, message("thing1", "一")) == {"errcode": 0, "errmsg": "ok"}
    assert client.post(path, message("thing1", ""))["errcode"] == 47003
    assert client.post(path, {**message("phrase2", "通过"), "page": "p"})["errcode"] == 0
    sent = client.control("sent")["messages"]
    assert [item["data"] for item in sent] == [
        {"thing1": {"value": "一"}},
        {"phrase2": {"value": "通过"}},
    ]
    assert sent[1]["page"] == "p"
    assert 0 <= sent[0]["at"] - 1_688_086_800_000 < 60_000
    assert sent[0]["lang"] == "zh_CN"
    assert sent[0]["miniprogram_state"] == "formal"
