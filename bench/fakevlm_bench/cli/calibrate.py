"""`fakevlm-bench calibrate`: choose a detector's thresholds on a task's validation split."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fakevlm_bench.cli.common import job_parser, parse
from fakevlm_bench.cli.compose import compose_job
from fakevlm_bench.cli.main import write
from fakevlm_bench.cli.words import about
from fakevlm_bench.errors import ConfigError

if TYPE_CHECKING:
    from fakevlm_bench.cli.compose import Job
    from fakevlm_bench.detectors.calibration import Calibration


def main(arguments: list[str], command: str) -> int:
    """Measure a detector on the validation split, choose thresholds, and save them.

    Args:
        arguments: Behind the subcommand's name.
        command: The subcommand's name.

    Raises:
        ConfigError: The detector takes no calibrated threshold, or something is misspelt.
        DataError: The split has one class only.
    """
    options = parse(job_parser(command, __doc__), arguments)
    from fakevlm_bench.contract import described

    if about(options.settings, "conditions"):
        raise ConfigError("thresholds are chosen on clean images: calibrate takes no conditions")
    job = compose_job(
        options.settings, command, split="validation", changes={"threshold": "published"}
    )
    if not described(job.detector).takes_calibration:
        raise ConfigError(f"detector '{job.detector.name}' takes no calibrated threshold")

    from fakevlm_bench.detectors import calibration

    result = _calibrated(job)
    name = calibration.name_of(job.detector, job.task, job.options.limit)
    path = calibration.save(result, options.out, name)
    write(f"{job.detector.name} calibrated on {result.n} images of {job.task.key}")
    write(f"  threshold     {result.threshold:.6g} (published {calibration.PUBLISHED})")
    write(f"  temperature   {result.temperature:.4g}")
    if result.heat_threshold is not None:
        write(f"  heat map from {result.heat_threshold} of 255 on")
    use = "detector.threshold=calibrated"
    if name != described(job.detector).calibrated_on:
        use += f" detector.calibrated_on={name}, on other images than these"
    write(f"calibration: {path} (use it with {use})")
    return 0


def _calibrated(job: Job) -> Calibration:
    """Run the detector on the clean images and choose its thresholds."""
    from fakevlm_bench.api import Run
    from fakevlm_bench.cli.progress import bar
    from fakevlm_bench.detectors import calibration
    from fakevlm_bench.engine.run import execute, make_plan
    from fakevlm_bench.metrics import calibrate
    from fakevlm_bench.metrics.join import join
    from fakevlm_bench.metrics.scoring import primary
    from fakevlm_bench.registry import load_conditions

    task, detector, options = job.task, job.detector, replace(job.options, config={})
    run = Run(execute(make_plan(task, detector, load_conditions([]), options), options, bar).path)
    frame = join(run.predictions, run.truth)
    frame = frame[primary(frame)]
    return calibration.Calibration(
        detector=detector.name,
        identity=calibration.digest(detector.fingerprint()),
        task=f"{task.name.partition(':')[0]}@{task.version}",
        data=task.dataset.fingerprint(),
        n=len(frame),
        **calibrate(frame),
    )
