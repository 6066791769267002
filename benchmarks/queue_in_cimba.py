"""An M/M/c queue in cimba: a process a server, and a store of the times at which customers came.

cimba reads annotations of a model as they are, so they are not put off here.
"""

from functools import lru_cache

import cimba as cb


@lru_cache
def queue_model(counters: int, gap: float, service: float) -> cb.Model:
    """The model with so many servers, mean time between arrivals and mean service."""

    class Queue(cb.Model):  # type: ignore[misc]
        gaps: cb.Input[float] = cb.inputs.dist.exponential(mean=gap)
        services: cb.Input[float] = cb.inputs.dist.exponential(mean=service)
        line: cb.Store[float]
        waits: cb.Dataset
        served: cb.Output[int]
        mean_wait: cb.Output[float]

        @cb.process  # type: ignore[untyped-decorator]
        def door(self) -> None:
            while True:
                cb.hold(self.gaps.next())
                self.line.put(cb.now())

        @cb.process(copies=counters)  # type: ignore[untyped-decorator]
        def server(self) -> None:
            while True:
                came = self.line.get()
                self.waits.record(cb.now() - came)
                cb.hold(self.services.next())

        @cb.on_end  # type: ignore[untyped-decorator]
        def measure(self) -> None:
            self.served = self.waits.sample_count()
            self.mean_wait = self.waits.sample_mean()

    return Queue()


def run_queue(counters: int, gap: float, service: float, customers: int) -> tuple[int, float]:
    """Customers served, about as many as asked for, and their mean wait."""
    model = queue_model(counters, gap, service)
    window = cb.Window(warmup=0, duration=customers * gap)
    found = cb.Experiment(model, replications=1, window=window, seed=1).run()[model]
    return int(found.served.values.item()), float(found.mean_wait.values.item())
