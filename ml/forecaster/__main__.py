"""`python -m forecaster`: history, training, judging and keeping of models, by hand."""

from forecaster.cli import main

if __name__ == "__main__":
    main()
