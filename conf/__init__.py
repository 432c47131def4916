"""What can be chosen: one folder per Hydra group, files of a dozen lines."""
