"""`fakevlm-bench fit`: fit a detector on a task's train split, cross-validated by photograph."""

from __future__ import annotations

from fakevlm_bench.cli.common import job_parser, parse
from fakevlm_bench.cli.compose import compose_job
from fakevlm_bench.cli.main import write


def main(arguments: list[str], command: str) -> int:
    """Fit, say how well the fit does on photographs it has not seen, and where it is.

    Args:
        arguments: Behind the subcommand's name.
        command: The subcommand's name.

    Raises:
        ConfigError: The detector cannot be fitted, or something is misspelt.
        DataError: The data has one class only, or fewer than five photographs.
    """
    options = parse(job_parser(command, __doc__), arguments)
    job = compose_job(options.settings, command, split="train")
    task, detector = job.task, job.detector

    from fakevlm_bench.contract import described_dataset
    from fakevlm_bench.engine.fit import fit

    split = described_dataset(task.dataset).split
    data = {"task": task.key, "split": split, "fingerprint": task.dataset.fingerprint()}
    report, path = fit(detector, task.dataset, data, options.out)
    write(
        f"{detector.name} fitted on {report.n} images of {report.groups} photographs of "
        f"{task.key}, penalty {report.penalty}"
    )
    write(
        f"AUROC {report.auroc:.3f} [{report.low:.3f}, {report.high:.3f}], "
        "cross-validated by photograph"
    )
    write(f"fit: {path} (use it with detector.fit={path})")
    return 0
