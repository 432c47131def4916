"""What is measured: one small module per task, declarations only."""
