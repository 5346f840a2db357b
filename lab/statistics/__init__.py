"""What every figure of the lab comes from: blocks of interleaved samples."""
