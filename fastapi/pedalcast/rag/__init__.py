"""Questions answered from documents: retrieval, reranking, verbatim quotes, and knowing when there is no answer."""

import os

# The matrices here are small: a second thread only waits for the first. Read by numpy's BLAS when it is first loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
