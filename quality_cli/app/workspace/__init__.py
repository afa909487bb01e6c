"""What every use case stands on: options, key, cache, data, manifest, publication."""
