from asr_regress.reports.changes import changes
from asr_regress.reports.details import UtteranceDetails


def details(**errors: int) -> UtteranceDetails:
    return UtteranceDetails(baseline_errors={"cer": errors, "wer": dict.fromkeys(errors, 0)})


def test_every_utterance_that_both_scored_is_in_one_place(build):
    now = {"broken1": 1, "broken2": 7, "same": 3, "right": 0, "worse": 4, "fixed": 0, "better": 1, "new": 9}
    utterances = [build.utterance(id_, errors=errors) for id_, errors in now.items()]
    utterances += [build.utterance("failed", hypothesis=None), build.utterance("empty", "", "text")]
    model = build.model("m", utterances=tuple(utterances))
    before = details(broken1=0, broken2=0, same=3, right=0, worse=3, fixed=5, better=2, failed=0, empty=0, gone=1)
    found = changes(build.run(model), model, before)
    assert found is not None
    assert found.compared == 7
    assert [(each.utterance.id, each.before, each.after) for each in found.broken] == [
        ("broken2", 0, 7),
        ("broken1", 0, 1),
    ]
    assert [each.utterance.id for each in found.worse] == ["worse"]
    assert (found.fixed, found.better) == (1, 1)


def test_without_a_baseline_nothing_changed(build):
    model = build.model("m", utterances=(build.utterance("a"),))
    assert changes(build.run(model), model, UtteranceDetails()) is None
    assert changes(build.run(model, baseline_model="m"), model, details(a=0)) is None, "it is the baseline itself"
    broken = build.model("m", utterances=(build.utterance("a"),), error="no weights")
    assert changes(build.run(broken), broken, details(a=0)) is None
    assert changes(build.run(model, metrics=()), model, details(a=0)) is None
