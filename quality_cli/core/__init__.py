"""Words every layer shares: ids, periods, organisations, the where-language, findings, errors."""
