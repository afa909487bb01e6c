"""Readers: bytes of a file to raw sheets; hostile bytes end in a finding within bounded time and memory."""
