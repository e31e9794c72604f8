import argparse
from pathlib import Path

import pytest

from asr_regress.options import OPTIONS, Options, device, natural, positive, read_options

START, INI = Path("/start"), Path("/project")


def read(given: dict[str, object] | None = None, ini: dict[str, str | list[str]] | None = None) -> Options:
    absent = {option.name: [] if option.repeatable else False if option.switch else None for option in OPTIONS}
    return read_options({**absent, **(given or {})}, ini or {}, START, INI)


def test_nothing_given_is_nothing_asked_for():
    assert read() == Options()


@pytest.mark.parametrize("name", ["asr_seed", "asr_samples", "asr_batch_timeout"])
def test_nought_is_a_value(name: str):
    assert getattr(read({name: 0}, {name: "7"}), name) == 0
    assert getattr(read(ini={name: "0"}), name) == 0


def test_the_command_line_goes_before_the_ini_file():
    options = read({"asr_limit": 1}, {"asr_limit": "2", "asr_seed": "3"})
    assert (options.asr_limit, options.asr_seed) == (1, 3)


def test_a_relative_path_is_relative_to_where_it_was_written():
    assert read({"asr_data": "data"}, {"asr_data": "other"}).asr_data == START / "data"
    assert read(ini={"asr_data": "other"}).asr_data == INI / "other"
    assert read({"asr_data": "/data"}).asr_data == Path("/data")


def test_a_home_folder_is_found_and_an_unknown_one_left_to_who_reads_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", "/home/me")
    assert read({"asr_data": "~/data"}).asr_data == Path("/home/me/data")
    assert read({"asr_data": "~nobody-of-this-name/data"}).asr_data == START / "~nobody-of-this-name/data"


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("True", True), ("1", True), ("off", False), ("0", False)])
def test_a_switch_in_an_ini_file(text: str, value: bool):
    assert read(ini={"asr_force": text}).asr_force is value


def test_a_switch_on_the_command_line_goes_before_the_ini_file():
    assert read({"asr_force": True}, {"asr_force": "no"}).asr_force is True


def test_a_repeatable_option_replaces_the_ini_list():
    assert read(ini={"asr_category": ["D01", "D02"]}).asr_category == ("D01", "D02")
    assert read({"asr_category": ["D03"]}, {"asr_category": ["D01"]}).asr_category == ("D03",)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("asr_limit", "0", "less than 1"),
        ("asr_limit", "many", "whole number"),
        ("asr_batch_timeout", "-1", "seconds from 0 on"),
        ("asr_batch_timeout", "nan", "seconds from 0 on"),
        ("asr_batch_timeout", "soon", "not a number of seconds"),
        ("asr_force", "perhaps", "neither true nor false"),
        ("asr_dtype", "int4", "bfloat16"),
        ("asr_device", "gpu", "cuda:0,1"),
        ("asr_data", " ", "empty"),
    ],
)
def test_an_ini_value_that_is_none_names_its_key(name: str, text: str, said: str):
    with pytest.raises(argparse.ArgumentTypeError, match=f"ini key {name}: .*{said}"):
        read(ini={name: text})


@pytest.mark.parametrize("text", ["auto", "cpu", "cuda", "cuda:0", "cuda:0,3", "shard"])
def test_devices(text: str):
    assert device(text) == text


@pytest.mark.parametrize("text", ["", "gpu", "cpu:0", "cuda:", "cuda:x", "cuda:0,", "cuda:-1", "shard:0"])
def test_what_is_no_device(text: str):
    with pytest.raises(argparse.ArgumentTypeError, match="none of auto, cpu"):
        device(text)


def test_whole_numbers():
    assert (positive("1"), natural("0")) == (1, 0)
    for parse, text in ((positive, "0"), (natural, "-1"), (natural, "1.5"), (natural, "")):
        with pytest.raises(argparse.ArgumentTypeError):
            parse(text)


def test_every_option_but_the_model_has_an_ini_key_of_its_own():
    names = [option.name for option in OPTIONS]
    assert len(set(names)) == len(names)
    assert [name for name in names if not name.startswith("asr_")] == ["model"]
