"""`python -m v100_ai.worker`: what the parent starts."""

from v100_ai.worker.child.main import main

if __name__ == "__main__":
    main()
