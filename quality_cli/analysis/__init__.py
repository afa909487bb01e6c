"""What results mean: intervals, small numbers, comparisons. Knows no files and no documents."""
