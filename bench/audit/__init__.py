"""The shortcut audit: what a detector could learn without looking."""
