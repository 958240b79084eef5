"""A log line can only carry what is on the list."""

from __future__ import annotations

import json
import logging

import pytest

from cloud_sync.logs import SAFE_FIELDS, JsonFormatter, log

LOGGER = logging.getLogger("cloud_sync.test")


def test_fields_that_are_not_listed_are_dropped(caplog: pytest.LogCaptureFixture) -> None:
    """A name cannot get into a line by being passed along."""
    caplog.set_level(logging.INFO)
    log(LOGGER, logging.INFO, "batch finished", n=3, name="张三", phone="10000000001")
    assert caplog.messages == ["batch finished n=3"]
    assert caplog.records[0].__dict__["fields"] == {"n": 3}


def test_the_json_line_holds_event_and_fields(caplog: pytest.LogCaptureFixture) -> None:
    """One object per line, the event apart from the numbers."""
    caplog.set_level(logging.INFO)
    log(LOGGER, logging.WARNING, "slow", calls=7, code=-1)
    line = json.loads(JsonFormatter().format(caplog.records[0]))
    assert {key: line[key] for key in ("level", "event", "calls", "code")} == {
        "level": "warning",
        "event": "slow",
        "calls": 7,
        "code": -1,
    }


def test_an_exception_is_named_by_its_type_only(caplog: pytest.LogCaptureFixture) -> None:
    """The text of an exception may hold anything."""
    try:
        int("张三 330299196311200015")
    except ValueError:
        LOGGER.exception("failed")
    line = JsonFormatter().format(caplog.records[0])
    assert "张三" not in line
    assert json.loads(line)["exception"] == "ValueError"


@pytest.mark.parametrize("word", ["name", "phone", "id_number", "token", "query", "text", "openid"])
def test_no_personal_field_is_on_the_list(word: str) -> None:
    """The list holds counts, classes and random ids."""
    assert word not in SAFE_FIELDS
