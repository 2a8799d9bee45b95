"""The trainer that Levee is measured against: XGBoost's hist method on the same rows, parameters, bins and threads.

Usage: peer.py FOLDER. The folder holds params.json, train.f32 and test.f32 (rows one after the other, NaN is missing) and train.labels (a byte
a row). For each line "train" on standard input it trains from the arrays in memory, and answers the seconds that took as a line of JSON;
"score" writes test.scores (doubles); the end of the input ends it.
"""

import json
import os
import sys
import time

import numpy as np
import xgboost as xgb

folder = sys.argv[1]
with open(os.path.join(folder, "params.json")) as file:
    params = json.load(file)
columns = params.pop("columns")
trees = params.pop("trees")
bins = params["max_bin"]


def rows(name):
    return np.fromfile(os.path.join(folder, name), dtype=np.float32).reshape(-1, columns)


train, test = rows("train.f32"), rows("test.f32")
labels = np.fromfile(os.path.join(folder, "train.labels"), dtype=np.uint8).astype(np.float32)
booster = None
print(json.dumps({"xgboost": xgb.__version__}), flush=True)
for line in sys.stdin:
    if line.strip() == "train":
        started = time.perf_counter()
        # The quantile matrix bins while it reads: the fastest way that this version has.
        data = xgb.QuantileDMatrix(train, label=labels, max_bin=bins, nthread=params["nthread"])
        booster = xgb.train(params, data, num_boost_round=trees)
        print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)
    elif line.strip() == "score":
        booster.inplace_predict(test).astype(np.float64).tofile(os.path.join(folder, "test.scores"))
        print(json.dumps({"rows": len(test)}), flush=True)
