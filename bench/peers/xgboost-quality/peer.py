#!/usr/bin/python3
"""The handbook's own way: XGBoost with the settings that its authors found best (50 trees, rate 0.3, depth 3) on its 15 features.

peer.py FOLDER: for each fold n, reads train.n (rows of 15 float32 features), labels.n (one byte a row) and test.n, and writes scores.n
(float64). Prints the version of XGBoost at the end.
"""
import pathlib
import sys

import numpy
import xgboost

FEATURES = 15


def main():
    folder = pathlib.Path(sys.argv[1])
    for train in sorted(folder.glob("train.*")):
        fold = train.suffix
        model = xgboost.XGBClassifier(n_estimators=50, learning_rate=0.3, max_depth=3, tree_method="exact", n_jobs=2, random_state=0)
        model.fit(rows(train), numpy.fromfile(folder / f"labels{fold}", dtype=numpy.uint8))
        model.predict_proba(rows(folder / f"test{fold}"))[:, 1].astype(numpy.float64).tofile(folder / f"scores{fold}")
    print(xgboost.__version__)


def rows(file):
    return numpy.fromfile(file, dtype=numpy.float32).reshape(-1, FEATURES)


if __name__ == "__main__":
    main()
