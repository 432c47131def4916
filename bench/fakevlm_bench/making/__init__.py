"""What makes the things that ship; nothing that measures imports it."""
