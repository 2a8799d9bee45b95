"""The trainer that Levee is measured against: XGBoost's hist method on the same rows, parameters, bins and threads.

Usage: peer.py FOLDER. The folder holds params.json, train.f32 and test.f32 (rows one after the other, NaN is missing) and train.labels (a byte
a row). Each line of standard input is a JSON object of parameters that replace those of the file, such as {"seed": 43}: it trains with them from
the arrays in memory, writes test.scores (doubles), and answers the seconds that the training took, the scores not counted, as a line of JSON.
The end of the input ends it.
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
print(json.dumps({"xgboost": xgb.__version__}), flush=True)
for line in sys.stdin:
    chosen = {**params, **json.loads(line)}
    started = time.perf_counter()
    # The quantile matrix bins while it reads: the fastest way that this version has.
    data = xgb.QuantileDMatrix(train, label=labels, max_bin=bins, nthread=params["nthread"])
    booster = xgb.train(chosen, data, num_boost_round=trees)
    seconds = time.perf_counter() - started
    booster.inplace_predict(test).astype(np.float64).tofile(os.path.join(folder, "test.scores"))
    print(json.dumps({"seconds": seconds}), flush=True)
