"""From a recipe and texts to loss curves, one per evaluation."""

from collections.abc import Callable, Sequence
from pathlib import Path

from experiments.recorder.corpus import Corpus, require
from experiments.recorder.job import Job
from experiments.recorder.machine import threads
from experiments.recorder.recording import Recording
from experiments.run.files import sweep
from sim.traces.curve import Curve


def record(
    job: Job,
    text: Corpus,
    evaluations: Sequence[Corpus],
    device: str = "cpu",
    folder: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Curve]:
    """Train a model and measure it on the way.

    Args:
        job: the recipe.
        text: what it learns from.
        evaluations: what it is measured on; at most 16,384 bytes of each.
        device: `cpu` or `cuda`.
        folder: of the checkpoint, written at every validation; a recording that was killed goes on from there.
        progress: told (steps done, steps in all).

    Returns:
        A curve per evaluation: validation loss in nats per byte, `seconds` of training without validation. A seed gives
        the same losses on one CPU, resumed or not; a run that diverges ends there.

    Raises:
        CorpusError: a text has fewer bytes than one window.
        CheckpointError: the folder's checkpoint is damaged or belongs to another recording.
    """
    for each in (text, *evaluations):
        require(each, job.context)
    if folder is not None:
        sweep(folder)
    with threads(job.threads):
        return Recording(job, text, evaluations, device, folder).run(progress)
