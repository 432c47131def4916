"""`fakevlm-bench calibrate`: choose a detector's thresholds on a task's validation split."""

from __future__ import annotations

from dataclasses import replace

from fakevlm_bench.cli.common import choose, parse, parser
from fakevlm_bench.cli.main import write
from fakevlm_bench.cli.words import given
from fakevlm_bench.contract import described
from fakevlm_bench.errors import ConfigError


def main(arguments: list[str], command: str) -> int:
    """Measure a detector on the validation split, choose, and keep what was chosen.

    Raises:
        ConfigError: The detector takes no calibrated threshold, or something is misspelt.
        DataError: The split has one class only.
    """
    options = parse(parser(command, __doc__), arguments)
    if given(options.settings, "conditions"):
        raise ConfigError("thresholds are chosen on clean images: calibrate takes no conditions")
    task, detector, how = choose(options, "validation", {"threshold": "published"})
    if not described(detector).takes_calibration:
        raise ConfigError(f"detector '{detector.name}' takes no calibrated threshold")

    from fakevlm_bench.api import Run
    from fakevlm_bench.cli.progress import bar
    from fakevlm_bench.detectors import calibration
    from fakevlm_bench.engine.run import execute, make_plan
    from fakevlm_bench.metrics import calibrate
    from fakevlm_bench.metrics.join import join
    from fakevlm_bench.metrics.scoring import primary
    from fakevlm_bench.registry import load_conditions

    how = replace(how, config={})
    run = Run(execute(make_plan(task, detector, load_conditions([]), how), how, bar).path)
    frame = join(run.predictions, run.truth)
    frame = frame[primary(frame)]
    found = calibration.Calibration(
        detector=detector.name,
        identity=calibration.digest(detector.fingerprint()),
        task=f"{task.name.partition(':')[0]}@{task.version}",
        data=task.dataset.fingerprint(),
        n=len(frame),
        **calibrate(frame),
    )
    name = calibration.name_of(detector, task, how.limit)
    path = calibration.save(found, options.out, name)
    write(f"{detector.name} calibrated on {found.n} images of {task.key}")
    write(f"  threshold     {found.threshold:.6g} (published {calibration.PUBLISHED})")
    write(f"  temperature   {found.temperature:.4g}")
    if found.heat_threshold is not None:
        write(f"  heat map from {found.heat_threshold} of 255 on")
    use = "detector.threshold=calibrated"
    if name != described(detector).calibrated_on:
        use += f" detector.calibrated_on={name}, on other images than these"
    write(f"calibration: {path} (use it with {use})")
    return 0
