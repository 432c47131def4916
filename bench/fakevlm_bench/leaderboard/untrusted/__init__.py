"""Reading files of strangers: nothing is run, nothing is unpacked, everything has a limit."""
