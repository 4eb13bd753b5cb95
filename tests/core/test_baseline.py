"""The lines that green runs print are known; of an unexplained failure only the new ones are shown."""

from bot.core import baseline as module
from bot.core.baseline import Baseline, learn, normal_line
from bot.core.diagnose import diagnose

SAME = b"cannot find the old cache, making one\n"
GREEN = b"$ ./ci/mystery\nstarted at 10:00:01\nerror count: 0\n" + SAME + b"done in 3.2s\n"
RED = b"$ ./ci/mystery\nstarted at 11:30:59\nerror count: 7\n" + SAME + b"cannot open the gate\n"


def notable(baseline):
    return [line.text for line in diagnose([RED], baseline=baseline).notable]


def test_lines_that_green_runs_had_are_not_shown():
    assert notable(learn(Baseline(), [GREEN])) == ["cannot open the gate"]


def test_without_green_runs_all_trouble_is_shown():
    assert "cannot find the old cache, making one" in notable(Baseline())


def test_numbers_hashes_and_temporary_paths_do_not_make_a_line_new():
    before = "Built wheel 1.2.3 (sha256 0123456789abcdef) in /tmp/pip-a1b2/x after 12.5s"
    after = "Built wheel 1.10.0 (sha256 fedcba9876543210) in /tmp/pip-zzzz/y after 99s"
    assert normal_line(before) == normal_line(after)
    assert normal_line("12 passed") != normal_line("12 failed")


def test_baseline_survives_storage():
    learned = learn(Baseline(), [GREEN])
    assert Baseline.from_bytes(learned.to_bytes()) == learned
    assert Baseline.from_bytes(learned.to_bytes() + b"\0") == learned


def test_baseline_forgets_what_was_not_seen_for_longest(monkeypatch):
    monkeypatch.setattr(module, "MOST", 3)
    learned = learn(learn(Baseline(), [b"old\nboth\n"]), [b"both\nnew\nnewer\n"])
    assert len(learned.known) == 3
    assert learned == learn(Baseline(), [b"both\nnew\nnewer\n"])


def test_same_history_gives_the_same_baseline():
    assert learn(learn(Baseline(), [GREEN]), [RED]) == learn(learn(Baseline(), [GREEN]), [RED])
