"""Serve: the API, the forecast loop and the chatbot."""

import os

# Numpy's BLAS reads this when it is first loaded, and by default starts a thread a core. The matrices here are small: a
# second thread only waits for the first, and takes the core from the next request.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
