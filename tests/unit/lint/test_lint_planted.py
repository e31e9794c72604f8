"""`asr-regress lint` finds every defect that is planted into good data, and nothing else."""

import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import soundfile
from lint_data import RATE, NiaTree, noise, sentence, usual_seconds, where

Lint = Callable[..., dict[str, Any]]
KOREAN = ("--data=data", "--normalize=korean")


def test_good_data(tree: NiaTree, lint: Lint):
    found = lint(*KOREAN, "--fail-on=warning")
    assert (found["rc"], found["findings"], found["utterances"]) == (0, [], 50)
    assert {each["why"] for each in found["not_looked_at"]} == {"no --train"}


def plant_texts(tree: NiaTree) -> dict[str, set[str]]:
    planted = {
        "dual-notation": tree.add("D01/dual", "(칠십 개)/(일흔 개 주세요 여기에 모두"),
        "lost-characters": tree.add("D01/lost", "안녕\ufffd세요 여러분 반갑습니다"),
        "leftover-markup": tree.add("D01/tag", "안녕하세요 [웃음소리] 여러분 반갑습니다"),
        "decomposed-text": tree.add("D01/nfd", unicodedata.normalize("NFD", "학교 종이 땡땡땡 어서 모이자")),
        "digits": tree.add("D01/digits", "사과 3개 주세요 지금 당장"),
        "empty-reference": tree.add("D01/empty", ""),
        "emptied-reference": tree.add("D01/emptied", "n/ b/"),
        "look-alike-letters": tree.add("D01/cyrillic", "\u0410pple 전화 한 대 주세요"),
        "duplicate-text": tree.add("D02/text", sentence(1), noise(usual_seconds(sentence(1)), 901)),
    }
    mixed = {planted["look-alike-letters"], tree.add("D02/latin", "LG 전자 제품 한 대 주세요")}
    return {**{check: {id} for check, id in planted.items()}, "mixed-scripts": mixed}


def plant_sounds(tree: NiaTree) -> dict[str, set[str]]:
    not_a_number = noise(2, 902)
    not_a_number[700] = np.nan
    offset = np.full(2 * RATE, 0.25)
    mirrored = np.stack([noise(2, 903), -noise(2, 903)], axis=1)
    clipped = np.clip(noise(2, 904, 0.3).repeat(8)[: 2 * RATE] * 8, -1, 1)
    unusable = {
        tree.add("D01/nan", samples=not_a_number, subtype="FLOAT"),
        tree.add("D01/garbage"),
        tree.add("D01/cut"),
    }
    tree.audio("D01/garbage").write_bytes(b"RIFF" + bytes(500))
    tree.audio("D01/cut").write_bytes(tree.audio("D01/good00").read_bytes()[:-9000])
    return {
        "unusable-audio": unusable,
        "silent-audio": {
            tree.add("D01/zeros", samples=np.zeros(2 * RATE)),
            tree.add("D01/offset", samples=offset),
            tree.add("D01/mirrored", samples=mirrored),
        },
        "quiet-audio": {tree.add("D01/quiet", samples=noise(2, 905, 0.0008))},
        "clipped-audio": {tree.add("D02/clipped", samples=clipped)},
        "long-audio": {tree.add("D02/long", " ".join(sentence(n, 10) for n in range(906, 913)), noise(30.5, 906))},
        "too-little-audio": {tree.add("D02/short", samples=noise(0.12, 907))},
        "fast-speech": {tree.add("D02/fast", sentence(908, 20), noise(2.5, 908))},
        "slow-speech": {tree.add("D02/slow", sentence(909, 5), noise(12, 909))},
    }


def plant_duplicates_and_entries(tree: NiaTree) -> dict[str, set[str]]:
    first, _ = soundfile.read(tree.audio("D01/good00"))
    same = tree.add("D02/twice", tree.label("D01/good00").read_bytes(), first)
    other = tree.add("D02/other", "전혀 다른 문장 하나 여기", first, subtype="PCM_24")
    tree.add("D02/no_label")
    tree.label("D02/no_label").unlink()
    tree.add("D02/no_audio")
    tree.audio("D02/no_audio").unlink()
    tree.add("D02/bytes", b"\xff\xff\xff")
    return {
        "duplicate-audio": {same},
        "same-audio-other-text": {other},
        "unmatched-file": {str(tree.audio("D02/no_label")), str(tree.label("D02/no_audio"))},
        "broken-entry": {str(tree.label("D02/bytes"))},
    }


@pytest.mark.parametrize("plant", [plant_texts, plant_sounds, plant_duplicates_and_entries])
def test_all_that_was_planted_is_found_and_nothing_else(
    tree: NiaTree, lint: Lint, plant: Callable[[NiaTree], dict[str, set[str]]]
):
    planted = plant(tree)
    found = lint(*KOREAN)
    assert where(found) == planted
    assert found["rc"] == 1
    assert {each["check"]: each["count"] for each in found["findings"]} == {
        check: len(ids) for check, ids in planted.items()
    }


def test_fast_decodes_nothing_and_says_what_it_did_not_look_at(tree: NiaTree, lint: Lint):
    planted = plant_sounds(tree)
    found = lint(*KOREAN, "--fast")
    not_done = {each["name"] for each in found["not_looked_at"] if "--fast" in each["why"]}
    assert not_done == {"silent-audio", "quiet-audio", "clipped-audio"}
    by_headers = planted.keys() - not_done
    assert where(found).keys() == by_headers
    assert where(found)["long-audio"] == planted["long-audio"]
    # What only samples tell is not found; a header that promises more than there is, is.
    assert where(found)["unusable-audio"] == planted["unusable-audio"] - {"원천데이터/D01/nan.wav"}


def test_what_has_no_speech_may_be_silent_and_without_text(tree: NiaTree, lint: Lint):
    for number in range(25):
        tree.add(f"D03/quiet{number:02}", "", np.zeros(RATE))
    assert where(lint(*KOREAN)).keys() == {"empty-reference", "too-few-to-judge"}
    limits = "version: 1\ncategories:\n  D03: {non_speech: true, inserted_words_per_minute: {max: 1}}\n"
    (tree.root.parent / "thresholds.yaml").write_text(limits)
    assert lint(*KOREAN)["findings"] == []
