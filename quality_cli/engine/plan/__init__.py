"""What will be counted: scans, partitions, classes of values."""
