"""The service that Levee is measured against: FastAPI + XGBoost answering POST /predict with the features in the request.

PEER_FLAVOUR picks one of two:
  best       the fastest of what we tried with these parts: async handler, one row, Booster.inplace_predict with one thread,
             the answer given as a JSONResponse. No scaler, no metrics, no log.
  reference  the usual way: StandardScaler, then XGBClassifier.predict_proba, with a response model.

Both train the same model at start: 100 trees of depth 6 on rows made from a fixed seed, one column a request field.
Run with PEER_FLAVOUR=best uvicorn peer:app --workers 2 --loop uvloop --http httptools.
"""

import os
import time

import numpy as np
import xgboost as xgb
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

SEED = 20240229
ROWS = 20_000
FLAVOUR = os.environ.get("PEER_FLAVOUR", "best")


class PredictionRequest(BaseModel):
    amount: float = Field(gt=0)
    merchant_id: int = Field(gt=0)
    customer_id: int = Field(gt=0)
    transaction_count: int = Field(ge=0)
    avg_amount: float = Field(ge=0)


class PredictionResponse(BaseModel):
    is_fraud: int
    fraud_probability: float
    latency_ms: float
    model_version: str


def training_rows():
    """Rows whose label depends on every column, so that the trees grow to their full depth."""
    rng = np.random.default_rng(SEED)
    amount = rng.lognormal(3.5, 1.0, ROWS)
    merchant = rng.integers(1, 501, ROWS)
    customer = rng.integers(1, 10_001, ROWS)
    count = rng.poisson(1.5, ROWS)
    average = rng.lognormal(3.5, 0.6, ROWS)
    score = np.log(amount / average) + 0.4 * count + 0.5 * np.sin(merchant / 7.0) + 0.3 * np.cos(customer / 50.0)
    fraud = score + rng.normal(0, 0.7, ROWS) > 2.2
    return np.column_stack([amount, merchant, customer, count, average]).astype(np.float32), fraud.astype(np.int32)


def train(rows, labels):
    model = xgb.XGBClassifier(
        n_estimators=100, max_depth=6, learning_rate=0.1, subsample=0.8, colsample_bytree=0.8, min_child_weight=1,
        reg_lambda=1.0, reg_alpha=0.0, tree_method="hist", n_jobs=1, random_state=SEED)
    model.fit(rows, labels)
    return model


def best(app):
    rows, labels = training_rows()
    booster = train(rows, labels).get_booster()
    booster.set_param({"nthread": 1})

    @app.post("/predict")
    async def predict(request: PredictionRequest):
        started = time.perf_counter()
        row = np.array(
            [[request.amount, request.merchant_id, request.customer_id, request.transaction_count, request.avg_amount]],
            dtype=np.float32)
        probability = float(booster.inplace_predict(row, validate_features=False)[0])
        return JSONResponse({
            "is_fraud": 1 if probability >= 0.5 else 0,
            "fraud_probability": probability,
            "latency_ms": (time.perf_counter() - started) * 1000.0,
            "model_version": "v1",
        })


def reference(app):
    from sklearn.preprocessing import StandardScaler

    rows, labels = training_rows()
    scaler = StandardScaler().fit(rows)
    model = train(scaler.transform(rows), labels)

    @app.post("/predict", response_model=PredictionResponse)
    async def predict(request: PredictionRequest):
        started = time.perf_counter()
        row = scaler.transform(np.array(
            [[request.amount, request.merchant_id, request.customer_id, request.transaction_count, request.avg_amount]]))
        probability = float(model.predict_proba(row)[0, 1])
        return PredictionResponse(
            is_fraud=int(probability >= 0.5), fraud_probability=probability,
            latency_ms=(time.perf_counter() - started) * 1000.0, model_version="v1")


app = FastAPI()


@app.get("/health")
async def health():
    return {"status": "healthy", "flavour": FLAVOUR}


{"best": best, "reference": reference}[FLAVOUR](app)
