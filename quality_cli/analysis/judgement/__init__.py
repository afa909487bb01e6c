"""What figures mean: targets, change, difference from others, signals; and what is recommended."""
