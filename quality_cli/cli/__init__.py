"""Commands: options, one call, printing, exit code. No logic; heavy imports live inside the commands."""
