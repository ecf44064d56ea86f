"""scikit-learn's side of zipml_bench: trains SGDRegressor on the data in a file, timing only `fit`.

usage: peers.py FILE

FILE: rows and columns as 64-bit integers, then labels and features as float32. Prints "ready VERSION" once the data
is read, or why it cannot serve. Then, for every line {"epochs": E, "eta0": S, "average": B} on standard input, a line
{"seconds": T, "loss": L}: the time of one `fit` and the mean of half the squared residuals after it.
"""

import json
import sys
import time
import warnings


def main(path):
    try:
        import numpy as np
        import sklearn
        from sklearn.linear_model import SGDRegressor
    except ImportError as problem:
        print(f"{sys.executable} cannot import {problem.name}", flush=True)
        return 1
    warnings.simplefilter("ignore")
    with open(path, "rb") as file:
        rows, columns = np.fromfile(file, np.uint64, 2).astype(int)
        labels = np.fromfile(file, np.float32, rows).astype(np.float64)
        # float64 is what it computes in; handed anything else, `fit` would convert it first.
        features = np.fromfile(file, np.float32, rows * columns).astype(np.float64).reshape(rows, columns)
    print(f"ready {sklearn.__version__}", flush=True)
    for line in sys.stdin:
        wish = json.loads(line)
        model = SGDRegressor(loss="squared_error", penalty=None, fit_intercept=False, tol=None, random_state=1,
                             max_iter=wish["epochs"], eta0=wish["eta0"], average=wish["average"])
        start = time.perf_counter()
        try:
            model.fit(features, labels)
        except ValueError:  # overflow: the step is too long
            print(json.dumps({"seconds": time.perf_counter() - start, "loss": None}), flush=True)
            continue
        seconds = time.perf_counter() - start
        loss = 0.5 * float(np.mean((features @ model.coef_ - labels) ** 2))
        print(json.dumps({"seconds": seconds, "loss": loss if np.isfinite(loss) else None}), flush=True)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
