"""Bad input: exit code 4 with where, what and how to mend it, and no traceback."""

from pathlib import Path

import pytest


def checkpoint(folder: Path, **files: str) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "whisper"}')
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("more", [(), ("-n", "2"), ("--collect-only",), ("-p", "no:terminal")], ids=" ".join)
def test_no_such_checkpoint(project, refused, more):
    refused(project.run("--model=models/absent", *more, models=[]), "models/absent")


def test_no_such_checkpoint_names_the_nearest(project, refused):
    checkpoint(project.path / "medium-ft-3")
    refused(project.run("--model=medium-ft3", models=[]), "medium-ft3", "did you mean", "medium-ft-3")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({}, ["no weights", "model.safetensors"], id="without weights"),
        pytest.param({"pytorch_model.bin": "x"}, ["pickled", "--asr-allow-pickle"], id="pickled only"),
        pytest.param({"config.json": "{}"}, ["model_type"], id="of another kind"),
        pytest.param({"config.json": "{"}, ["config.json", "JSON"], id="config is no JSON"),
    ],
)
def test_a_checkpoint_that_cannot_be_used(project, refused, files, expected):
    checkpoint(project.path / "candidate", **files)
    refused(project.run("--model=candidate", models=[]), "candidate", *expected)


@pytest.mark.parametrize("path", ["~nobody-of-this-name/model", "x" * 300], ids=["home", "long"])
def test_a_path_of_a_checkpoint_that_cannot_be(project, refused, path):
    refused(project.run(f"--model={path}", models=[]), path)


def test_an_empty_model(project, refused):
    refused(project.run("--model=", models=[]), "--model")


def test_a_model_without_its_value(project, refused):
    refused(project.run("--model", "--asr-samples=0", models=[]), "--model")


def test_two_models_of_one_name_say_how_to_name_them(project, refused):
    given = project.checkpoints["tiny"]
    result = project.run(f"--model={given}", f"--model=tiny={project.checkpoints['other']}", models=[])
    refused(result, "2 models are named tiny", f"--model=tiny-1={given}")


def test_a_data_folder_without_audio(project, refused):
    (project.path / "empty").mkdir()
    (project.path / "empty/notes.txt").write_text("nothing")
    refused(project.run("--asr-data=empty"), "empty", "audio")


def test_no_data_at_all(project, refused):
    project.thresholds(data=None)
    refused(project.run(), "no data", "--asr-data=PATH")


@pytest.mark.parametrize("path", ["absent", "~nobody-of-this-name/data", "x" * 300], ids=["absent", "home", "long"])
@pytest.mark.parametrize("option", ["--asr-data", "--asr-thresholds", "--asr-baseline"])
def test_a_path_that_does_not_exist(project, refused, option, path):
    refused(project.run(f"{option}={path}"), path)


def test_a_category_that_does_not_exist_names_the_nearest(project, refused):
    refused(project.run("--asr-category=D1"), "D1", "did you mean D01?")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("version: 1\nlimits: {}\n", [":2", "limits"], id="unknown key"),
        pytest.param("version: 1\ndefaults: {cer: {maximum: 5}}\n", [":2", "maximum", "max"], id="unknown limit"),
        pytest.param("version: 1\nseed: 1\nseed: 2\n", [":3", "seed"], id="duplicate key"),
        pytest.param("version: 1\ndefaults: {cer: {max: high}}\n", [":2", "high"], id="wrong type"),
        pytest.param("version: 1\ndefaults: {cer: {max: -5}}\n", [":2", "-5"], id="negative limit"),
        pytest.param("version: 1\ndtype: float\n", [":2", "float32"], id="unknown precision"),
        pytest.param("version: 1\nnormalize: best\n", [":2", "best"], id="unknown text rules"),
        pytest.param("version: 1\n\tdata: x\n", [":2"], id="no YAML"),
    ],
)
def test_a_thresholds_file_that_is_wrong(project, refused, text, expected):
    project.thresholds(text)
    refused(project.run(), *(f"thresholds.yaml{each}" if each[0] == ":" else each for each in expected))


@pytest.mark.parametrize("more", [("-n", "2"), ("--collect-only",), ("-p", "no:xdist"), ("-p", "no:cacheprovider")])
def test_a_thresholds_file_that_is_wrong_whatever_else_is_asked(project, refused, more):
    project.thresholds("version: 1\nlimits: {}\n")
    refused(project.run(*more), "thresholds.yaml:2")


def test_a_report_folder_that_cannot_be_written(project, refused):
    (project.path / "taken").write_text("a file")
    refused(project.run("--asr-report=taken/report"), "--asr-report", "taken")


def test_a_store_that_cannot_be_written(project, refused):
    (project.path / "taken").write_text("a file")
    result = project.run("--asr-cache-dir=taken", shared_store=False)
    refused(result, "taken", "--asr-cache-dir", "--asr-no-cache")


def test_broken_lines_in_the_manifest_are_listed_with_their_line(project, refused):
    with (project.path / "data/manifest.jsonl").open("a") as file:
        file.write('{"audio_filepath": "D01/001.wav"\n')
    refused(project.run(), "manifest.jsonl:6", "max_broken_entries")


def test_broken_lines_may_be_allowed(project):
    with (project.path / "data/manifest.jsonl").open("a") as file:
        file.write('{"audio_filepath": "D01/001.wav"\n')
    project.thresholds("version: 1\ndefaults: {cer: {max: 5}}\nmax_broken_entries: 1\n")
    result = project.run("--asr-report=report")
    assert result.ret == 0
    assert len(project.report()["data"]["problems"]) == 1


@pytest.mark.parametrize(
    ("option", "value"),
    [("--asr-limit", "0"), ("--asr-limit", "many"), ("--asr-samples", "-1"), ("--asr-dtype", "int4"),
     ("--asr-device", "gpu"), ("--asr-workers", "0")],
)  # fmt: skip
def test_a_value_that_is_none(project, refused, option, value):
    refused(project.run(f"{option}={value}"), option, value)


def test_an_ini_value_that_is_none_names_file_and_key(project, refused):
    project.pytester.makeini("[pytest]\nasr_limit = some\n")
    refused(project.run(), "tox.ini", "asr_limit", "some")


def test_a_checkpoint_that_turns_out_not_to_load(project, refused):
    """Found out by the worker process: still the user's input, still exit code 4; found out once."""
    project.unloadable("broken")
    result = project.run("--model=broken", "-n", "2", models=[])
    refused(result, "broken", "does not load")
    assert result.stderr.str().count("transcribing 5 recordings") == 1, "every worker of pytest-xdist tried again"
    result.assert_outcomes(failed=6)
