"""Each kind of fault once, on a group under load: what `tests/chaos/run --selection` does."""

from chaos.report import Report
from chaos.runner import RATE, run
from chaos.schedule import selection

SEED = 1


def test_chaos(tmp_path):
    """Nothing is lost, nothing comes twice but the tail of what was hit, nothing runs twice, everybody answers."""
    print(run(tmp_path, Report(SEED, RATE), selection(SEED)))
