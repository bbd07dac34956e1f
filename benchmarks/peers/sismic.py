"""sismic: a statechart in YAML, run by its interpreter."""

from __future__ import annotations

from sismic.interpreter import Interpreter
from sismic.io import import_from_yaml

from benchmarks.contenders.measuring import Seen, best_of, main

_CHART = """
statechart:
  name: referral
  preamble: |
    paper, steps, history = '1/GT', 0, []
  root state:
    name: root
    initial: issued
    states:
      - name: issued
        transitions:
          - event: submit
            target: submitted
            guard: event.number == paper
            action: history.append(('submitted', 'residence'))
      - name: submitted
        transitions:
          - event: activate
            target: active
            guard: steps >= 0
            action: history.append(('active', 'residence'))
      - name: active
        transitions:
          - event: renew
            target: issued
            guard: steps >= 0
            action: history.append(('issued', 'residence'))
"""


def event(count: int) -> Seen:
    """Queue and execute the three events in turn."""
    interpreter = Interpreter(import_from_yaml(_CHART))
    interpreter.execute()

    def run() -> None:
        for _ in range(count // 3):
            interpreter.queue("submit", number="1/GT").execute_once()
            interpreter.queue("activate").execute_once()
            interpreter.queue("renew").execute_once()

    return best_of(run, count // 3 * 3, 3)


if __name__ == "__main__":
    main({"event": event})
