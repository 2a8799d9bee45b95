#!/usr/bin/env python3
"""Makes golden.csv.gz: simulated transactions in the order of their arrival, and beside each what its features must be.

Independent of the C# code: every value is a plain scan over the list of earlier arrivals, in exact fractions, rounded once at the end.
Run it in this folder to make the file again: python3 golden.py
"""
import csv
import datetime
import decimal
import gzip
import io
import random
import uuid
from fractions import Fraction

MICRO = 1_000_000
MINUTE, HOUR, DAY = 60 * MICRO, 3600 * MICRO, 86400 * MICRO
CUSTOMER_WINDOWS = [("1m", MINUTE), ("10m", 10 * MINUTE), ("1h", HOUR), ("1d", DAY), ("7d", 7 * DAY), ("30d", 30 * DAY)]
MERCHANT_WINDOWS = [("1d", DAY), ("7d", 7 * DAY), ("30d", 30 * DAY)]
DELAY = 7 * DAY
RATES = {"EUR": decimal.Decimal(1), "USD": decimal.Decimal("0.92"), "JPY": decimal.Decimal("0.0061")}
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
START = int((datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc) - EPOCH).total_seconds()) * MICRO
ROWS, CUSTOMERS, MERCHANTS, DAYS = 2000, 12, 8, 75


def simulate(rng):
    """Habits, bursts, equal times, round times (window edges), late arrivals of up to 20 hours, labels with corrections."""
    arrivals = []
    while len(arrivals) < ROWS:
        customer = 1 + min(rng.randrange(CUSTOMERS), rng.randrange(CUSTOMERS))
        at = START + rng.randrange(DAYS * DAY)
        shape = rng.randrange(8)
        if shape == 0:
            at -= at % HOUR
        elif shape < 4:
            at -= at % MICRO
        burst = rng.choice([1, 1, 1, 1, 2, 6])
        for _ in range(burst):
            arrivals.append(one(rng, customer, at))
            at += rng.choice([0, 0, MINUTE, 10 * MINUTE, HOUR, DAY, rng.randrange(MINUTE), rng.randrange(HOUR)])
    arrivals = arrivals[:ROWS]
    for row in arrivals:
        late = rng.choice([0] * 17 + [MINUTE, HOUR, rng.randrange(20 * HOUR)])
        row["arrival"] = row["time"] + late
    arrivals.sort(key=lambda row: row["arrival"])
    return arrivals


def one(rng, customer, at):
    currency = rng.choice(["EUR"] * 8 + ["USD", "JPY"])
    amount = decimal.Decimal(rng.choice([rng.randrange(100, 9000), rng.randrange(100, 9000), rng.randrange(1, 3_000_000)])) / 100
    cents = int((amount * RATES[currency] * 100).quantize(decimal.Decimal(1), rounding=decimal.ROUND_HALF_EVEN))
    early = rng.random() < 0.08
    observations = [(True, at)] if early else []
    if rng.random() < 0.12:
        observations.append((rng.random() < 0.7, at + rng.randrange(20 * DAY)))
        if rng.random() < 0.4:
            observations.append((rng.random() < 0.5, at + rng.randrange(30 * DAY)))
    return {
        "id": uuid.UUID(int=rng.getrandbits(128), version=4), "customer": customer,
        "merchant": 1 + min(rng.randrange(MERCHANTS), rng.randrange(MERCHANTS)), "amount": amount, "currency": currency, "cents": cents,
        "time": at, "early": early, "observations": observations,
        "country": rng.choice(["NL", "NL", "NL", "DE", "FR", "US", None]), "device": rng.choice(["mobile", "mobile", "web", "pos", None]),
    }


def is_known_fraud(row, at):
    visible = [(observed, fraud) for fraud, observed in row["observations"] if max(row["time"] + DELAY, observed) <= at]
    return bool(visible) and max(visible, key=lambda pair: pair[0])[1]


def band(row):
    """How many binary digits the cents have: bands of amounts that double."""
    return len(bin(row["cents"])) - 2


def root(value):
    with decimal.localcontext() as context:
        context.prec = 40
        return float((decimal.Decimal(value.numerator) / decimal.Decimal(value.denominator)).sqrt())


def features(row, others):
    """others: all that arrived before."""
    at = row["time"]
    moment = EPOCH + datetime.timedelta(microseconds=at)
    out = {
        "amount": Fraction(row["cents"], 100), "is_weekend": int(moment.weekday() >= 5), "is_night": int(moment.hour <= 6),
        "hour_of_day": moment.hour,
    }
    mine = [other for other in others if other["customer"] == row["customer"] and other["time"] <= at]
    for name, width in CUSTOMER_WINDOWS:
        cents = [other["cents"] for other in mine if other["time"] > at - width] + [row["cents"]]
        mean = Fraction(sum(cents), len(cents))
        out["customer_transaction_count_" + name] = len(cents)
        out["customer_avg_amount_" + name] = mean / 100
        out["customer_max_amount_" + name] = Fraction(max(cents), 100)
        out["customer_amount_std_" + name] = (
            root(sum((value - mean) ** 2 for value in cents) / (len(cents) - 1)) / 100 if len(cents) > 1 else None)
    there = [other for other in others + [row] if other["merchant"] == row["merchant"]]
    for name, width in MERCHANT_WINDOWS:
        inside = [other for other in there if at - DELAY - width < other["time"] <= at - DELAY]
        out["merchant_transaction_count_" + name] = len(inside)
        out["merchant_fraud_rate_" + name] = Fraction(sum(is_known_fraud(other, at) for other in inside), len(inside)) if inside else 0
    month = [other for other in there if at - DELAY - 30 * DAY < other["time"] <= at - DELAY]
    out.update(run_of_frauds(month, at))
    bands = sorted(band(other) for other in month)
    ordinary = run_of_frauds([other for other in month if band(other) <= bands[(len(bands) - 1) // 2] + 2], at)
    out["merchant_ordinary_fraud_run_length_30d"] = ordinary["merchant_fraud_run_length_30d"]
    out["merchant_ordinary_fraud_run_age_30d"] = ordinary["merchant_fraud_run_age_30d"]
    habit = [other for other in mine if other["time"] > at - 30 * DAY]
    total, largest = sum(other["cents"] for other in habit), max((other["cents"] for other in habit), default=0)
    out["amount_to_customer_avg_30d"] = Fraction(row["cents"] * len(habit), total) if total else None
    out["amount_to_customer_max_30d"] = Fraction(row["cents"], largest) if largest else None
    earlier = [other["cents"] for other in habit if other["time"] <= at - 14 * DAY]
    if len(earlier) < 5:
        earlier = [other["cents"] for other in habit]
    recent = max((other["cents"] for other in habit if other["time"] > at - 7 * DAY), default=0)
    out["amount_to_customer_earlier_avg"] = Fraction(row["cents"] * len(earlier), sum(earlier)) if earlier else None
    out["amount_to_customer_earlier_max"] = Fraction(row["cents"], max(earlier)) if earlier else None
    out["customer_max_7d_to_earlier_avg"] = Fraction(recent * len(earlier), sum(earlier)) if earlier else None
    out["seconds_since_last_transaction"] = Fraction(at - max(other["time"] for other in habit), MICRO) if habit else None
    out["is_new_merchant"] = int(all(other["merchant"] != row["merchant"] for other in habit))
    for name, key in [("is_new_country", "country"), ("is_new_device", "device")]:
        out[name] = None if row[key] is None else int(all(other[key] != row[key] for other in habit))
    out["customer_velocity_1h_30d"] = Fraction(720 * out["customer_transaction_count_1h"], out["customer_transaction_count_30d"])
    nights = sum((EPOCH + datetime.timedelta(microseconds=other["time"])).hour <= 6 for other in habit)
    out["customer_night_share_30d"] = Fraction(nights, len(habit)) if habit else None

    # The newest first; of the same time, what arrived later.
    day = [other["merchant"] for other in reversed(sorted(habit, key=lambda other: other["time"])) if other["time"] > at - DAY]
    out["customer_distinct_merchants_1d"] = len(set([row["merchant"], *day][:32]))
    alike = [other for other in month if band(other) == band(row)]
    out["merchant_amount_fraud_rate_30d"] = Fraction(sum(is_known_fraud(other, at) for other in alike), len(alike)) if alike else 0
    out["currency_code"] = letters(row["currency"])
    out["country_code"] = None if row["country"] is None else letters(row["country"])
    out["device_code"] = None if row["device"] is None else fnv1a(row["device"].encode()) % 1024
    return out


def letters(text):
    """Digits to the base of 26."""
    code = 0
    for letter in text:
        code = code * 26 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter)
    return code


def fnv1a(data):
    code = 0x811C9DC5
    for byte in data:
        code = (code ^ byte) * 0x01000193 & 0xFFFFFFFF
    return code


def run_of_frauds(inside, at):
    """What a merchant's window ends with: all of a time is known fraud, or the run is over."""
    length, start, legitimate = 0, None, None
    for time in sorted({other["time"] for other in inside}, reverse=True):
        here = [other for other in inside if other["time"] == time]
        if not all(is_known_fraud(other, at) for other in here):
            legitimate = time
            break
        length, start = length + len(here), time
    return {
        "merchant_fraud_run_length_30d": length,
        "merchant_fraud_run_age_30d": None if start is None else Fraction(at - start, DAY),
        "merchant_days_since_legitimate_30d": None if legitimate is None else Fraction(at - legitimate, DAY),
    }


def text(value):
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else format(float(value), ".12g")


def main():
    rows = simulate(random.Random(20260131))
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    for index, row in enumerate(rows):
        values = features(row, rows[:index])
        if index == 0:
            writer.writerow(["transaction_id", "customer_id", "merchant_id", "amount", "currency", "timestamp", "is_fraud", "country",
                             "device_type", "labels", *values])
        stamp = (EPOCH + datetime.timedelta(microseconds=row["time"])).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        labels = ";".join(f"{int(fraud)}@{observed}" for fraud, observed in row["observations"])
        writer.writerow([row["id"], row["customer"], row["merchant"], row["amount"], row["currency"], stamp, int(row["early"]),
                         row["country"] or "", row["device"] or "", labels, *map(text, values.values())])
    with open("golden.csv.gz", "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(sheet.getvalue().encode())


if __name__ == "__main__":
    main()
