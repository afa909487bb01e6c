"""Plan, execution and cube: from catalogue and tables to counted quantities."""
