"""The scorer that Levee's trees are measured against: XGBoost's inplace_predict on one thread, with as many trees of as many leaves.

Usage: peer.py FOLDER. The folder holds params.json, train.f32 and score.f32 (rows one after the other, NaN is missing) and train.labels (a byte
a row). It trains once and answers with its version and the leaves of its trees as a line of JSON. For each line "one SECONDS" on standard input
it scores one row a call for that long, for "batch ROWS SECONDS" as many rows a call, and answers rows and seconds; the end of the input ends it.
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


def rows(name):
    return np.fromfile(os.path.join(folder, name), dtype=np.float32).reshape(-1, columns)


train, scored = rows("train.f32"), rows("score.f32")
labels = np.fromfile(os.path.join(folder, "train.labels"), dtype=np.uint8).astype(np.float32)
booster = xgb.train(params, xgb.QuantileDMatrix(train, label=labels, max_bin=params["max_bin"]), num_boost_round=trees)
booster.set_param({"nthread": 1})
leaves = sum(dump.count("leaf=") for dump in booster.get_dump())
print(json.dumps({"xgboost": xgb.__version__, "trees": len(booster.get_dump()), "leaves": leaves}), flush=True)


def measure(portion, seconds):
    parts = [scored[start:start + portion] for start in range(0, len(scored) - portion + 1, portion)]
    predict = booster.inplace_predict
    done = 0
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        for part in parts[:64]:
            predict(part)
        done += min(len(parts), 64) * portion
        parts = parts[64:] + parts[:64]
    return {"rows": done, "seconds": time.perf_counter() - started}


for line in sys.stdin:
    command, *numbers = line.split()
    if command == "one":
        print(json.dumps(measure(1, float(numbers[0]))), flush=True)
    elif command == "batch":
        print(json.dumps(measure(int(numbers[0]), float(numbers[1]))), flush=True)
