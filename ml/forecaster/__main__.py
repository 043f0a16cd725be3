"""`python -m forecaster`: history, training, evaluation and registry, from the command line."""

from forecaster.cli import main

if __name__ == "__main__":
    main()
