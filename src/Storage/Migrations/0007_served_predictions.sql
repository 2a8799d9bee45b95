-- Arriving transactions are scored too, so this was one more random insertion for each. What was scored on arrival is found by its time, which
-- transactions tells; only what clients asked, at times of their own, needs the id.
DROP INDEX predictions_by_transaction;
CREATE INDEX predictions_by_transaction ON predictions (transaction_id) WHERE served;
