"""The compiled half of v100_ai."""

def cpu_level() -> str:
    """The instruction set the kernels run on: scalar, avx2 or avx512."""
