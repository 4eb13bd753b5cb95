"""Whose fault a failure is follows from the histories alone."""

from dataclasses import replace

from bot.core.diagnosis import Diagnosis, Fault, Subject
from bot.core.fault import PastRun, fault_of
from bot.core.finding import Confidence

STALE = Diagnosis(
    cause="lock-out-of-date",
    confidence=Confidence.HIGH,
    message="",
    evidence=(),
    subject=Subject("file", "poetry.lock"),
)
OTHER = replace(STALE, cause="test-failure")
GREEN = PastRun(commit="b0", succeeded=True)
RED = PastRun(commit="b0", succeeded=False, signatures=frozenset({STALE.signature}))


def test_green_target_branch_means_this_change():
    assert fault_of([STALE], commit="c1", target=[GREEN, RED]) is Fault.THIS_CHANGE


def test_same_signature_on_the_target_branch_means_already_red():
    assert fault_of([STALE], commit="c1", target=[RED, GREEN]) is Fault.ALREADY_RED


def test_other_signature_on_a_red_target_branch_means_this_change():
    assert fault_of([OTHER], commit="c1", target=[RED]) is Fault.THIS_CHANGE


def test_other_outcome_at_the_same_commit_means_flaky():
    assert (
        fault_of([OTHER], commit="c1", own=[PastRun(commit="c1", succeeded=True)], target=[GREEN]) is Fault.FLAKY
    )


def test_success_at_another_commit_does_not_mean_flaky():
    assert fault_of([OTHER], commit="c1", own=[PastRun(commit="c0", succeeded=True)]) is Fault.UNKNOWN


def test_infrastructure_goes_before_every_history():
    broken = replace(OTHER, cause="runner-failure", infrastructure=True)
    assert fault_of([broken], commit="c1", target=[GREEN]) is Fault.INFRASTRUCTURE


def test_unexplained_failures_on_both_branches_stay_unknown():
    assert fault_of([], commit="c1", target=[replace(RED, signatures=frozenset())]) is Fault.UNKNOWN


def test_without_history_nothing_is_known():
    assert fault_of([STALE], commit="c1") is Fault.UNKNOWN
