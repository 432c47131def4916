"""A run to look at and to carry away: one page with its curves and images, and its tables.

Everything comes from the run's record; images that were perturbed are made again from
the task with the run's seed, and held against the digests of what was sent.
"""
