"""What came of signing in stands among the figures, without anybody's name."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from bot.auth.attempts import Tally
from bot.gateway.metrics import Metrics, SignInFigures


def test_outcomes_are_counted_by_who_it_was() -> None:
    tally, registry = Tally(), CollectorRegistry()
    registry.register(SignInFigures(tally))
    metrics = Metrics(registry)
    for _ in range(3):
        tally.add("candidate", "wrong")
    tally.add("agent", "locked")
    text = metrics.text().decode()
    assert 'assistant_sign_ins_total{outcome="wrong",who="candidate"} 3.0' in text
    assert 'assistant_sign_ins_total{outcome="locked",who="agent"} 1.0' in text
